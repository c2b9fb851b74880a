/* report/activity: how many sources are being asked. SPDX-License-Identifier: MIT */
#include "report/report_list.h"

struct activity {
	uint32_t sources_count, online_count, offline_count, burst_count, unresolved_count;
};

static const struct report_field fields[] = {
	REPORT_FIELD(struct activity, sources_count, "sources there are"),
	REPORT_FIELD(struct activity, online_count, "are being asked"),
	REPORT_FIELD(struct activity, offline_count, "are not, because of `offline`"),
	REPORT_FIELD(struct activity, burst_count, "are being asked in a burst"),
	REPORT_FIELD(struct activity, unresolved_count, "have a name without an address yet"),
};

static void collect(const struct report_subject *subject, struct report_rows *rows)
{
	const struct node_status *status = &subject->status;

	report_rows_add(rows, &(struct activity){ .sources_count = status->sources_count,
	                                          .online_count = status->online_count,
	                                          .offline_count = status->offline_count,
	                                          .burst_count = status->burst_count,
	                                          .unresolved_count = status->unresolved_count });
}

const struct report report_activity = {
	.name = "activity",
	.summary = "How many sources are being asked",
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.collect = collect,
};

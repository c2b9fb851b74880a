/* report/smoothing: by how much the served time differs from the best one, on purpose.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "report/report_list.h"

struct smoothing_row {
	bool is_configured, is_active, is_leap_only;
	int64_t offset_ns;
	double frequency_ppm, wander_ppm_s, age_s, remaining_s;
};

static const struct report_field fields[] = {
	REPORT_FIELD(struct smoothing_row, is_configured, "there is a line `smoothtime`"),
	REPORT_FIELD(struct smoothing_row, is_active, "it has begun"),
	REPORT_FIELD(struct smoothing_row, is_leap_only, "only leap seconds are smoothed"),
	REPORT_FIELD(struct smoothing_row, offset_ns,
	             "served minus best time: + = clients get time that is ahead"),
	REPORT_FIELD(struct smoothing_row, frequency_ppm, "by how much that grows"),
	REPORT_FIELD(struct smoothing_row, wander_ppm_s, "and by how much this does"),
	REPORT_FIELD(struct smoothing_row, age_s, "since the plan was made"),
	REPORT_FIELD(struct smoothing_row, remaining_s, "until best time is served"),
};

static void collect(const struct report_subject *subject, struct report_rows *rows)
{
	const struct node_status *status = &subject->status;
	const struct smoothing_state *state = &status->smoothing;

	report_rows_add(rows,
	                &(struct smoothing_row){ .is_configured = status->has_smoothing,
	                                         .is_active = status->is_smoothing_active,
	                                         .is_leap_only = status->is_smoothing_leap_only,
	                                         .offset_ns = llrint(state->offset_s * 1e9),
	                                         .frequency_ppm = state->frequency * 1e6,
	                                         .wander_ppm_s = state->wander * 1e6,
	                                         .age_s = status->smoothing_age_s,
	                                         .remaining_s = state->remaining_s });
}

const struct report report_smoothing = {
	.name = "smoothing",
	.summary = "How the served time is smoothed (smoothtime)",
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.collect = collect,
};

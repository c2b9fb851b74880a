/* report/server: what became of the requests that NTP clients sent. SPDX-License-Identifier: MIT */
#include "report/report_list.h"

struct server_row {
	const char *verdict;
	uint64_t requests_count;
};

static const struct report_field fields[] = {
	REPORT_FIELD(struct server_row, verdict, "what became of the request"),
	REPORT_FIELD(struct server_row, requests_count, "requests since the start"),
};

static void collect(const struct report_subject *subject, struct report_rows *rows)
{
	for (unsigned i = 0; i < NTP_SERVER_VERDICT_COUNT; i++)
		report_rows_add(
			rows,
			&(struct server_row){
				.verdict = ntp_server_verdict_text((enum ntp_server_verdict)i),
				.requests_count = subject->status.server_verdict_count[i] });
}

const struct report report_server = {
	.name = "server",
	.summary = "What became of the requests that NTP clients sent",
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.collect = collect,
};

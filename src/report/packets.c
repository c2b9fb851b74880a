/* report/packets: what became of each packet that ever came. SPDX-License-Identifier: MIT
 *
 * Every way to refuse one has its row here. */
#include "report/report_list.h"

#define FIELD(member_, text_) REPORT_FIELD(struct report_packets, member_, text_)

static const struct report_field fields[] = {
	FIELD(kind, "request (of NTP clients), reply (of sources), chronyc, ntpq"),
	FIELD(verdict, "what became of it"),
	FIELD(packets_count, "packets since the start"),
};

static void collect(const struct report_subject *subject, struct report_rows *rows)
{
	const struct node_status *status = &subject->status;

	for (unsigned i = 0; i < NTP_SERVER_VERDICT_COUNT; i++)
		report_rows_add(rows, &(struct report_packets){
					      "request",
					      ntp_server_verdict_text((enum ntp_server_verdict)i),
					      status->server_verdict_count[i] });
	for (unsigned i = 0; i < NTP_VERDICT_COUNT; i++)
		report_rows_add(rows, &(struct report_packets){
					      "reply", ntp_verdict_text((enum ntp_verdict)i),
					      status->reply_verdict_count[i] });
	report_rows_add(rows, &(struct report_packets){ "reply", "the source is no more",
	                                                status->stray_count });
	for (size_t i = 0; i < subject->context->packets_count; i++)
		report_rows_add(rows, &subject->context->packets[i]);
}

const struct report report_packets = {
	.name = "packets",
	.summary = "What became of every packet that came, by reason",
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.collect = collect,
};

/* SPDX-License-Identifier: MIT */
#include "report/report.h"

void report_subject_take(const struct node *node, struct instant now,
                         const struct report_context *context, struct report_subject *subject_out)
{
	subject_out->context = context;
	subject_out->status = node_status(node, now);
	subject_out->rtc = node_rtc_status(node);
	subject_out->sources_count = node_source_count(node);
	for (size_t i = 0; i < subject_out->sources_count; i++)
		subject_out->sources[i] = node_source_status(node, i, now);
}

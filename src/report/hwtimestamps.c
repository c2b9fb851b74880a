/* report/hwtimestamps: the network cards that stamp packets, and how well their clocks are known.
 * SPDX-License-Identifier: MIT */
#include "report/report_list.h"

#define FIELD(member_, text_) REPORT_FIELD(struct report_hwtimestamp, member_, text_)

static const struct report_field fields[] = {
	FIELD(interface, "network interface"),
	FIELD(rxfilter, "which received packets are stamped"),
	FIELD(phc, "its clock is /dev/ptp with this number"),
	FIELD(speed_mbps, "of the link; 0 = not known"),
	FIELD(sent_count, "packets that left with a stamp of the card"),
	FIELD(received_count, "packets that came with one"),
	FIELD(readings_count, "times that its clock was compared with ours"),
	FIELD(used_count, "readings that it is known by now"),
	FIELD(frequency_ppm, "how much faster ours runs than the card's, uncorrected"),
	FIELD(error_ns, "one standard deviation of the comparison"),
	FIELD(restarts_count, "times that its clock was set, and the comparison begun anew"),
	FIELD(failure, "why it cannot be read; nothing = it can"),
};

static void collect(const struct report_subject *subject, struct report_rows *rows)
{
	for (size_t i = 0; i < subject->context->hwtimestamps_count; i++)
		report_rows_add(rows, &subject->context->hwtimestamps[i]);
}

const struct report report_hwtimestamps = {
	.name = "hwtimestamps",
	.summary = "Network cards that stamp packets, and how well their clocks are known",
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.collect = collect,
};

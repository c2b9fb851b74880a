/* report/sources: who is asked for the time, and what each last said. SPDX-License-Identifier: MIT
 */
#include "report/report_list.h"
#include "report/why_source.h"

#include <math.h>

struct source_row {
	char letter;
	const char *state, *kind, *name;
	char address[ADDRESS_TEXT_SIZE];
	int64_t stratum, poll_log2_s;
	uint8_t reach;
	double last_good_age_s;
	int64_t offset_ns, measured_ns, delay_ns, root_distance_ns;
	double weight;
};

static const struct report_field fields[] = {
	REPORT_FIELD(struct source_row, letter,
	             "its state in one letter: * leads, + helps, x lies"),
	REPORT_FIELD(struct source_row, state, "its state in a word; `why` says it in a sentence"),
	REPORT_FIELD(struct source_row, kind, "server, pool, peer or refclock"),
	REPORT_FIELD(struct source_row, name, "as configured"),
	REPORT_FIELD(struct source_row, address, "where it is"),
	REPORT_FIELD(struct source_row, stratum, "its own steps from a reference clock"),
	REPORT_FIELD(struct source_row, poll_log2_s, "asked each 2^this seconds"),
	REPORT_FIELD(struct source_row, reach,
	             "the last eight polls, newest last: 1 = a good reply"),
	REPORT_FIELD(struct source_row, last_good_age_s, "since its last good reply"),
	REPORT_FIELD(struct source_row, offset_ns,
	             "source minus clock at its last reply, slews since applied"),
	REPORT_FIELD(struct source_row, measured_ns, "the same as it was measured"),
	REPORT_FIELD(struct source_row, delay_ns, "round trip of that reply"),
	REPORT_FIELD(struct source_row, root_distance_ns,
	             "the error it can have at most, with its own"),
	REPORT_FIELD(struct source_row, weight, "its share in steering the clock, 0 to 1"),
};

static void collect(const struct report_subject *subject, struct report_rows *rows)
{
	static const char *const kinds[] = { "server", "pool", "peer", "refclock" };

	for (size_t i = 0; i < subject->sources_count; i++) {
		const struct node_source_status *source = &subject->sources[i];
		const bool has_reply = source->has_measurement;
		struct source_row row = {
			.letter = node_source_state_letter(source->state),
			.state = why_source_word(source->state),
			.kind = kinds[source->options->kind],
			.name = source->name,
			.stratum = has_reply ? source->measurement.stratum : INT64_MAX,
			.poll_log2_s = source->has_client ? source->client.poll_log2_s : INT64_MAX,
			.reach = source->has_client ? source->client.reach : 0,
			.last_good_age_s = has_reply ? (double)(subject->status.now.mono.ns -
			                                        source->last_good.ns) /
			                                       NS_PER_S
			                             : NAN,
			.offset_ns = has_reply ? source->last_offset_ns : INT64_MAX,
			.measured_ns = has_reply ? source->last_measured_ns : INT64_MAX,
			.delay_ns = has_reply ? source->last_delay_ns : INT64_MAX,
			.root_distance_ns = has_reply ? source->root_distance_ns : INT64_MAX,
			.weight = source->weight,
		};

		address_format(&source->address, row.address);
		report_rows_add(rows, &row);
	}
}

const struct report report_sources = {
	.name = "sources",
	.summary = "Who is asked for the time, and what each last said",
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.collect = collect,
};

/* report/refclocks: the reference clocks, and what each makes of its samples.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "report/refclock_words.h"
#include "report/report_list.h"

struct refclock_row {
	char letter;
	const char *name, *driver, *device;
	int64_t poll_log2_s;
	uint8_t reach;
	double last_sample_age_s;
	int64_t offset_ns, scatter_ns, bound_ns;
	const char *lock;
	int64_t lock_offset_ns;
	int64_t lateness_ns, lateness_error_ns;
	const char *lateness;
	uint64_t samples_count, measurements_count, refused_count;
	uint64_t unnumbered_count, ambiguous_count, wrong_edge_count;
	char sentence[384];
};

static const struct report_field fields[] = {
	REPORT_FIELD(struct refclock_row, letter, "its state in one letter, as in sources"),
	REPORT_FIELD(struct refclock_row, name, "its refid"),
	REPORT_FIELD(struct refclock_row, driver, "what kind of clock it is"),
	REPORT_FIELD(struct refclock_row, device, "which one"),
	REPORT_FIELD(struct refclock_row, poll_log2_s, "a measurement each 2^this seconds"),
	REPORT_FIELD(struct refclock_row, reach,
	             "the last eight polls, newest last: 1 = a measurement"),
	REPORT_FIELD(struct refclock_row, last_sample_age_s, "since its last sample"),
	REPORT_FIELD(struct refclock_row, offset_ns, "reference minus clock, of that sample"),
	REPORT_FIELD(struct refclock_row, scatter_ns, "standard deviation of a single sample"),
	REPORT_FIELD(struct refclock_row, bound_ns,
	             "the error that it can have at most; grows while it is silent"),
	REPORT_FIELD(struct refclock_row, lock, "the clock that numbers its pulses"),
	REPORT_FIELD(struct refclock_row, lock_offset_ns, "that clock's last sample minus pulse"),
	REPORT_FIELD(struct refclock_row, lateness_ns, "added to what it says: it comes so late"),
	REPORT_FIELD(struct refclock_row, lateness_error_ns, "how uncertain that is"),
	REPORT_FIELD(struct refclock_row, lateness,
	             "configured, unknown, learnt, or kept: learnt, and nobody to compare with"),
	REPORT_FIELD(struct refclock_row, samples_count, "samples taken"),
	REPORT_FIELD(struct refclock_row, measurements_count, "measurements made of them"),
	REPORT_FIELD(struct refclock_row, refused_count, "inputs that were no good"),
	REPORT_FIELD(struct refclock_row, unnumbered_count,
	             "pulses that nobody could number at the time"),
	REPORT_FIELD(struct refclock_row, ambiguous_count, "pulses half way between two seconds"),
	REPORT_FIELD(struct refclock_row, wrong_edge_count, "pulses far from any second"),
	REPORT_FIELD(struct refclock_row, sentence, "how it is doing"),
};

static const char *lateness_word(const struct refclock_status *clock)
{
	if (!refclock_options_is_auto(clock->options))
		return clock->lateness.error_s > 0 ? "unknown" : "configured";
	return !clock->lateness.is_learnt  ? "unknown"
	       : clock->lateness.is_frozen ? "kept"
	                                   : "learnt";
}

static int64_t nanoseconds(double s)
{
	return isfinite(s) && fabs(s) < 9e9 ? llrint(s * 1e9) : INT64_MAX;
}

static void add(const struct node_source_status *source, struct report_rows *rows)
{
	const struct refclock_status *clock = &source->refclock;
	struct refclock_row row = {
		.letter = node_source_state_letter(source->state),
		.name = source->name,
		.driver = clock->options->driver->name,
		.device = clock->options->device.path,
		.poll_log2_s = clock->poll_log2_s,
		.reach = clock->reach,
		.last_sample_age_s = clock->has_sample ? source->refclock_age_s : NAN,
		.offset_ns = clock->has_sample ? source->refclock_offset_ns : INT64_MAX,
		.scatter_ns =
			clock->measurements_count > 0 ? nanoseconds(clock->scatter_s) : INT64_MAX,
		.bound_ns = source->has_measurement ? source->root_distance_ns : INT64_MAX,
		.lock = clock->options->lock[0] != '\0' ? clock->options->lock : NULL,
		.lock_offset_ns = nanoseconds(clock->lock_offset_s),
		.lateness_ns = nanoseconds(clock->lateness.offset_s),
		.lateness_error_ns = nanoseconds(refclock_lateness_uncertainty_s(&clock->lateness)),
		.lateness = lateness_word(clock),
		.samples_count = clock->samples_count,
		.measurements_count = clock->measurements_count,
		.refused_count = clock->refused_count,
		.unnumbered_count = clock->verdict_count[REFCLOCK_NO_NUMBER],
		.ambiguous_count = clock->verdict_count[REFCLOCK_AMBIGUOUS],
		.wrong_edge_count = clock->verdict_count[REFCLOCK_WRONG_EDGE],
	};
	struct text sentence = text_into(row.sentence, sizeof row.sentence);

	refclock_words(&sentence, source);
	report_rows_add(rows, &row);
}

static void collect(const struct report_subject *subject, struct report_rows *rows)
{
	for (size_t i = 0; i < subject->sources_count; i++) {
		if (subject->sources[i].is_refclock)
			add(&subject->sources[i], rows);
	}
}

const struct report report_refclocks = {
	.name = "refclocks",
	.summary = "The reference clocks, and what each makes of its samples",
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.collect = collect,
};

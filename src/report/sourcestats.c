/* report/sourcestats: what is believed of each source. SPDX-License-Identifier: MIT */
#include "report/report_list.h"

#include <math.h>

struct sourcestats_row {
	char letter;
	const char *name;
	uint64_t exchanges_count;
	uint32_t window_count, runs_count;
	double span_s;
	int64_t offset_ns;
	double offset_sd_s, residual_frequency_ppm, skew_ppm, residual_sd_s;
	int64_t low_ns, high_ns;
	double floor_s, noise_s, lateness_s, asymmetry_s, wander_ppm;
	uint32_t jumps_count, path_changes_count;
	uint64_t contradictions_count;
};

static const struct report_field fields[] = {
	REPORT_FIELD(struct sourcestats_row, letter, "its state in one letter"),
	REPORT_FIELD(struct sourcestats_row, name, "as configured"),
	REPORT_FIELD(struct sourcestats_row, exchanges_count, "round trips used since the start"),
	REPORT_FIELD(struct sourcestats_row, window_count,
	             "of them, those that the path is judged by"),
	REPORT_FIELD(struct sourcestats_row, runs_count,
	             "runs of residuals on the same side, of the last 32"),
	REPORT_FIELD(struct sourcestats_row, span_s, "time that these cover"),
	REPORT_FIELD(struct sourcestats_row, offset_ns, "source minus clock, estimated for now"),
	REPORT_FIELD(struct sourcestats_row, offset_sd_s, "standard deviation of that estimate"),
	REPORT_FIELD(struct sourcestats_row, residual_frequency_ppm,
	             "how much the source gains on the clock as it is kept"),
	REPORT_FIELD(struct sourcestats_row, skew_ppm, "error of that"),
	REPORT_FIELD(struct sourcestats_row, residual_sd_s,
	             "scatter of the last 32 measurements about the estimate"),
	REPORT_FIELD(struct sourcestats_row, low_ns,
	             "lower end of the interval that it has in the vote"),
	REPORT_FIELD(struct sourcestats_row, high_ns, "upper end of it"),
	REPORT_FIELD(struct sourcestats_row, floor_s,
	             "shortest way to it and shortest way back, on average"),
	REPORT_FIELD(struct sourcestats_row, noise_s, "noise of reading the clocks"),
	REPORT_FIELD(struct sourcestats_row, lateness_s,
	             "mean delay of the quick packets beyond the shortest way"),
	REPORT_FIELD(struct sourcestats_row, asymmetry_s, "booked difference between the two ways"),
	REPORT_FIELD(struct sourcestats_row, wander_ppm,
	             "random walk of the oscillator's frequency in a second"),
	REPORT_FIELD(struct sourcestats_row, jumps_count, "jumps of its time that were believed"),
	REPORT_FIELD(struct sourcestats_row, path_changes_count,
	             "changes of the path that were believed"),
	REPORT_FIELD(struct sourcestats_row, contradictions_count,
	             "measurements that proved its interval wrong"),
};

static void collect(const struct report_subject *subject, struct report_rows *rows)
{
	for (size_t i = 0; i < subject->sources_count; i++) {
		const struct node_source_status *source = &subject->sources[i];
		const struct estimator_status *estimator = &source->estimator;
		const bool is_known = source->has_estimate;

		report_rows_add(rows,
		                &(struct sourcestats_row){
					.letter = node_source_state_letter(source->state),
					.name = source->name,
					.exchanges_count = estimator->exchanges_count,
					.window_count = estimator->window_count,
					.runs_count = estimator->runs_count,
					.span_s = is_known ? estimator->span_s : NAN,
					.offset_ns = is_known ? source->offset_ns : INT64_MAX,
					.offset_sd_s = is_known ? source->offset_sd_s : NAN,
					.residual_frequency_ppm =
						is_known ? source->residual_frequency * 1e6 : NAN,
					.skew_ppm = is_known ? source->skew * 1e6 : NAN,
					.residual_sd_s = is_known ? estimator->residual_sd_s : NAN,
					.low_ns = is_known ? source->low_ns : INT64_MAX,
					.high_ns = is_known ? source->high_ns : INT64_MAX,
					.floor_s = is_known ? estimator->floor_s : NAN,
					.noise_s = is_known ? estimator->noise_s : NAN,
					.lateness_s = is_known ? estimator->lateness_s : NAN,
					.asymmetry_s = estimator->asymmetry_s,
					.wander_ppm = is_known ? estimator->wander * 1e6 : NAN,
					.jumps_count = estimator->jumps_count,
					.path_changes_count = estimator->path_changes_count,
					.contradictions_count = source->contradictions_count,
				});
	}
}

const struct report report_sourcestats = {
	.name = "sourcestats",
	.summary = "What is believed of each source and of the way to it",
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.collect = collect,
};

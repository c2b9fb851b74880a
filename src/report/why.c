/* SPDX-License-Identifier: MIT */
#include "report/why.h"

#include "report/report_list.h"
#include "report/sentence.h"
#include "report/why_source.h"

static unsigned count_in_state(const struct report_subject *subject, enum source_state state)
{
	unsigned count = 0;

	for (size_t i = 0; i < subject->sources_count; i++)
		count += subject->sources[i].state == state;
	return count;
}

static bool is_steering(const struct node_source_status *source)
{
	return source->state == SOURCE_STATE_SELECTED || source->state == SOURCE_STATE_COMBINED;
}

/* Every source that steers the clock has fallen silent, or none is left that does. */
static bool is_holding_over(const struct report_subject *subject)
{
	for (size_t i = 0; i < subject->sources_count; i++) {
		if (is_steering(&subject->sources[i]) &&
		    !why_source_is_silent(&subject->sources[i]))
			return false;
	}
	return subject->sources_count > 0 && subject->status.is_synchronised;
}

static void holdover(struct text *out, const struct report_subject *subject)
{
	int64_t silent_ns = INT64_MAX;

	for (size_t i = 0; i < subject->sources_count; i++) {
		const struct node_source_status *source = &subject->sources[i];
		const int64_t age_ns = subject->status.now.mono.ns - source->last_good.ns;

		if ((is_steering(source) || source->state == SOURCE_STATE_STALE) &&
		    age_ns < silent_ns)
			silent_ns = age_ns;
	}
	text_add(out, "holding over: ");
	if (silent_ns != INT64_MAX) {
		text_add(out, "nothing was heard for ");
		text_duration(out, (double)silent_ns);
		text_add(out, ", ");
	}
	text_add(out, "the error bound grows; last synchronised to ");
}

static void synchronised_clock(struct text *out, const struct report_subject *subject)
{
	const struct node_status *status = &subject->status;

	if (is_holding_over(subject))
		holdover(out, subject);
	else
		text_add(out, "synchronised to ");
	text_add(out, *status->selected_name ? status->selected_name : "its sources");
	if (status->combined_count > 1) {
		text_add(out, " and ");
		text_u64(out, status->combined_count - 1);
		text_add(out, status->combined_count == 2 ? " other" : " others");
	}
	text_add(out, ": ");
	if (status->voters_count > 0) {
		sentence_count_of(out, status->agreeing_count, status->voters_count, "source");
		text_add(out, status->agreeing_count == 1 ? " agrees; " : " agree; ");
	}
	text_add(out, "the clock is ");
	sentence_ahead_or_behind(out, -(double)status->offset_ns, false);
	if (status->bound_ns != INT64_MAX) {
		text_add(out, " and certainly within ");
		text_duration(out, (double)status->bound_ns);
	}
}

/* The state that keeps the clock from its sources when they all, or most, are in it. */
static void unsynchronised_clock(struct text *out, const struct report_subject *subject)
{
	const struct node_status *status = &subject->status;
	const struct node_source_status *first = NULL;
	unsigned most = 0;

	if (subject->sources_count == 0) {
		text_add(
			out,
			"not synchronised: no sources are configured; add a line such as 'server NAME iburst'");
		return;
	}
	for (size_t i = 0; i < subject->sources_count; i++) {
		const unsigned same = count_in_state(subject, subject->sources[i].state);

		if (same > most) {
			most = same;
			first = &subject->sources[i];
		}
	}
	if (first->state == SOURCE_STATE_SELECTED || first->state == SOURCE_STATE_COMBINED) {
		text_add(
			out,
			"not synchronised yet: sources are chosen, the clock was not updated so far");
		return;
	}
	if (subject->sources_count == 1) {
		text_add(out, "not synchronised: the only source, ");
		text_add(out, first->name);
		text_add(out, ", is ");
		why_source(out, first, status);
		return;
	}
	text_add(out, "not synchronised: none of ");
	text_u64(out, subject->sources_count);
	text_add(out, " sources is used, ");
	text_u64(out, most);
	text_add(out, " for this reason: ");
	text_add(out, first->name);
	text_add(out, " is ");
	why_source(out, first, status);
}

void why_clock(struct text *out, const struct report_subject *subject)
{
	const struct node_status *status = &subject->status;

	if (status->is_synchronised) {
		synchronised_clock(out, subject);
	} else if (status->is_local) {
		text_add(out, "serves its own time at stratum ");
		text_u64(out, status->stratum);
		text_add(out, " (`local`), follows no source");
	} else {
		unsynchronised_clock(out, subject);
	}
}

struct why_row {
	const char *name;
	char letter;
	const char *state;
	char sentence[SOURCE_NAME_SIZE + 512];
};

static const struct report_field fields[] = {
	REPORT_FIELD(struct why_row, name, "the clock, then each source"),
	REPORT_FIELD(struct why_row, letter, "its state in one letter"),
	REPORT_FIELD(struct why_row, state, "its state in a word"),
	REPORT_FIELD(struct why_row, sentence, "why, with the numbers that decided"),
};

static void collect(const struct report_subject *subject, struct report_rows *rows)
{
	struct why_row row = { .name = "clock" };
	struct text sentence = text_into(row.sentence, sizeof row.sentence);

	row.state = is_holding_over(subject)          ? "holdover"
	            : subject->status.is_synchronised ? "synchronised"
	            : subject->status.is_local        ? "local"
	                                              : "unsynchronised";
	why_clock(&sentence, subject);
	report_rows_add(rows, &row);
	for (size_t i = 0; i < subject->sources_count; i++) {
		const struct node_source_status *source = &subject->sources[i];

		row.name = source->name;
		row.letter = node_source_state_letter(source->state);
		row.state = why_source_word(source->state);
		sentence = text_into(row.sentence, sizeof row.sentence);
		why_source(&sentence, source, &subject->status);
		report_rows_add(rows, &row);
	}
}

const struct report report_why = {
	.name = "why",
	.summary = "Why each source is used or not, in a sentence",
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.collect = collect,
};

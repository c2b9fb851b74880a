/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "sim/scenario_reader.h"

/* What may follow the first words of an expectation. */
enum rest {
	REST_NONE,
	REST_DURATION, /* comparison and value */
	REST_RATE,
	REST_COUNT,
	REST_NUMBER,       /* a plain number: equal */
	REST_WITHIN,       /* within T, or a window */
	REST_STATE,        /* source and state */
	REST_HASH,         /* 16 hexadecimal digits */
	REST_SOURCE_COUNT, /* perhaps a source, comparison and value */
};

static const struct expect_words {
	const char *first, *second, *third; /* NULL: no such word */
	enum expect_kind kind;
	enum rest rest;
} all_words[] = {
	{ "rms_error", NULL, NULL, EXPECT_RMS_ERROR, REST_DURATION },
	{ "max_error", NULL, NULL, EXPECT_MAX_ERROR, REST_DURATION },
	{ "p99_error", NULL, NULL, EXPECT_P99_ERROR, REST_DURATION },
	{ "bound", "holds", NULL, EXPECT_BOUND_HOLDS, REST_NONE },
	{ "bound", "breaks", NULL, EXPECT_BOUND_BREAKS, REST_NONE },
	{ "bound", NULL, NULL, EXPECT_BOUND, REST_DURATION },
	{ "tai_error", NULL, NULL, EXPECT_TAI_ERROR, REST_DURATION },
	{ "tai", "holds", NULL, EXPECT_TAI_HOLDS, REST_NONE },
	{ "rtc_error", NULL, NULL, EXPECT_RTC_ERROR, REST_DURATION },
	{ "frequency_error", NULL, NULL, EXPECT_FREQUENCY_ERROR, REST_RATE },
	{ "error_growth", NULL, NULL, EXPECT_ERROR_GROWTH, REST_RATE },
	{ "synchronised", NULL, NULL, EXPECT_SYNCHRONISED, REST_WITHIN },
	{ "unsynchronised", NULL, NULL, EXPECT_UNSYNCHRONISED, REST_NONE },
	{ "state", NULL, NULL, EXPECT_STATE, REST_STATE },
	{ "leaps", NULL, NULL, EXPECT_LEAPS, REST_COUNT },
	{ "steps", NULL, NULL, EXPECT_STEPS, REST_COUNT },
	{ "updates", NULL, NULL, EXPECT_UPDATES, REST_COUNT },
	{ "polls", NULL, NULL, EXPECT_POLLS, REST_SOURCE_COUNT },
	{ "contradictions", NULL, NULL, EXPECT_CONTRADICTIONS, REST_COUNT },
	{ "never", "backwards", NULL, EXPECT_NEVER_BACKWARDS, REST_NONE },
	{ "no", "clock", "update", EXPECT_NO_CLOCK_UPDATE, REST_NONE },
	{ "served", "error", NULL, EXPECT_SERVED_ERROR, REST_DURATION },
	{ "served", "rate", NULL, EXPECT_SERVED_RATE, REST_RATE },
	{ "served", "leap", NULL, EXPECT_SERVED_LEAP, REST_NUMBER },
	{ "served", "stratum", NULL, EXPECT_SERVED_STRATUM, REST_NUMBER },
	{ "hash", NULL, NULL, EXPECT_HASH, REST_HASH },
};

static const char *const comparisons[] = { "<", "<=", "=", ">=", ">" };

static int parse_comparison(struct scenario_reader *in, struct words *words, enum unit unit,
                            struct expect *expect)
{
	for (unsigned i = 0; i < ARRAY_COUNT(comparisons); i++) {
		if (words_take_if(words, comparisons[i])) {
			expect->comparison = (enum comparison)i;
			return scenario_reader_value(in, words, "the limit", unit, &expect->limit);
		}
	}
	return scenario_reader_error(in, "a comparison is missing: one of < <= = >= >", NULL, "");
}

static bool is_word(const char *bytes, size_t length, const char *word)
{
	return strlen(word) == length && strncmp(word, bytes, length) == 0;
}

/* "selected|combined" */
static int parse_states(struct scenario_reader *in, struct words *words, struct expect *expect)
{
	const char *word = words_take(words);
	char possible[400];
	struct text text = text_into(possible, sizeof possible);

	text_add(&text, " is no state; possible are, joined by |,");
	for (unsigned i = 0; i < SOURCE_STATE_COUNT; i++) {
		text_char(&text, ' ');
		text_add(&text, scenario_state_name(i));
	}
	for (const char *at = word; at && *at;) {
		const size_t length = strcspn(at, "|");
		unsigned state = 0;

		while (state < SOURCE_STATE_COUNT &&
		       !is_word(at, length, scenario_state_name(state)))
			state++;
		if (state == SOURCE_STATE_COUNT)
			return scenario_reader_error(in, "", at, possible);
		expect->states |= UINT64_C(1) << state;
		at += length + (at[length] == '|');
	}
	return expect->states ? 0 : scenario_reader_error(in, "the state", "", possible);
}

static int parse_hash(struct scenario_reader *in, struct words *words, struct expect *expect)
{
	static const char digits[] = "0123456789abcdef";
	const char *word = words_take(words);

	if (!word || strlen(word) != 16 || strspn(word, digits) != 16)
		return scenario_reader_error(in, "hash needs 16 hexadecimal digits, see --hash",
		                             NULL, "");
	for (; *word; word++)
		expect->states = expect->states << 4 | (uint64_t)(strchr(digits, *word) - digits);
	return 0;
}

/* Is the next word the name of a reference clock above? */
static bool take_refid(struct scenario_reader *in, struct words *words, struct expect *expect)
{
	const char *word = words->next < words->count ? words->list[words->next] : "";

	for (size_t i = 0; i < in->scenario->devices_count; i++) {
		if (strcmp(in->scenario->devices[i].refid, word) != 0)
			continue;
		memcpy(expect->refid, word, strlen(word) + 1);
		words->next++;
		return true;
	}
	return false;
}

static int parse_rest(struct scenario_reader *in, struct words *words, enum rest rest,
                      struct expect *expect)
{
	switch (rest) {
	case REST_DURATION:
		return parse_comparison(in, words, UNIT_DURATION, expect);
	case REST_RATE:
		return parse_comparison(in, words, UNIT_RATE, expect);
	case REST_SOURCE_COUNT:
		if (words->next < words->count)
			expect->source = scenario_find(in->scenario, words->list[words->next]);
		words->next += expect->source != SCENARIO_NODE_NONE;
		return parse_comparison(in, words, UNIT_COUNT, expect);
	case REST_COUNT:
		return parse_comparison(in, words, UNIT_COUNT, expect);
	case REST_NUMBER:
		expect->comparison = EQUAL;
		return scenario_reader_value(in, words, "the value", UNIT_COUNT, &expect->limit);
	case REST_HASH:
		return parse_hash(in, words, expect);
	case REST_STATE:
		if (!take_refid(in, words, expect) &&
		    scenario_reader_node(in, words, &expect->source) < 0)
			return -EINVAL;
		return parse_states(in, words, expect);
	case REST_WITHIN:
		expect->is_within = words_take_if(words, "within");
		return expect->is_within
		               ? scenario_reader_duration(in, words, "within", &expect->until_ns)
		               : 0;
	case REST_NONE:
		break;
	}
	return 0;
}

static int parse_window(struct scenario_reader *in, struct words *words, struct expect *expect)
{
	expect->is_at_end = words->next == words->count;
	while (words->next < words->count) {
		if (words_take_if(words, "after")) {
			if (scenario_reader_duration(in, words, "after", &expect->after_ns) < 0)
				return -EINVAL;
		} else if (words_take_if(words, "until")) {
			if (scenario_reader_duration(in, words, "until", &expect->until_ns) < 0)
				return -EINVAL;
		} else {
			return scenario_reader_error(in, "", words->list[words->next],
			                             " is not expected here; a window is"
			                             " [after TIME] [until TIME]");
		}
	}
	return 0;
}

static bool take_kind(struct words *words, const struct expect_words *kind)
{
	const size_t before = words->next;

	if (words_take_if(words, kind->first) &&
	    (!kind->second || words_take_if(words, kind->second)) &&
	    (!kind->third || words_take_if(words, kind->third)))
		return true;
	words->next = before;
	return false;
}

static const struct expect_words *find_kind(struct words *words)
{
	for (size_t i = 0; i < ARRAY_COUNT(all_words); i++) {
		if (take_kind(words, &all_words[i]))
			return &all_words[i];
	}
	return NULL;
}

static int unknown_kind(struct scenario_reader *in, const struct words *words)
{
	char possible[600];
	struct text text = text_into(possible, sizeof possible);

	text_add(&text,
	         " cannot be expected; possible are, after a node's name if it is about one");
	for (size_t i = 0; i < ARRAY_COUNT(all_words); i++) {
		text_add(&text, i == 0 ? ": " : ", ");
		text_add(&text, all_words[i].first);
		if (all_words[i].second) {
			text_char(&text, ' ');
			text_add(&text, all_words[i].second);
		}
		if (all_words[i].third) {
			text_char(&text, ' ');
			text_add(&text, all_words[i].third);
		}
	}
	return scenario_reader_error(
		in, "", words->next < words->count ? words->list[words->next] : "", possible);
}

static void keep_words(const struct words *words, struct expect *expect)
{
	struct text text = text_into(expect->words, sizeof expect->words);

	for (size_t i = 1; i < words->count; i++) {
		if (i > 1)
			text_char(&text, ' ');
		text_add(&text, words->list[i]);
	}
}

void scenario_expect_parse(struct scenario_reader *in, struct words *words)
{
	struct scenario *scenario = in->scenario;
	struct expect expect = { .node = SCENARIO_NODE_NONE,
		                 .source = SCENARIO_NODE_NONE,
		                 .until_ns = INT64_MAX,
		                 .line = in->line };
	const struct expect_words *kind;

	if (scenario->expects_count == SCENARIO_EXPECTS_MAX) {
		scenario_reader_error(in, "there is room for 64 expectations only", NULL, "");
		return;
	}
	keep_words(words, &expect);
	if (words->next < words->count)
		expect.node = scenario_find(scenario, words->list[words->next]);
	words->next += expect.node != SCENARIO_NODE_NONE;
	kind = find_kind(words);
	if (!kind) {
		unknown_kind(in, words);
		words->next = words->count;
		return;
	}
	expect.kind = kind->kind;
	if (parse_rest(in, words, kind->rest, &expect) < 0 || parse_window(in, words, &expect) < 0)
		return;
	scenario->expects[scenario->expects_count++] = expect;
}

void scenario_expect_check(struct scenario_reader *in)
{
	const struct scenario *scenario = in->scenario;

	for (size_t i = 0; i < scenario->expects_count; i++) {
		const struct expect *expect = &scenario->expects[i];

		in->line = expect->line;
		if (expect->after_ns >= scenario->duration_ns)
			scenario_reader_error(in, "the window begins after the end of the scenario",
			                      NULL, "");
		if (expect->kind == EXPECT_RTC_ERROR &&
		    (expect->node == SCENARIO_NODE_NONE || !scenario->nodes[expect->node].has_rtc))
			scenario_reader_error(
				in, "rtc_error is of a node that has an rtc line; name it", NULL,
				"");
		if (expect->until_ns < expect->after_ns)
			scenario_reader_error(in, "the window ends before it begins", NULL, "");
		if (expect->node != SCENARIO_NODE_NONE && scenario->nodes[expect->node].is_ideal)
			scenario_reader_error(in, "", scenario->nodes[expect->node].name,
			                      " is an ideal server: nothing is expected of it");
	}
}

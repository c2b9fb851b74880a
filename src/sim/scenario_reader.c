/* SPDX-License-Identifier: MIT */
#include "sim/scenario_reader.h"

#include <errno.h>
#include <math.h>

#define DURATION_MAX_S 1e9

int scenario_reader_error(struct scenario_reader *in, const char *before, const char *word,
                          const char *after)
{
	in->errors_count++;
	text_add(in->errors, in->name);
	text_char(in->errors, ':');
	text_u64(in->errors, in->line);
	text_add(in->errors, ": ");
	text_add(in->errors, before);
	if (word) {
		text_add(in->errors, *before ? " \"" : "\"");
		text_add(in->errors, word);
		text_add(in->errors, "\"");
	}
	text_add(in->errors, after);
	text_char(in->errors, '\n');
	return -EINVAL;
}

int scenario_reader_value(struct scenario_reader *in, struct words *words, const char *what,
                          enum unit unit, double *value_out)
{
	const char *word = words_take(words);
	double value;

	if (word && unit_parse(unit, word, &value) == 0) {
		*value_out = value;
		return 0;
	}
	scenario_reader_error(in, what, word, word ? " is not " : " needs ");
	in->errors->length_bytes -=
		in->errors->is_cut ? 0 : 1; /* the end of the line comes later */
	text_add(in->errors, unit_example(unit));
	text_char(in->errors, '\n');
	return -EINVAL;
}

int scenario_reader_duration(struct scenario_reader *in, struct words *words, const char *what,
                             int64_t *duration_ns_out)
{
	double value = 0;
	const int error = scenario_reader_value(in, words, what, UNIT_DURATION, &value);

	if (error < 0)
		return error;
	if (value < 0 || value > DURATION_MAX_S)
		return scenario_reader_error(in, what, NULL, " must lie within 0 and 1e9 seconds");
	*duration_ns_out = llrint(value * 1e9);
	return 0;
}

int scenario_reader_node(struct scenario_reader *in, struct words *words, uint32_t *node_out)
{
	const char *word = words_take(words);
	char known[SCENARIO_NODES_MAX * 16] = "";
	struct text names = text_into(known, sizeof known);

	if (!word)
		return scenario_reader_error(in, "a node's name is missing", NULL, "");
	*node_out = scenario_find(in->scenario, word);
	if (*node_out != SCENARIO_NODE_NONE)
		return 0;
	text_add(&names, in->scenario->nodes_count ? " is no node so far; there are"
	                                           : " is no node: none has been named so far");
	for (size_t i = 0; i < in->scenario->nodes_count; i++) {
		text_char(&names, ' ');
		text_add(&names, in->scenario->nodes[i].name);
	}
	return scenario_reader_error(in, "", word, known);
}

int scenario_reader_settings(struct scenario_reader *in, struct words *words,
                             const struct setting_kind *kinds, size_t kinds_count,
                             struct settings *settings_out)
{
	char why[600];
	struct text text = text_into(why, sizeof why);

	if (settings_parse(words, kinds, kinds_count, settings_out, &text) == 0)
		return 0;
	return scenario_reader_error(in, why, NULL, "");
}

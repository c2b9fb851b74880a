/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario_reader.h"

#define LINES_MAX 128

/* Cuts the node's part of the text, which is changed, into numbered lines. */
static size_t cut(char *text, const char *name, unsigned number,
                  struct config_line lines[LINES_MAX])
{
	size_t count = 0;

	while (text && count < LINES_MAX) {
		char *end = strchr(text, '\n');

		if (end)
			*end++ = '\0';
		lines[count].file = name;
		lines[count].number = number + (unsigned)count;
		lines[count].text = text;
		lines[count].is_optional = false;
		count++;
		text = end;
	}
	return count;
}

static void tell_errors(struct scenario_reader *in, const struct config_errors *errors)
{
	in->errors_count += (unsigned)errors->errors_count;
	for (size_t i = 0; i < errors->count; i++) {
		text_add(in->errors, errors->items[i].text);
		text_char(in->errors, '\n');
	}
}

int scenario_config_parse(struct scenario_reader *in, const char *text, struct scenario_node *node)
{
	struct config_errors *errors = malloc(sizeof *errors);
	struct config_line *lines = malloc(LINES_MAX * sizeof *lines);
	char *copy = malloc(node->config_length + 1);
	int error = -ENOMEM;

	node->config = node->is_ideal ? NULL : calloc(1, sizeof *node->config);
	if (errors && lines && copy && (node->config || node->is_ideal))
		error = 0;
	if (error == 0 && node->config) {
		memcpy(copy, text + node->config_start, node->config_length);
		copy[node->config_length] = '\0';
		config_errors_init(errors);
		error = node_config_parse(lines, cut(copy, in->name, node->config_line, lines),
		                          node->config, errors);
		tell_errors(in, errors);
	}
	free(errors);
	free(lines);
	free(copy);
	return error == -EINVAL ? 0 : error;
}

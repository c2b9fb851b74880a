/* cli/reload_command: has the daemon read its configuration again, and shows what changed.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli/answer.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/report_print.h"

/* What comes from files and over a socket must not reach a terminal as it is. */
static void print_list(const struct answer *answer, const char *name, const char *before, FILE *out)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(answer->root, name), i, item)
	{
		char line[4096];
		struct text text = text_into(line, sizeof line);

		answer_add_printable(&text, json_string_value(item) ? json_string_value(item) : "");
		fprintf(out, "%s%s\n", before, line);
	}
}

static void print_changes(const struct answer *answer)
{
	const bool is_changed = json_array_size(json_object_get(answer->root, "removed")) > 0 ||
	                        json_array_size(json_object_get(answer->root, "added")) > 0;
	const json_int_t left_out_count =
		json_integer_value(json_object_get(answer->root, "left_out"));

	print_list(answer, "removed", "- ", stdout);
	print_list(answer, "added", "+ ", stdout);
	if (left_out_count > 0)
		printf("and %lld more lines\n", (long long)left_out_count);
	print_list(answer, "restart", "takes a restart: ", stdout);
	puts(is_changed ? "reloaded" : "reloaded; no line has changed");
	print_list(answer, "warnings", "", stderr);
}

static int run(int argc, char **argv)
{
	struct answer answer = { 0 };
	struct options options;
	int outcome = options_parse(argc, argv, OPTIONS_SOCKET | OPTIONS_JSON, &options);

	if (outcome != COMMAND_OK)
		return outcome;
	outcome = answer_ask(options.socket, argv[0], &answer);
	if (options.is_json && outcome <= COMMAND_NO) {
		report_print(&answer, &options);
	} else if (outcome == COMMAND_OK) {
		print_changes(&answer);
	} else if (outcome == COMMAND_NO) {
		print_list(&answer, "mistakes", "", stderr);
		fprintf(stderr, "timeball: %s\n", answer_error(&answer));
	}
	answer_free(&answer);
	return outcome;
}

const struct command command_reload = {
	.name = "reload",
	.arguments = "[--json] [-s SOCKET]",
	.summary = "has the daemon read its configuration again; shows what changed",
	.run = run,
};

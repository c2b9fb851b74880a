/* cli/why_command: why a source is used or not, in a sentence. SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/answer.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/report_print.h"

/* Keeps the rows that are about `name`; false when there are none. */
static bool keep_only(struct answer *answer, const char *name)
{
	json_t *rows = json_object_get(answer->root, "rows");

	for (size_t i = json_array_size(rows); i > 0; i--) {
		if (strcmp(answer_text(json_array_get(rows, i - 1), "name"), name) != 0)
			json_array_remove(rows, i - 1);
	}
	return json_array_size(rows) > 0;
}

static int run(int argc, char **argv)
{
	struct answer answer = { 0 };
	struct options options;
	int outcome = options_parse(
		argc, argv, OPTIONS_WORD | OPTIONS_SOCKET | OPTIONS_JSON | OPTIONS_CSV, &options);

	if (outcome != COMMAND_OK)
		return outcome;
	if (!options.word)
		return command_ask(argc, argv);
	outcome = answer_ask(options.socket, "why", &answer);
	if (outcome == COMMAND_OK && !keep_only(&answer, options.word)) {
		fprintf(stderr,
		        "timeball: no source is called '%s'; 'timeball sources' lists them\n",
		        options.word);
		outcome = COMMAND_NO;
	} else if (outcome == COMMAND_OK) {
		report_print(&answer, &options);
	}
	answer_free(&answer);
	return outcome;
}

const struct command command_why = {
	.name = "why",
	.arguments = "[NAME] [--json|--csv] [-s SOCKET]",
	.summary = "why each source, or this one, is used or not: in a sentence, with the numbers",
	.run = run,
};

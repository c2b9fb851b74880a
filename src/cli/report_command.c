/* cli/report_command: any report as a table, JSON or CSV; any command of the daemon.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli/answer.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/report_print.h"

/* "unknown request" and what there is; or the daemon's own refusal. */
static int explain_error(const struct answer *answer, const char *request)
{
	const json_t *reports = json_object_get(answer->root, "reports");
	const json_t *report;
	size_t i;

	if (!json_is_array(reports)) {
		fprintf(stderr, "timeball: %s\n", answer_error(answer));
		return COMMAND_NO;
	}
	fprintf(stderr, "timeball: the daemon knows no '%s'; it has:\n", request);
	json_array_foreach(reports, i, report)
		fprintf(stderr, "  %-12s %s\n", answer_text(report, "name"),
	                answer_text(report, "summary"));
	fputs("'timeball help' lists the other commands\n", stderr);
	return COMMAND_USAGE;
}

int command_ask(int argc, char **argv)
{
	struct answer answer = { 0 };
	struct options options;
	int outcome =
		options_parse(argc, argv, OPTIONS_SOCKET | OPTIONS_JSON | OPTIONS_CSV, &options);

	if (outcome != COMMAND_OK)
		return outcome;
	outcome = answer_ask(options.socket, argv[0], &answer);
	if (outcome == COMMAND_OK)
		report_print(&answer, &options);
	else if (outcome == COMMAND_NO)
		outcome = explain_error(&answer, argv[0]);
	answer_free(&answer);
	return outcome;
}

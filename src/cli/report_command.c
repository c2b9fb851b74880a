/* cli/report_command: any report as a table, JSON or CSV; any command of the daemon.
 * SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/attributes.h"
#include "cli/answer.h"
#include "cli/command.h"
#include "cli/control_client.h"
#include "cli/options.h"
#include "cli/phrases.h"
#include "cli/report_view.h"

static void print_csv(const struct answer *answer)
{
	for (size_t i = 0; i < answer_field_count(answer); i++)
		printf("%s%s", i > 0 ? "," : "", answer_field(answer, i).name);
	putchar('\n');
	for (size_t row = 0; row < answer_row_count(answer); row++) {
		for (size_t i = 0; i < answer_field_count(answer); i++) {
			char bytes[2048];
			struct text cell = text_into(bytes, sizeof bytes);

			answer_value_as_csv(&cell, json_object_get(answer_row(answer, row),
			                                           answer_field(answer, i).name));
			printf("%s%s", i > 0 ? "," : "", bytes);
		}
		putchar('\n');
	}
}

static void print_json(const struct answer *answer)
{
	json_dumpf(answer->root, stdout, JSON_COMPACT | JSON_REAL_PRECISION(10));
	putchar('\n');
}

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

static void print_names(const struct answer *answer)
{
	const json_t *item;
	size_t i;

	json_array_foreach(json_object_get(answer->root, "reports"), i, item)
		printf("%-12s %s\n", answer_text(item, "name"), answer_text(item, "summary"));
	json_array_foreach(json_object_get(answer->root, "commands"), i, item)
		printf("%-12s command\n", json_string_value(item));
}

static void print_for_people(const struct answer *answer)
{
	if (answer_is_report(answer))
		report_view_print(answer, report_view_width(), stdout);
	else if (json_object_get(answer->root, "reports"))
		print_names(answer);
	else if (json_object_get(answer->root, "pong"))
		printf("timeballd %s answers\n", answer_text(answer->root, "version"));
	else
		puts("done");
}

int command_ask(int argc, char **argv)
{
	struct answer answer = { 0 };
	struct options options;
	int outcome = options_parse(argc, argv, false, &options);

	if (outcome != COMMAND_OK)
		return outcome;
	outcome = answer_ask(options.socket, argv[0], &answer);
	if (outcome == COMMAND_UNREACHABLE)
		return outcome;
	if (options.is_json)
		print_json(&answer);
	if (outcome == COMMAND_NO)
		outcome = explain_error(&answer, argv[0]);
	else if (options.is_csv && answer_is_report(&answer))
		print_csv(&answer);
	else if (!options.is_json)
		print_for_people(&answer);
	answer_free(&answer);
	return outcome;
}

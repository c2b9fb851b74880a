/* SPDX-License-Identifier: MIT */
#include "cli/report_print.h"

#include <stdio.h>

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

void report_print(const struct answer *answer, const struct options *options)
{
	if (options->is_json)
		print_json(answer);
	else if (options->is_csv && answer_is_report(answer))
		print_csv(answer);
	else
		print_for_people(answer);
}

/* SPDX-License-Identifier: MIT */
#include "cli/report_view.h"

#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/phrases.h"
#include "cli/table.h"

/* How a column is to be shown, where its own description is not the best for people. */
enum manner { AS_DESCRIBED, AS_AHEAD_OR_BEHIND, AS_NAME_WITH_ADDRESS };

struct column {
	const char *heading, *field;
	enum manner manner;
};

/* Reports with more fields than a line holds; --json and --csv have them all. */
static const struct layout {
	const char *report;
	struct column columns[12];
} layouts[] = {
	{ "sources",
	  { { "", "letter", AS_DESCRIBED },
	    { "source", "name", AS_NAME_WITH_ADDRESS },
	    { "stratum", "stratum", AS_DESCRIBED },
	    { "poll", "poll_log2_s", AS_DESCRIBED },
	    { "reach", "reach", AS_DESCRIBED },
	    { "last", "last_good_age_s", AS_DESCRIBED },
	    { "source is", "offset_ns", AS_AHEAD_OR_BEHIND },
	    { "can err", "root_distance_ns", AS_DESCRIBED } } },
	{ "sourcestats",
	  { { "", "letter", AS_DESCRIBED },
	    { "source", "name", AS_DESCRIBED },
	    { "used", "exchanges_count", AS_DESCRIBED },
	    { "span", "span_s", AS_DESCRIBED },
	    { "gains", "residual_frequency_ppm", AS_DESCRIBED },
	    { "+/-", "skew_ppm", AS_DESCRIBED },
	    { "source is", "offset_ns", AS_AHEAD_OR_BEHIND },
	    { "+/-", "offset_sd_s", AS_DESCRIBED } } },
};

size_t report_view_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
		return 0;
	return size.ws_col;
}

static const struct layout *find_layout(const char *report)
{
	for (size_t i = 0; i < ARRAY_COUNT(layouts); i++) {
		if (strcmp(layouts[i].report, report) == 0)
			return &layouts[i];
	}
	return NULL;
}

static struct answer_field find_field(const struct answer *answer, const char *name)
{
	for (size_t i = 0; i < answer_field_count(answer); i++) {
		const struct answer_field field = answer_field(answer, i);

		if (strcmp(field.name, name) == 0)
			return field;
	}
	return (struct answer_field){ .name = name, .unit = "", .type = "", .text = "" };
}

/* "root_delay_ns" -> "root delay": the value shows its unit itself. */
static void add_heading(struct text *out, const struct answer_field *field)
{
	const size_t unit_length = strcmp(field->type, "time") == 0 ? 0 : strlen(field->unit);
	size_t length = strlen(field->name);

	if (unit_length > 0 && length > unit_length + 1)
		length -= unit_length + 1;
	for (size_t i = strncmp(field->name, "is_", 3) == 0 ? 3 : 0; i < length; i++)
		text_char(out, field->name[i] == '_' ? ' ' : field->name[i]);
}

static void add_value(char bytes[TABLE_CELL_SIZE], const struct answer *answer, const json_t *row,
                      const char *name, enum manner manner)
{
	const struct answer_field field = find_field(answer, name);
	struct text cell = text_into(bytes, TABLE_CELL_SIZE);

	if (manner == AS_AHEAD_OR_BEHIND) {
		phrases_ahead_or_behind(&cell, answer_number(row, name));
		return;
	}
	answer_value_for_people(&cell, json_object_get(row, name), &field);
	if (manner == AS_NAME_WITH_ADDRESS && strcmp(answer_text(row, "address"), "-") != 0 &&
	    strcmp(answer_text(row, "address"), answer_text(row, "name")) != 0) {
		text_add(&cell, " (");
		answer_add_printable(&cell, answer_text(row, "address"));
		text_char(&cell, ')');
	}
}

static bool is_number_column(const struct answer *answer, const char *name)
{
	const char *type = find_field(answer, name).type;

	return strcmp(type, "text") != 0 && strcmp(type, "boolean") != 0;
}

static void print_layout(const struct answer *answer, const struct layout *layout, FILE *out)
{
	struct table table;
	char(*cells)[TABLE_CELL_SIZE];
	size_t count = 0;

	while (count < ARRAY_COUNT(layout->columns) && layout->columns[count].field)
		count++;
	table_init(&table, count);
	cells = table_add_row(&table);
	for (size_t i = 0; i < count; i++) {
		strcpy(cells[i], layout->columns[i].heading);
		table.is_right[i] = is_number_column(answer, layout->columns[i].field);
	}
	for (size_t row = 0; row < answer_row_count(answer); row++) {
		cells = table_add_row(&table);
		for (size_t i = 0; i < count; i++)
			add_value(cells[i], answer, answer_row(answer, row),
			          layout->columns[i].field, layout->columns[i].manner);
	}
	table_print(&table, out);
	table_free(&table);
}

static void print_all_columns(const struct answer *answer, FILE *out)
{
	const size_t fields = answer_field_count(answer);
	const size_t count = fields < TABLE_COLUMNS_MAX ? fields : TABLE_COLUMNS_MAX;
	struct table table;
	char(*cells)[TABLE_CELL_SIZE];

	if (count == 0)
		return;
	table_init(&table, count);
	cells = table_add_row(&table);
	for (size_t i = 0; i < count; i++) {
		const struct answer_field field = answer_field(answer, i);
		struct text heading = text_into(cells[i], TABLE_CELL_SIZE);

		add_heading(&heading, &field);
		table.is_right[i] = is_number_column(answer, field.name);
	}
	for (size_t row = 0; row < answer_row_count(answer); row++) {
		cells = table_add_row(&table);
		for (size_t i = 0; i < count; i++)
			add_value(cells[i], answer, answer_row(answer, row),
			          answer_field(answer, i).name, AS_DESCRIBED);
	}
	table_print(&table, out);
	table_free(&table);
}

/* One row stands upright, with what each value means. */
static void print_upright(const struct answer *answer, FILE *out)
{
	struct table table;

	table_init(&table, 3);
	for (size_t i = 0; i < answer_field_count(answer); i++) {
		const struct answer_field field = answer_field(answer, i);
		char(*cells)[TABLE_CELL_SIZE] = table_add_row(&table);
		struct text heading = text_into(cells[0], TABLE_CELL_SIZE);
		struct text meaning = text_into(cells[2], TABLE_CELL_SIZE);

		add_heading(&heading, &field);
		add_value(cells[1], answer, answer_row(answer, 0), field.name, AS_DESCRIBED);
		answer_add_printable(&meaning, field.text);
	}
	table_print(&table, out);
	table_free(&table);
}

static void print_why(const struct answer *answer, size_t width, FILE *out)
{
	size_t name_width = 5;

	for (size_t i = 0; i < answer_row_count(answer); i++) {
		const size_t here = table_text_width(answer_text(answer_row(answer, i), "name"));

		name_width = here > name_width ? here : name_width;
	}
	if (name_width > 30)
		name_width = 30;
	for (size_t i = 0; i < answer_row_count(answer); i++) {
		const json_t *row = answer_row(answer, i);
		char bytes[4096], sentence[2048];
		struct text line = text_into(bytes, sizeof bytes);
		struct text printable = text_into(sentence, sizeof sentence);

		text_add(&line, *answer_text(row, "letter") ? answer_text(row, "letter") : " ");
		text_char(&line, ' ');
		answer_add_printable(&line, answer_text(row, "name"));
		text_pad(&line, 0, name_width + 4);
		answer_add_printable(&printable, answer_text(row, "sentence"));
		phrases_wrap(&line, sentence, name_width + 4,
		             width > name_width + 24 ? width : SIZE_MAX);
		fprintf(out, "%s\n", bytes);
	}
}

void report_view_print(const struct answer *answer, size_t width, FILE *out)
{
	const char *name = answer_text(answer->root, "report");
	const struct layout *layout = find_layout(name);

	if (strcmp(name, "why") == 0)
		print_why(answer, width, out);
	else if (layout)
		print_layout(answer, layout, out);
	else if (answer_row_count(answer) == 1)
		print_upright(answer, out);
	else
		print_all_columns(answer, out);
}

/* SPDX-License-Identifier: MIT */
#include "cli/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void table_init(struct table *table, size_t columns_count)
{
	assert(columns_count >= 1 && columns_count <= TABLE_COLUMNS_MAX);
	*table = (struct table){ .columns_count = columns_count };
}

void table_free(struct table *table)
{
	free(table->cells);
	table->cells = NULL;
}

char (*table_add_row(struct table *table))[TABLE_CELL_SIZE]
{
	char(*row)[TABLE_CELL_SIZE];

	if (table->rows_count == table->capacity) {
		table->capacity = table->capacity ? 2 * table->capacity : 16;
		row = realloc(table->cells,
		              table->capacity * table->columns_count * TABLE_CELL_SIZE);
		if (!row) {
			fputs("timeball: out of memory\n", stderr);
			exit(1);
		}
		table->cells = row;
	}
	row = table->cells + table->rows_count++ * table->columns_count;
	for (size_t i = 0; i < table->columns_count; i++)
		row[i][0] = '\0';
	return row;
}

size_t table_text_width(const char *string)
{
	size_t width = 0;

	for (; *string; string++)
		width += ((unsigned char)*string & 0xc0) != 0x80;
	return width;
}

static void print_cell(const char *cell, size_t width, bool is_right, bool is_last, FILE *out)
{
	const int blanks = (int)(width - table_text_width(cell));

	if (is_right)
		fprintf(out, "%*s%s", blanks, "", cell);
	else if (is_last)
		fputs(cell, out);
	else
		fprintf(out, "%s%*s", cell, blanks, "");
}

void table_print(const struct table *table, FILE *out)
{
	size_t widths[TABLE_COLUMNS_MAX] = { 0 };

	for (size_t i = 0; i < table->rows_count * table->columns_count; i++) {
		const size_t width = table_text_width(table->cells[i]);

		if (width > widths[i % table->columns_count])
			widths[i % table->columns_count] = width;
	}
	for (size_t row = 0; row < table->rows_count; row++) {
		for (size_t column = 0; column < table->columns_count; column++) {
			const bool is_last = column + 1 == table->columns_count;

			print_cell(table->cells[row * table->columns_count + column],
			           widths[column], table->is_right[column], is_last, out);
			fputs(is_last ? "\n" : "  ", out);
		}
	}
}

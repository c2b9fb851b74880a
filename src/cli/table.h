/* cli/table: cells of text, printed as aligned columns. SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS_MAX 40
#define TABLE_CELL_SIZE   768

struct table {
	size_t columns_count, rows_count, capacity;
	bool is_right[TABLE_COLUMNS_MAX]; /* numbers */
	char (*cells)[TABLE_CELL_SIZE];   /* owned */
};

void table_init(struct table *table, size_t columns_count); /* 1..TABLE_COLUMNS_MAX */
void table_free(struct table *table);

/* Adds an empty row and returns its cells, valid until the next row; ends the program when there is
 * no memory. */
char (*table_add_row(struct table *table))[TABLE_CELL_SIZE];

/* Columns on a terminal that `string` takes: UTF-8 sequences count one. */
size_t table_text_width(const char *string);
void table_print(const struct table *table, FILE *out);

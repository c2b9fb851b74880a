/* SPDX-License-Identifier: MIT */
#include "config/config_diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int by_words(const void *a, const void *b)
{
	const struct config_diff_row *const *left = a, *const *right = b;
	const struct config_listing_row *one = (*left)->row, *other = (*right)->row;
	int order = strcmp(one->directive, other->directive);

	if (order == 0)
		order = strcmp(one->value, other->value);
	if (order == 0)
		order = (*left)->is_added - (*right)->is_added;
	return order != 0 ? order : (*left > *right) - (*left < *right);
}

static bool is_same(const struct config_diff_row *a, const struct config_diff_row *b)
{
	return strcmp(a->row->directive, b->row->directive) == 0 &&
	       strcmp(a->row->value, b->row->value) == 0;
}

static size_t take(const struct config_listing *listing, bool is_added,
                   struct config_diff_row *rows)
{
	size_t count = 0;

	for (size_t i = 0; i < listing->count; i++) {
		if (listing->rows[i].use != CONFIG_OVERRIDDEN)
			rows[count++] = (struct config_diff_row){ &listing->rows[i], is_added };
	}
	return count;
}

/* Each group of like lines loses as many of either side as the other has. `order` is sorted. */
static void match(struct config_diff_row **order, size_t count)
{
	size_t end;

	for (size_t start = 0; start < count; start = end) {
		size_t gone_count = 0, matched_count;

		for (end = start; end < count && is_same(order[start], order[end]); end++)
			gone_count += !order[end]->is_added;
		matched_count = end - start - gone_count;
		matched_count = matched_count < gone_count ? matched_count : gone_count;
		for (size_t i = 0; i < matched_count; i++)
			order[start + i]->row = order[start + gone_count + i]->row = NULL;
	}
}

int config_diff_make(const struct config_listing *before, const struct config_listing *after,
                     struct config_diff *diff_out)
{
	const size_t capacity = before->count + after->count + 1;
	struct config_diff_row *rows = calloc(capacity, sizeof *rows);
	struct config_diff_row **order = calloc(capacity, sizeof *order);
	size_t count, kept_count = 0;

	if (!rows || !order) {
		free(rows);
		free(order);
		return -ENOMEM;
	}
	count = take(before, false, rows);
	count += take(after, true, rows + count);
	for (size_t i = 0; i < count; i++)
		order[i] = &rows[i];
	qsort(order, count, sizeof *order, by_words);
	match(order, count);
	free(order);
	for (size_t i = 0; i < count; i++) {
		if (rows[i].row)
			rows[kept_count++] = rows[i];
	}
	*diff_out = (struct config_diff){ .rows = rows, .count = kept_count };
	return 0;
}

void config_diff_free(struct config_diff *diff)
{
	free(diff->rows);
	*diff = (struct config_diff){ 0 };
}

static bool carry(const void *before, const void *after, void *into, size_t offset, size_t size)
{
	const char *const was = (const char *)before + offset;
	const char *const is = (const char *)after + offset;

	if (memcmp(was, is, size) == 0)
		return false;
	memcpy((char *)into + offset, is, size);
	return true;
}

bool config_diff_carry(const struct config_directive *table, const void *before, const void *after,
                       void *into)
{
	bool is_changed = false;

	for (; table->name; table++) {
		const struct config_option *const tables[] = { table->arguments, table->options };

		if (!table->is_live || table->parse || table->item_size > 0)
			continue;
		if (table->has_flag)
			is_changed |= carry(before, after, into, table->flag_offset, sizeof(bool));
		for (size_t i = 0; i < ARRAY_COUNT(tables); i++) {
			for (const struct config_option *row = tables[i]; row && row->name; row++)
				is_changed |= carry(before, after, into, row->offset, row->size);
		}
	}
	return is_changed;
}

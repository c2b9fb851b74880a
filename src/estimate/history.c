/* SPDX-License-Identifier: MIT */
#include "estimate/history.h"

#include <assert.h>
#include <stdlib.h>

void history_start(struct history *history, int64_t at_ns, const struct track *start,
                   const struct reading *first)
{
	history_restart(history, at_ns, start);
	history->first = *first;
	history->is_whole = true;
}

void history_restart(struct history *history, int64_t at_ns, const struct track *start)
{
	history->next_index = history->count = 0;
	history->start = *start;
	history->start_at_ns = at_ns;
	history->is_whole = false;
}

const struct history_entry *history_entry_at_age(const struct history *history, unsigned age)
{
	assert(age < history->count);
	return &history->entry[(history->next_index + HISTORY_MAX - 1 - age) % HISTORY_MAX];
}

struct history_entry *history_newest(struct history *history, unsigned age)
{
	assert(age < history->count);
	return &history->entry[(history->next_index + HISTORY_MAX - 1 - age) % HISTORY_MAX];
}

void history_keep_newest(struct history *history, unsigned count)
{
	const struct history_entry *before;

	if (history->count <= count)
		return;
	before = history_entry_at_age(history, count);
	history->start = before->after;
	history->start_at_ns = before->at_ns;
	history->count = count;
	history->is_whole = false;
}

void history_add(struct history *history, const struct history_entry *entry)
{
	history_keep_newest(history, HISTORY_MAX - 1);
	history->entry[history->next_index] = *entry;
	history->next_index = (history->next_index + 1) % HISTORY_MAX;
	history->count++;
}

void history_shift(struct history *history, double shift_s)
{
	for (unsigned age = 0; age < history->count; age++) {
		struct history_entry *entry = history_newest(history, age);

		entry->reading.middle_s -= shift_s;
		entry->after.offset_s -= shift_s;
	}
	history->start.offset_s -= shift_s;
	history->first.middle_s -= shift_s;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void history_sort(double *values, unsigned count)
{
	qsort(values, count, sizeof *values, compare);
}

unsigned history_sort_delays(const struct history *history, unsigned skip, unsigned count,
                             double delays_s_out[HISTORY_MAX + 1])
{
	unsigned found = 0;

	for (unsigned age = skip; age < history->count && found < count; age++)
		delays_s_out[found++] = history_entry_at_age(history, age)->reading.delay_s;
	history_sort(delays_s_out, found);
	return found;
}

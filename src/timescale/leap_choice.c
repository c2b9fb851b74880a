/* SPDX-License-Identifier: MIT */
#include "timescale/leap_choice.h"

#include <assert.h>

#include "base/attributes.h"
#include "timescale/utc_day.h"

#define DAY_NS (86400 * NS_PER_S)

/* Until when the table knows. */
static int64_t horizon_s(const struct leap_table *table)
{
	const int64_t last_s = table->count ? table->changes[table->count - 1].utc_s : 0;

	return table->expiry != LEAP_EXPIRY_GUESSED && table->expires_s > last_s ? table->expires_s
	                                                                         : last_s;
}

static bool is_same_until(const struct leap_table *a, const struct leap_table *b, int64_t until_s)
{
	size_t i = 0;

	for (;; i++) {
		const bool has_a = i < a->count && a->changes[i].utc_s <= until_s;
		const bool has_b = i < b->count && b->changes[i].utc_s <= until_s;

		if (!has_a && !has_b)
			return true;
		if (has_a != has_b || a->changes[i].utc_s != b->changes[i].utc_s ||
		    a->changes[i].tai_offset_s != b->changes[i].tai_offset_s)
			return false;
	}
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* What had happened when the program's copy was made, as far as the table reaches. */
static bool is_history(const struct leap_table *table, const struct leap_table *builtin)
{
	return is_same_until(table, builtin, earlier(horizon_s(table), builtin->issued_s));
}

/* Of two that reach as far, the one that says so itself. */
static bool is_further(const struct leap_table *a, const struct leap_table *b)
{
	return horizon_s(a) > horizon_s(b) ||
	       (horizon_s(a) == horizon_s(b) && a->expiry < b->expiry);
}

struct leap_choice leap_choice_make(const struct leap_table *const *tables, size_t count)
{
	struct leap_choice choice = { 0 };
	size_t chosen = count;

	assert(count <= LEAP_CHOICE_MAX);
	leap_table_builtin(&choice.table);
	for (size_t i = 0; i < count; i++)
		choice.verdicts[i] = is_history(tables[i], &choice.table) ? LEAP_CANDIDATE_OLDER
		                                                          : LEAP_CANDIDATE_HISTORY;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = i + 1; j < count; j++) {
			const int64_t until_s = earlier(horizon_s(tables[i]), horizon_s(tables[j]));

			if (choice.verdicts[i] == LEAP_CANDIDATE_HISTORY ||
			    choice.verdicts[j] == LEAP_CANDIDATE_HISTORY ||
			    is_same_until(tables[i], tables[j], until_s))
				continue;
			choice.verdicts[i] = choice.verdicts[j] = LEAP_CANDIDATE_CONTRADICTS;
		}
	}
	/* a table of the operator's is preferred to the program's unless it knows less */
	for (size_t i = 0; i < count; i++) {
		if (choice.verdicts[i] == LEAP_CANDIDATE_OLDER &&
		    (chosen == count ? tables[i]->count >= choice.table.count
		                     : is_further(tables[i], tables[chosen])))
			chosen = i;
	}
	if (chosen < count) {
		choice.verdicts[chosen] = LEAP_CANDIDATE_CHOSEN;
		choice.table = *tables[chosen];
	}
	return choice;
}

const char *leap_candidate_text(enum leap_candidate verdict)
{
	static const char *const texts[] = {
		[LEAP_CANDIDATE_CHOSEN] = "used",
		[LEAP_CANDIDATE_OLDER] = "good, but another one knows more",
		[LEAP_CANDIDATE_HISTORY] =
			"refused: it contradicts leap seconds that have happened",
		[LEAP_CANDIDATE_CONTRADICTS] =
			"refused: it and another table contradict each other",
	};

	return (size_t)verdict < ARRAY_COUNT(texts) ? texts[verdict] : "";
}

int leap_choice_today(const struct leap_table *table, struct leap_announcement announced,
                      struct utc_time when)
{
	const bool is_own = table && table->origin == LEAP_ORIGIN_BUILTIN;
	const int listed = table ? leap_table_upcoming(table, when) : 0;
	const struct utc_time midnight = { when.ns - when.ns % DAY_NS + DAY_NS };

	if (listed != 0 && !(is_own && announced.is_spoken))
		return listed;
	if (table && !is_own && leap_table_covers(table, midnight))
		return 0;
	return announced.direction != 0 && utc_day_may_end_in_leap(when) ? announced.direction : 0;
}

/* SPDX-License-Identifier: MIT */
#include "timescale/leap_choice.h"
#include "testing/check.h"
#include "timescale/civil.h"

#define DAY_S INT64_C(86400)

static int64_t midnight_s(int32_t year, uint8_t month)
{
	return DAY_S * civil_days((struct civil_date){ .year = year, .month = month, .day = 1 });
}

static struct utc_time at_s(int64_t second)
{
	return (struct utc_time){ second * NS_PER_S };
}

static struct leap_table table_of(enum leap_origin origin, int32_t year, int direction,
                                  int64_t expires_s)
{
	struct leap_table table;

	leap_table_builtin(&table);
	table.origin = origin;
	table.issued_s = 0;
	table.expires_s = expires_s;
	if (direction != 0)
		CHECK_EQ(leap_table_add(&table, midnight_s(year, 1), direction), 0);
	return table;
}

static int today(const struct leap_table *table, int announced, struct utc_time when)
{
	return leap_choice_today(table, (struct leap_announcement){ .direction = announced }, when);
}

TEST(leap_choice, falls_back_on_the_built_in_copy)
{
	const struct leap_choice choice = leap_choice_make(NULL, 0);

	CHECK_EQ(choice.table.origin, LEAP_ORIGIN_BUILTIN);
	CHECK_EQ(choice.table.count, 27);
	CHECK_EQ(choice.table.changes[26].tai_offset_s, 37);
	CHECK_EQ(choice.table.changes[26].utc_s, midnight_s(2017, 1));
}

TEST(leap_choice, prefers_the_table_that_reaches_further)
{
	const struct leap_table zone = table_of(LEAP_ORIGIN_ZONE, 0, 0, 0);
	const struct leap_table list = table_of(LEAP_ORIGIN_LIST, 2029, 1, midnight_s(2029, 6));
	const struct leap_table *const both[] = { &zone, &list }, *const swapped[] = { &list,
		                                                                       &zone };
	struct leap_choice choice = leap_choice_make(both, 2);

	CHECK_EQ(choice.table.origin, LEAP_ORIGIN_LIST);
	CHECK_EQ(choice.verdicts[0], LEAP_CANDIDATE_OLDER);
	CHECK_EQ(choice.verdicts[1], LEAP_CANDIDATE_CHOSEN);
	choice = leap_choice_make(swapped, 2);
	CHECK_EQ(choice.table.origin, LEAP_ORIGIN_LIST);
	choice = leap_choice_make(both, 1);
	CHECK_EQ(choice.table.origin, LEAP_ORIGIN_ZONE);
}

TEST(leap_choice, refuses_another_history)
{
	struct leap_table list = table_of(LEAP_ORIGIN_LIST, 2019, 1, midnight_s(2030, 6));
	const struct leap_table *const one[] = { &list };
	struct leap_choice choice = leap_choice_make(one, 1);

	CHECK_EQ(choice.verdicts[0], LEAP_CANDIDATE_HISTORY);
	CHECK_EQ(choice.table.origin, LEAP_ORIGIN_BUILTIN);
	list = table_of(LEAP_ORIGIN_LIST, 0, 0, midnight_s(2027, 6));
	list.count--; /* as if 2016's had never been, but made in 2026 */
	choice = leap_choice_make(one, 1);
	CHECK_EQ(choice.verdicts[0], LEAP_CANDIDATE_HISTORY);
}

TEST(leap_choice, does_not_prefer_an_old_list_that_knows_less)
{
	struct leap_table list = table_of(LEAP_ORIGIN_LIST, 0, 0, midnight_s(2016, 6));
	const struct leap_table *const one[] = { &list };
	struct leap_choice choice;

	list.count--;
	choice = leap_choice_make(one, 1);
	CHECK_EQ(choice.verdicts[0], LEAP_CANDIDATE_OLDER);
	CHECK_EQ(choice.table.origin, LEAP_ORIGIN_BUILTIN);
}

TEST(leap_choice, uses_neither_of_two_that_contradict_each_other)
{
	const struct leap_table a = table_of(LEAP_ORIGIN_LIST, 2029, 1, midnight_s(2029, 6));
	const struct leap_table b = table_of(LEAP_ORIGIN_ZONE, 2029, -1, midnight_s(2029, 6));
	const struct leap_table *const both[] = { &a, &b };
	const struct leap_choice choice = leap_choice_make(both, 2);

	CHECK_EQ(choice.verdicts[0], LEAP_CANDIDATE_CONTRADICTS);
	CHECK_EQ(choice.verdicts[1], LEAP_CANDIDATE_CONTRADICTS);
	CHECK_EQ(choice.table.origin, LEAP_ORIGIN_BUILTIN);
}

TEST(leap_choice, fires_what_the_table_lists_and_nothing_else_while_it_speaks)
{
	const struct leap_table list = table_of(LEAP_ORIGIN_LIST, 2029, -1, midnight_s(2029, 6));
	const int64_t leap_s = midnight_s(2029, 1);

	CHECK_EQ(today(&list, 0, at_s(leap_s - 1)), -1);
	CHECK_EQ(today(&list, 1, at_s(leap_s - 1)), -1);
	CHECK_EQ(today(&list, 0, at_s(leap_s - DAY_S)), -1);
	CHECK_EQ(today(&list, 0, at_s(leap_s - DAY_S - 1)), 0);
	CHECK_EQ(today(&list, 0, at_s(leap_s)), 0);
	/* the list speaks for December 2027 and knows of none; not for June 2029 */
	CHECK_EQ(today(&list, 1, at_s(midnight_s(2028, 1) - 1)), 0);
	CHECK_EQ(today(&list, 1, at_s(midnight_s(2029, 7) - 1)), 1);
}

TEST(leap_choice, believes_an_announcement_on_two_days_of_the_year_only)
{
	struct leap_table builtin;

	leap_table_builtin(&builtin);
	for (uint8_t month = 1; month <= 12; month++) {
		const struct utc_time last = at_s(midnight_s(2031, month) - 1);
		const bool may = month == 1 || month == 7;

		CHECK_EQ(today(NULL, 1, last), may ? 1 : 0);
		CHECK_EQ(today(&builtin, -1, last), may ? -1 : 0);
		CHECK_EQ(today(NULL, 0, last), 0);
	}
	CHECK_EQ(today(NULL, 1, at_s(midnight_s(2031, 1) - DAY_S - 1)), 0);
}

TEST(leap_choice, prefers_the_table_that_says_itself_until_when_it_is_good)
{
	struct leap_table zone, list;
	const struct leap_table *const tables[] = { &zone, &list };

	leap_table_builtin(&zone);
	zone.origin = LEAP_ORIGIN_ZONE;
	list = zone;
	list.origin = LEAP_ORIGIN_LIST;
	zone.expiry = LEAP_EXPIRY_BESIDE;
	CHECK_EQ(leap_choice_make(tables, 2).table.origin, LEAP_ORIGIN_LIST);
	/* a date that is only guessed lets it speak no further than its last leap second */
	list.expiry = LEAP_EXPIRY_GUESSED;
	CHECK_EQ(leap_choice_make(tables, 2).table.origin, LEAP_ORIGIN_ZONE);
}

TEST(leap_choice, leaves_out_what_the_program_alone_knows_while_servers_are_silent)
{
	const struct leap_announcement silent = { .is_spoken = true };
	const struct leap_announcement spoken = { .direction = 1, .is_spoken = true };
	struct leap_table table;
	const struct utc_time last = at_s(midnight_s(2028, 1) - 1);

	leap_table_builtin(&table);
	CHECK_EQ(leap_table_add(&table, midnight_s(2028, 1), 1), 0);
	CHECK_EQ(leap_choice_today(&table, silent, last), 0);
	CHECK_EQ(leap_choice_today(&table, spoken, last), 1);
	CHECK_EQ(today(&table, 0, last), 1);
	table.origin = LEAP_ORIGIN_ZONE;
	CHECK_EQ(leap_choice_today(&table, silent, last), 1);
}

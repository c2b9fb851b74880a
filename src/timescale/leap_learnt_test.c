/* SPDX-License-Identifier: MIT */
#include "timescale/leap_learnt.h"
#include "testing/check.h"

#include <errno.h>

#define JAN_2027_S  INT64_C(1798761600)
#define JUL_2027_S  INT64_C(1814400000)
#define JAN_2028_S  INT64_C(1830297600)
#define JUL_2028_S  INT64_C(1846022400)
#define AT(second_) ((struct utc_time){ (second_)*NS_PER_S })

static struct leap_table old_zone(void)
{
	struct leap_table table;

	leap_table_builtin(&table);
	table.origin = LEAP_ORIGIN_ZONE;
	table.issued_s = table.expires_s = 0;
	return table;
}

static struct leap_table read_into(struct leap_table table, const char *string)
{
	CHECK_EQ(leap_learnt_read(string, &table), 0);
	return table;
}

static void check_text(const struct leap_table *table, const char *want)
{
	char bytes[LEAP_LEARNT_TEXT_MAX];
	struct text out = text_into(bytes, sizeof bytes);

	leap_learnt_format(&out, table);
	CHECK_TEXT(bytes, want);
}

TEST(leap_learnt, keeps_several_over_a_restart)
{
	struct leap_table table = old_zone();

	check_text(&table, "");
	CHECK_EQ(leap_learnt_add(&table, JAN_2027_S, 1), 0);
	CHECK_EQ(leap_learnt_add(&table, JAN_2028_S, 1), 0);
	CHECK_EQ(leap_learnt_add(&table, JUL_2028_S, -1), 0);
	check_text(&table, "1798761600 38\n1830297600 39\n1846022400 38\n");
	table = read_into(old_zone(), "1798761600 38\n1830297600 39\n1846022400 38\n");
	CHECK_EQ(table.learnt_count, 3);
	CHECK_EQ(leap_table_tai_offset_s(&table, AT(JUL_2028_S - 1)), 39);
	CHECK_EQ(leap_table_tai_offset_s(&table, AT(JUL_2028_S)), 38);
	/* read twice, nothing is added twice */
	CHECK_EQ(leap_learnt_read("1798761600 38\n1830297600 39\n1846022400 38\n", &table), 0);
	CHECK_EQ(table.learnt_count, 3);
}

TEST(leap_learnt, keeps_as_many_as_there_is_room_for)
{
	struct leap_table table = old_zone();

	for (int i = 0; i < LEAP_LEARNT_MAX; i++)
		CHECK_EQ(leap_learnt_add(&table, JAN_2027_S + i * INT64_C(31536000), 1), 0);
	CHECK(leap_learnt_add(&table, JAN_2027_S * 2, 1) != 0);
	CHECK_EQ(table.learnt_count, LEAP_LEARNT_MAX);
}

TEST(leap_learnt, gives_way_to_a_table_that_knows_better)
{
	struct leap_table table = old_zone();

	/* it holds the first of the two, and speaks for no later day */
	CHECK_EQ(leap_table_add(&table, JAN_2027_S, 1), 0);
	table = read_into(table, "1798761600 38\n1830297600 39\n");
	CHECK_EQ(table.learnt_count, 1);
	CHECK_EQ(leap_table_tai_offset_s(&table, AT(JUL_2028_S)), 39);
	/* it is vouched for beyond both, and holds neither */
	table = old_zone();
	table.expires_s = JUL_2028_S;
	table.expiry = LEAP_EXPIRY_BESIDE;
	CHECK_EQ(read_into(table, "1798761600 38\n1830297600 39\n").learnt_count, 0);
	table.expiry = LEAP_EXPIRY_GUESSED;
	CHECK_EQ(read_into(table, "1798761600 38\n1830297600 39\n").learnt_count, 2);
	/* the program's copy: made later, it knows; its look ahead weighs no more than sources */
	leap_table_builtin(&table);
	CHECK_EQ(read_into(table, "1798761600 38\n").learnt_count, 1);
	table.issued_s = JUL_2027_S;
	CHECK_EQ(read_into(table, "1798761600 38\n").learnt_count, 0);
}

TEST(leap_learnt, refuses_what_does_not_fit)
{
	static const char *const bad[] = { "x",
		                           "1798761600",
		                           "1798761600 40",
		                           "1798761601 38",
		                           "-86400 38",
		                           "1798761600 38\n1830297600 40",
		                           "1798761600 1e9",
		                           "1798761600 38\nx" };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct leap_table table = old_zone();

		CHECK_EQ(leap_learnt_read(bad[i], &table), -EBADMSG);
		CHECK_EQ(table.learnt_count, 0);
		CHECK_EQ(table.count, 27);
	}
	CHECK_EQ(read_into(old_zone(), "").learnt_count, 0);
	CHECK_EQ(read_into(old_zone(), "\n").learnt_count, 0);
}

TEST(leap_learnt, reaches_what_a_receiver_says)
{
	struct leap_table table = old_zone();

	CHECK_EQ(leap_learnt_reach(&table, 39, AT(JUL_2028_S + 86400)), 0);
	check_text(&table, "1830297600 38\n1846022400 39\n");
	CHECK_EQ(leap_learnt_reach(&table, 38, AT(JUL_2028_S + 86400)), 0);
	check_text(&table, "1830297600 38\n");
	CHECK_EQ(leap_learnt_reach(&table, 37, AT(JUL_2028_S + 86400)), 0);
	check_text(&table, "");
	CHECK_EQ(leap_learnt_reach(&table, 36, AT(JUL_2028_S - 1)), 0);
	check_text(&table, "1830297600 36\n");
	CHECK_EQ(leap_learnt_reach(&table, 42, AT(JUL_2028_S)), -ERANGE);
	/* no leap second can have been missed since the last one */
	table = old_zone();
	CHECK_EQ(leap_table_add(&table, JUL_2028_S, 1), 0);
	CHECK_EQ(leap_learnt_reach(&table, 39, AT(JUL_2028_S + 86400)), -ERANGE);
	CHECK_EQ(table.count, 28);
}

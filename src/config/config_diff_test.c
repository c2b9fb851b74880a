/* SPDX-License-Identifier: MIT */
#include "config/config_diff.h"
#include "testing/check.h"

static void add(struct config_listing *listing, const char *directive, const char *value,
                enum config_use use)
{
	CHECK_EQ(config_listing_add(listing, &(struct config_listing_row){ .directive = directive,
	                                                                   .value = value,
	                                                                   .file = "f",
	                                                                   .use = use }),
	         0);
}

struct pair {
	struct config_listing before, after;
	struct config_diff diff;
};

static void finish(struct pair *pair)
{
	config_diff_free(&pair->diff);
	config_listing_free(&pair->before);
	config_listing_free(&pair->after);
}

static void check_row(const struct pair *pair, size_t index, bool is_added, const char *directive,
                      const char *value)
{
	CHECK(index < pair->diff.count);
	CHECK_EQ(pair->diff.rows[index].is_added, is_added);
	CHECK_TEXT(pair->diff.rows[index].row->directive, directive);
	CHECK_TEXT(pair->diff.rows[index].row->value, value);
}

TEST(config_diff, finds_nothing_when_lines_only_moved)
{
	struct pair pair = { 0 };

	add(&pair.before, "server", "a", CONFIG_IN_USE);
	add(&pair.before, "server", "b", CONFIG_IN_USE);
	add(&pair.after, "server", "b", CONFIG_IN_USE);
	add(&pair.after, "server", "a", CONFIG_IN_USE);
	CHECK_EQ(config_diff_make(&pair.before, &pair.after, &pair.diff), 0);
	CHECK_EQ(pair.diff.count, 0);
	finish(&pair);
}

TEST(config_diff, tells_what_went_and_then_what_came)
{
	struct pair pair = { 0 };

	add(&pair.before, "server", "a", CONFIG_IN_USE);
	add(&pair.before, "port", "0", CONFIG_IN_USE);
	add(&pair.before, "server", "b", CONFIG_IN_USE);
	add(&pair.after, "server", "b iburst", CONFIG_IN_USE);
	add(&pair.after, "port", "0", CONFIG_IN_USE);
	add(&pair.after, "allow", "", CONFIG_IN_USE);
	CHECK_EQ(config_diff_make(&pair.before, &pair.after, &pair.diff), 0);
	CHECK_EQ(pair.diff.count, 4);
	check_row(&pair, 0, false, "server", "a");
	check_row(&pair, 1, false, "server", "b");
	check_row(&pair, 2, true, "server", "b iburst");
	check_row(&pair, 3, true, "allow", "");
	finish(&pair);
}

TEST(config_diff, counts_lines_that_stand_twice)
{
	struct pair pair = { 0 };

	add(&pair.before, "server", "a", CONFIG_IN_USE);
	add(&pair.after, "server", "a", CONFIG_IN_USE);
	add(&pair.after, "server", "a", CONFIG_IN_USE);
	CHECK_EQ(config_diff_make(&pair.before, &pair.after, &pair.diff), 0);
	CHECK_EQ(pair.diff.count, 1);
	check_row(&pair, 0, true, "server", "a");
	finish(&pair);
}

TEST(config_diff, does_not_count_what_a_later_line_overrides)
{
	struct pair pair = { 0 };

	add(&pair.before, "port", "0", CONFIG_IN_USE);
	add(&pair.after, "port", "5", CONFIG_OVERRIDDEN);
	add(&pair.after, "port", "0", CONFIG_IN_USE);
	CHECK_EQ(config_diff_make(&pair.before, &pair.after, &pair.diff), 0);
	CHECK_EQ(pair.diff.count, 0);
	finish(&pair);
}

struct values {
	double one, other, fixed;
	bool flag;
};

static const struct config_directive table[] = {
	{ .name = "one",
	  .is_live = true,
	  CONFIG_PRESENCE(struct values, flag),
	  CONFIG_ARGUMENTS({ .name = "one", CONFIG_AT(struct values, one) }) },
	{ .name = "other",
	  .is_live = true,
	  CONFIG_ARGUMENTS({ .name = "other", CONFIG_AT(struct values, other) }) },
	{ .name = "fixed", CONFIG_ARGUMENTS({ .name = "fixed", CONFIG_AT(struct values, fixed) }) },
	{ .name = NULL },
};

TEST(config_diff, carries_over_only_what_differs_and_may_change)
{
	const struct values before = { 1, 2, 3, false }, after = { 1, 20, 30, true };
	struct values commanded = { 7, 8, 9, false };

	CHECK(config_diff_carry(table, &before, &after, &commanded));
	CHECK_EQ(commanded.one, 7); /* a command's value stays: the file says what it said */
	CHECK_EQ(commanded.other, 20);
	CHECK_EQ(commanded.fixed, 9);
	CHECK(commanded.flag);
	CHECK(!config_diff_carry(table, &before, &before, &commanded));
}

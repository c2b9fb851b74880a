/* SPDX-License-Identifier: MIT */
#include "estimate/history.h"

#include "testing/check.h"

static struct history history; /* large; filled anew by each test */

static void fill(unsigned count)
{
	const struct track start = { .offset_s = -1, .variance = 1, .frequency_variance = 1 };

	history_start(&history, 1000, &start, &(struct reading){ 3, 77 });
	for (unsigned i = 0; i < count; i++)
		history_add(&history, &(struct history_entry){ .at_ns = 1001 + (int64_t)i,
		                                               .reading = { i, (i * 7) % 100 },
		                                               .after = { .offset_s = i } });
}

TEST(estimate_history, begins_before_its_oldest_entry)
{
	fill(3);
	CHECK_EQ(history.count, 3);
	CHECK(history.is_whole);
	CHECK_EQ(history.start_at_ns, 1000);
	CHECK_NEAR(history_entry_at_age(&history, 0)->reading.middle_s, 2, 0);
	CHECK_NEAR(history_entry_at_age(&history, 2)->reading.middle_s, 0, 0);

	history_keep_newest(&history, 1);
	CHECK_EQ(history.count, 1);
	CHECK(!history.is_whole);
	CHECK_EQ(history.start_at_ns, 1002);
	CHECK_NEAR(history.start.offset_s, 1, 0);
}

TEST(estimate_history, drops_the_oldest_when_full)
{
	fill(HISTORY_MAX);
	CHECK(history.is_whole);
	fill(HISTORY_MAX + 10);
	CHECK_EQ(history.count, HISTORY_MAX);
	CHECK(!history.is_whole);
	CHECK_NEAR(history_entry_at_age(&history, HISTORY_MAX - 1)->reading.middle_s, 10, 0);
	CHECK_NEAR(history.start.offset_s, 9, 0);
	CHECK_EQ(history.start_at_ns, 1010);
}

TEST(estimate_history, sorts_the_delays_it_is_asked_for)
{
	double delays_s[HISTORY_MAX + 1];

	fill(5); /* 0 7 14 21 28 */
	CHECK_EQ(history_sort_delays(&history, 0, HISTORY_MAX, delays_s), 5);
	CHECK_NEAR(delays_s[4], 28, 0);
	CHECK_EQ(history_sort_delays(&history, 1, 3, delays_s), 3);
	CHECK_NEAR(delays_s[0], 7, 0);
	CHECK_NEAR(delays_s[2], 21, 0);
	CHECK_EQ(history_sort_delays(&history, 5, 3, delays_s), 0);
}

TEST(estimate_history, shifts_whole)
{
	fill(4);
	history_shift(&history, 2);
	CHECK_NEAR(history_entry_at_age(&history, 0)->reading.middle_s, 1, 0);
	CHECK_NEAR(history_entry_at_age(&history, 0)->after.offset_s, 1, 0);
	CHECK_NEAR(history.start.offset_s, -3, 0);
	CHECK_NEAR(history.first.middle_s, 1, 0);
}

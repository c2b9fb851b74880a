/* SPDX-License-Identifier: MIT */
#include "timescale/tai.h"
#include "base/rng.h"
#include "testing/check.h"

#define DAY_S INT64_C(86400)

static struct tai_time tai_s(int64_t second)
{
	return (struct tai_time){ second * NS_PER_S };
}

static struct leap_table builtin(void)
{
	struct leap_table table;

	leap_table_builtin(&table);
	return table;
}

static void check_round_trip(const struct leap_table *table, struct tai_time tai)
{
	const struct utc_label label = tai_label(table, tai);

	CHECK(label.of_day_ns >= 0 && label.of_day_ns < tai_day_ns(table, label.day));
	CHECK_EQ(tai_of_label(table, label).ns, tai.ns);
	CHECK_EQ(tai_of_gps(tai_gps_ns(tai)).ns, tai.ns);
}

TEST(tai, counts_the_second_60_once)
{
	const struct leap_table table = builtin();
	const int64_t day = 17166; /* 2016-12-31 */
	const int64_t last_s = (day + 1) * DAY_S - 1 + 36;

	CHECK_EQ(tai_day_ns(&table, day), 86401 * NS_PER_S);
	CHECK_EQ(tai_day_ns(&table, day + 1), 86400 * NS_PER_S);
	for (int64_t i = 0; i < 3; i++) {
		const struct utc_label label = tai_label(&table, tai_s(last_s + i));

		CHECK_EQ(label.day, i < 2 ? day : day + 1);
		CHECK_EQ(label.of_day_ns, i < 2 ? (86399 + i) * NS_PER_S : 0);
	}
}

TEST(tai, skips_a_deleted_second)
{
	struct leap_table table = builtin();
	const int64_t midnight_s = 22646 * DAY_S; /* 2032-01-02: the day does not matter here */
	struct utc_label label;

	CHECK_EQ(leap_table_add(&table, midnight_s, -1), 0);
	CHECK_EQ(tai_day_ns(&table, 22645), 86399 * NS_PER_S);
	label = tai_label(&table, tai_s(midnight_s - 2 + 37));
	CHECK_EQ(label.of_day_ns, 86398 * NS_PER_S);
	label = tai_label(&table, tai_s(midnight_s - 1 + 37));
	CHECK_EQ(label.day, 22646);
	CHECK_EQ(label.of_day_ns, 0);
	for (int64_t i = -5; i < 5; i++)
		check_round_trip(&table, tai_s(midnight_s + 37 + i));
}

TEST(tai, gives_posix_time_and_says_when_it_repeats)
{
	const struct leap_table table = builtin();
	const int64_t midnight_s = 17167 * DAY_S;
	bool is_leap;

	CHECK_EQ(tai_utc(&table, tai_s(midnight_s + 36), &is_leap).ns, midnight_s * NS_PER_S);
	CHECK(is_leap);
	CHECK_EQ(tai_utc(&table, tai_s(midnight_s + 37), &is_leap).ns, midnight_s * NS_PER_S);
	CHECK(!is_leap);
	CHECK_EQ(tai_of_utc(&table, (struct utc_time){ midnight_s * NS_PER_S }).ns,
	         (midnight_s + 37) * NS_PER_S);
}

/* IS-GPS-200: UTC was 2017-01-01 00:00:00 at 18 s into its Sunday, week 1930. */
TEST(tai, knows_gps_time)
{
	const struct leap_table table = builtin();
	const struct tai_time tai =
		tai_of_utc(&table, (struct utc_time){ 17167 * DAY_S * NS_PER_S });

	CHECK_EQ(tai_gps_ns(tai) / GPS_WEEK_NS, 1930);
	CHECK_EQ(tai_gps_ns(tai) % GPS_WEEK_NS, 18 * NS_PER_S);
	CHECK_EQ(tai_gps_ns(tai_of_utc(&table, (struct utc_time){ GPS_EPOCH_NS })), 0);
}

TEST(tai, comes_back_from_labels_at_every_leap_second_and_at_random)
{
	const struct leap_table table = builtin();
	struct rng rng;

	for (size_t i = 0; i < table.count; i++) {
		for (int64_t s = -100; s <= 100; s++)
			check_round_trip(&table, tai_s(table.changes[i].utc_s + 20 + s));
	}
	rng_init_seed(&rng, 1900);
	for (int i = 0; i < 100000; i++) {
		const int64_t second = (int64_t)rng_below(&rng, 1U << 31) * 4 -
		                       INT64_C(2208988800) + (int64_t)rng_below(&rng, 4);

		if (second < INT64_C(7258118400))
			check_round_trip(&table,
			                 (struct tai_time){ second * NS_PER_S +
			                                    (int64_t)rng_below(&rng, 1000000000) });
	}
}

/* SPDX-License-Identifier: MIT */
#include "estimate/clock_map.h"

#include <math.h>

#include "base/rng.h"
#include "testing/check.h"

#define START_NS INT64_C(1795329000000000000)
#define OTHER_NS INT64_C(1795329037000000000) /* TAI, as cards often keep it */

/* A card whose clock is slower by `rate`; the reading is late in its window by a random share. */
struct card {
	struct rng rng;
	double rate;
	int64_t step_ns;
	double spike_share;
};

static struct clock_map_reading read_at(struct card *card, int64_t free_ns, int64_t window_ns)
{
	const double in_window = (rng_unit(&card->rng) - 0.5) * (double)window_ns;
	const double passed_ns = (double)(free_ns - START_NS) + in_window;
	struct clock_map_reading reading = {
		.other_ns = OTHER_NS + card->step_ns + llrint(passed_ns * (1 - card->rate)),
		.free = { free_ns },
		.window_ns = window_ns,
	};

	if (rng_unit(&card->rng) < card->spike_share)
		reading.other_ns += 30000;
	return reading;
}

static void feed(struct clock_map *map, struct card *card, int64_t from_ns, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		const struct clock_map_reading reading =
			read_at(card, START_NS + from_ns + i * NS_PER_S, 400);

		clock_map_add(map, &reading);
	}
}

/* What the map makes of the card's reading at this moment, less the truth. */
static double error_ns(const struct clock_map *map, const struct card *card, int64_t at_ns)
{
	const int64_t other_ns =
		OTHER_NS + card->step_ns + llrint((double)at_ns * (1 - card->rate));
	struct free_time free = { 0 };

	CHECK(clock_map_free(map, other_ns, &free));
	return (double)(free.ns - START_NS - at_ns);
}

static void begin(struct clock_map *map, struct card *card)
{
	*card = (struct card){ .rate = 37e-6 };
	rng_init_seed(&card->rng, 11);
	clock_map_init(map, 2, 16, 100);
}

TEST(estimate_clock_map, maps_a_card_better_than_one_reading_could)
{
	struct clock_map map;
	struct card card;
	double worst = 0;

	begin(&map, &card);
	feed(&map, &card, 0, 16);
	for (int64_t i = 16; i < 1000; i++) {
		feed(&map, &card, i * NS_PER_S, 1);
		worst = fmax(worst, fabs(error_ns(&map, &card, i * NS_PER_S + NS_PER_S / 2)));
	}
	CHECK(worst < 200); /* a single one: 200 ns, and 37 us by the rate */
	CHECK_NEAR(map.rate, 37e-6, 0.1e-6);
	CHECK(map.error_ns < 150);
	CHECK_EQ(map.restarts_count, 0);
}

TEST(estimate_clock_map, says_nothing_before_it_knows)
{
	struct clock_map map;
	struct card card;
	struct free_time free;

	begin(&map, &card);
	CHECK(!clock_map_free(&map, OTHER_NS, &free));
	feed(&map, &card, 0, 1);
	CHECK(!clock_map_free(&map, OTHER_NS, &free));
	feed(&map, &card, NS_PER_S, 1);
	CHECK(clock_map_free(&map, OTHER_NS, &free));
	CHECK(!clock_map_free(&map, OTHER_NS + 100 * NS_PER_S, &free));
	CHECK(!clock_map_free(&map, INT64_MIN, &free));
}

TEST(estimate_clock_map, is_not_misled_by_outliers_and_slow_readings)
{
	struct clock_map map;
	struct card card;

	begin(&map, &card);
	card.spike_share = 0.25;
	feed(&map, &card, 0, 40);
	card.spike_share = 0;
	for (int64_t i = 40; i < 200; i++) {
		const struct clock_map_reading slow =
			read_at(&card, START_NS + i * NS_PER_S + NS_PER_S / 2, 20000);

		if (i % 3 == 0)
			clock_map_add(&map, &slow);
		card.spike_share = i % 4 == 0 ? 1 : 0;
		feed(&map, &card, i * NS_PER_S + NS_PER_S * 3 / 4, 1);
		CHECK(fabs(error_ns(&map, &card, i * NS_PER_S + NS_PER_S)) < 1000);
	}
}

TEST(estimate_clock_map, begins_anew_with_a_clock_that_was_set)
{
	struct clock_map map;
	struct card card;
	struct free_time free;

	begin(&map, &card);
	feed(&map, &card, 0, 20);
	card.step_ns = -37 * NS_PER_S;
	feed(&map, &card, 20 * NS_PER_S, 1);
	CHECK(!clock_map_free(&map, OTHER_NS, &free)); /* or that reading was wrong: who knows */
	feed(&map, &card, 21 * NS_PER_S, 4);
	CHECK_EQ(map.restarts_count, 1);
	CHECK(fabs(error_ns(&map, &card, 25 * NS_PER_S)) < 1000);
}

TEST(estimate_clock_map, trusts_no_clock_that_stands_still)
{
	struct clock_map_reading still = { .other_ns = OTHER_NS, .window_ns = 100 };
	struct clock_map map;
	struct free_time free;

	clock_map_init(&map, 2, 16, 100);
	for (int64_t i = 0; i < 50; i++) {
		still.free.ns = START_NS + i * NS_PER_S;
		clock_map_add(&map, &still);
		CHECK(!clock_map_free(&map, OTHER_NS, &free));
	}
}

TEST(estimate_clock_map, follows_a_rate_that_changes)
{
	struct clock_map map;
	struct card card;

	begin(&map, &card);
	feed(&map, &card, 0, 64);
	card.step_ns = llrint(64e9 * 20e-6); /* 20 ppm slower from here on, without a jump */
	card.rate += 20e-6;
	feed(&map, &card, 64 * NS_PER_S, 40);
	CHECK(fabs(error_ns(&map, &card, 104 * NS_PER_S)) < 500);
	CHECK_NEAR(map.rate, 57e-6, 0.2e-6);
}

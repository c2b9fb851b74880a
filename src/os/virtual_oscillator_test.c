/* SPDX-License-Identifier: MIT */
#include "os/virtual_oscillator.h"

#include "base/instant.h"
#include "testing/check.h"

#define START_NS (INT64_C(1795000000) * NS_PER_S)

static struct virtual_oscillator oscillator_with(double offset_s, double frequency_ppm,
                                                 double wander, uint64_t seed)
{
	struct virtual_oscillator oscillator;

	virtual_oscillator_init(
		&oscillator,
		&(struct virtual_oscillator_options){ .offset_s = offset_s,
	                                              .frequency_ppm = frequency_ppm,
	                                              .wander = wander,
	                                              .seed = seed },
		START_NS);
	return oscillator;
}

static int64_t ahead_after_ns(struct virtual_oscillator *oscillator, int64_t after_ns)
{
	return virtual_oscillator_local_ns(oscillator, START_NS + after_ns) - START_NS - after_ns;
}

TEST(virtual_oscillator, starts_with_its_offset)
{
	struct virtual_oscillator oscillator = oscillator_with(-0.25, 40, 0, 1);

	CHECK_EQ(ahead_after_ns(&oscillator, 0), -250 * NS_PER_MS);
}

TEST(virtual_oscillator, gains_by_its_frequency)
{
	struct virtual_oscillator oscillator = oscillator_with(0, 40, 0, 1);

	CHECK_EQ(ahead_after_ns(&oscillator, 1000 * NS_PER_S), 40 * NS_PER_MS);
}

TEST(virtual_oscillator, is_put_right_by_the_opposite_correction)
{
	struct virtual_oscillator oscillator = oscillator_with(0.5, 40, 0, 1);

	virtual_oscillator_adjust(&oscillator, START_NS + 10 * NS_PER_S, 1 / (1 + 40e-6) - 1,
	                          -500 * NS_PER_MS - 400 * NS_PER_US);
	CHECK_NEAR((double)ahead_after_ns(&oscillator, 100000 * NS_PER_S), 0, 2);
}

TEST(virtual_oscillator, remembers_the_moments_before_a_change)
{
	struct virtual_oscillator oscillator = oscillator_with(0, 0, 0, 1);

	virtual_oscillator_adjust(&oscillator, START_NS + NS_PER_S, 1e-3, NS_PER_S);
	virtual_oscillator_adjust(&oscillator, START_NS + 2 * NS_PER_S, 0, 0);
	CHECK_EQ(ahead_after_ns(&oscillator, NS_PER_S - 1), 0);
	CHECK_EQ(ahead_after_ns(&oscillator, NS_PER_S), NS_PER_S);
	CHECK_EQ(ahead_after_ns(&oscillator, 1500 * NS_PER_MS), NS_PER_S + 500 * NS_PER_US);
	CHECK_EQ(ahead_after_ns(&oscillator, 3 * NS_PER_S), NS_PER_S + NS_PER_MS);
}

TEST(virtual_oscillator, wanders_the_same_way_from_the_same_seed)
{
	struct virtual_oscillator often = oscillator_with(0, 0, 1e-8, 7);
	struct virtual_oscillator once = oscillator_with(0, 0, 1e-8, 7);
	struct virtual_oscillator other = oscillator_with(0, 0, 1e-8, 8);

	/* How often it is read changes nothing. */
	for (int64_t i = 0; i < 5000; i++)
		(void)ahead_after_ns(&often, i * 100 * NS_PER_MS);
	CHECK_EQ(ahead_after_ns(&often, 500 * NS_PER_S), ahead_after_ns(&once, 500 * NS_PER_S));
	CHECK(ahead_after_ns(&other, 500 * NS_PER_S) != ahead_after_ns(&once, 500 * NS_PER_S));
}

TEST(virtual_oscillator, wanders_as_far_as_a_random_walk_does)
{
	double squares = 0;

	/* After n steps of 1e-8 the frequency's sd is 1e-8 sqrt(n). */
	for (uint64_t seed = 0; seed < 400; seed++) {
		struct virtual_oscillator oscillator = oscillator_with(0, 0, 1e-8, seed);

		(void)ahead_after_ns(&oscillator, 100 * NS_PER_S);
		squares += oscillator.error * oscillator.error;
	}
	CHECK_NEAR(sqrt(squares / 400), 1e-7, 2e-8);
}

TEST(virtual_oscillator, loses_nothing_by_rounding)
{
	/* 0.3 ns a second: below what one second's reading can show. */
	struct virtual_oscillator oscillator = oscillator_with(0, 3e-4, 1e-30, 1);

	CHECK_NEAR((double)ahead_after_ns(&oscillator, 10000 * NS_PER_S), 3000, 2);
}

/* SPDX-License-Identifier: MIT */
#include "discipline/outside_clock.h"

#include "testing/check.h"

#define EPOCH_NS (INT64_C(1782900000) * NS_PER_S + 234567890)

struct world {
	struct outside_clock outside;
	int64_t mono_ns;    /* ours */
	int64_t outside_ns; /* the other's */
};

static struct world world_with(int64_t grain_ns)
{
	struct world world = { .mono_ns = 77 * NS_PER_S, .outside_ns = EPOCH_NS };

	outside_clock_init(&world.outside, grain_ns);
	return world;
}

static int64_t look(struct world *world)
{
	const int64_t grain_ns = world->outside.grain_ns;
	const int64_t shown_ns =
		grain_ns > 0 ? world->outside_ns / grain_ns * grain_ns : world->outside_ns;

	return outside_clock_on_reading(&world->outside, (struct mono_time){ world->mono_ns },
	                                (struct mono_time){ world->mono_ns + 50 * NS_PER_US },
	                                shown_ns);
}

static void pass(struct world *world, int64_t passed_ns, double rate)
{
	world->mono_ns += passed_ns;
	world->outside_ns += passed_ns + (int64_t)((double)passed_ns * rate);
}

/* The most that was said to be a stop, looking once a second and a bit for `seconds`. */
static int64_t look_for(struct world *world, int seconds, double rate)
{
	int64_t most_ns = 0;

	for (int i = 0; i < seconds; i++) {
		const int64_t lost_ns = look(world);

		most_ns = lost_ns > most_ns ? lost_ns : most_ns;
		pass(world, NS_PER_S + (i * INT64_C(7919) % 20) * NS_PER_MS, rate);
	}
	return most_ns;
}

TEST(outside_clock, is_silent_for_a_day_of_a_clock_that_drifts)
{
	struct world world = world_with(NS_PER_S);

	CHECK_EQ(look_for(&world, 86400, 100e-6), 0);
	CHECK_EQ(look_for(&world, 86400, -100e-6), 0);
}

TEST(outside_clock, is_silent_while_the_host_slews_its_clock)
{
	struct world coarse = world_with(NS_PER_S), fine = world_with(0);

	CHECK_EQ(look_for(&coarse, 600, 0.1), 0);
	CHECK_EQ(look_for(&coarse, 600, -0.1), 0);
	CHECK_EQ(look_for(&fine, 600, 0.1), 0);
	CHECK_EQ(look_for(&fine, 600, -0.1), 0);
}

TEST(outside_clock, sees_any_stop_of_five_half_seconds_by_whole_seconds)
{
	for (int phase = 0; phase < 100; phase++) {
		struct world world = world_with(NS_PER_S);
		int64_t lost_ns;

		world.outside_ns += phase * 10 * NS_PER_MS;
		CHECK_EQ(look_for(&world, 10 + phase, 50e-6), 0);
		world.outside_ns += 5 * NS_PER_S / 2;
		lost_ns = look(&world);
		CHECK(lost_ns > 0 && lost_ns <= 5 * NS_PER_S / 2);
		pass(&world, NS_PER_S, 0);
		CHECK_EQ(look(&world), 0); /* once */
	}
}

TEST(outside_clock, sees_half_a_second_by_a_fine_clock)
{
	struct world world = world_with(0);

	(void)look_for(&world, 2, 0);
	world.outside_ns += NS_PER_S / 2;
	CHECK_NEAR((double)look(&world), 0.4e9, 0.1e9);
}

TEST(outside_clock, does_not_call_a_clock_that_was_put_back_a_stop)
{
	struct world world = world_with(NS_PER_S);

	(void)look_for(&world, 10, 0);
	world.outside_ns -= 3600 * NS_PER_S;
	CHECK_EQ(look_for(&world, 10, 0), 0);
	world.outside_ns += 3600 * NS_PER_S;
	outside_clock_forget(&world.outside);
	CHECK_EQ(look_for(&world, 10, 0), 0);
}

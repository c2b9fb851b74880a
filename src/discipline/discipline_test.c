/* SPDX-License-Identifier: MIT */
#include "discipline/discipline.h"
#include "testing/check.h"

#include <errno.h>

#define START_NS INT64_C(1763800000000000000)

static const struct discipline_options plain = {
	.maxslewrate_ppm = 83333.333,
	.corrtimeratio = 3,
	.maxupdateskew_ppm = 1000,
	.maxdrift_ppm = 100000,
	.maxclockerror_ppm = 1,
};

/* A perfect clock under the discipline: free time is mono time. */
struct world {
	struct discipline discipline;
	struct instant now;
	double frequency;
	struct outbox out;
};

static void carry_out(struct world *world)
{
	for (size_t i = 0; i < world->out.count; i++) {
		const struct clock_command *clock = &world->out.actions[i].clock;

		discipline_on_adjusted(&world->discipline, world->now.local, clock->frequency,
		                       clock->step_ns, 0);
		world->frequency = clock->frequency;
		world->now.local.ns += clock->step_ns;
	}
	world->out.count = 0;
}

static void pass(struct world *world, int64_t duration_ns)
{
	world->now.mono.ns += duration_ns;
	world->now.local.ns += duration_ns + llrint((double)duration_ns * world->frequency);
}

static struct world world_with(const struct discipline_options *options)
{
	struct world world = { .now = { .local = { START_NS } } };

	discipline_init(&world.discipline, options, &(struct trace_sink){ 0 }, true, 0, world.now);
	return world;
}

static enum discipline_outcome estimate(struct world *world, int64_t offset_ns, double frequency)
{
	const struct estimate estimate = {
		.at = timeline_free(&world->discipline.timeline, world->now.local),
		.offset_ns = offset_ns,
		.frequency = frequency,
		.frequency_variance = 1e-14,
	};
	const enum discipline_outcome outcome =
		discipline_on_estimate(&world->discipline, &estimate, 64, world->now, &world->out);

	carry_out(world);
	return outcome;
}

static void estimate_sd(struct world *world, int64_t offset_ns, double sd_s)
{
	const struct estimate estimate = {
		.at = timeline_free(&world->discipline.timeline, world->now.local),
		.offset_ns = offset_ns,
		.offset_variance = sd_s * sd_s,
		.frequency_variance = 1e-16,
		.wander_variance = 1e-18,
	};

	CHECK_EQ(discipline_on_estimate(&world->discipline, &estimate, 64, world->now, &world->out),
	         DISCIPLINE_UPDATED);
	carry_out(world);
}

TEST(discipline_discipline, slews_to_the_end_and_no_further)
{
	struct world world = world_with(&plain);

	CHECK_EQ(estimate(&world, NS_PER_MS, 5e-6), DISCIPLINE_UPDATED);
	CHECK_EQ(discipline_offset_ns(&world.discipline, world.now.local), NS_PER_MS);
	pass(&world, world.discipline.slew_end.ns - world.now.mono.ns);
	CHECK_NEAR((double)discipline_offset_ns(&world.discipline, world.now.local), 0, 2);
	discipline_on_deadline(&world.discipline, world.now.mono, &world.out);
	carry_out(&world);
	CHECK_NEAR(world.frequency, 5e-6, 1e-15);
	pass(&world, 1000 * NS_PER_S);
	CHECK_NEAR((double)discipline_offset_ns(&world.discipline, world.now.local), 0, 3);
}

/* What the temperature takes is given back beside all else; the free clock knows nothing of it. */
TEST(discipline_discipline, compensates_the_temperature)
{
	struct world world = world_with(&plain);

	estimate(&world, 0, 5e-6);
	discipline_set_compensation(&world.discipline, 2e-6, &world.out);
	carry_out(&world);
	CHECK_NEAR(world.frequency, 7e-6, 1e-15);
	CHECK_NEAR(world.discipline.frequency, 5e-6, 1e-15);
	CHECK_NEAR(timeline_frequency(&world.discipline.timeline), 5e-6, 1e-15);
}

TEST(discipline_discipline, never_slews_faster_than_allowed)
{
	struct world world = world_with(&plain);

	estimate(&world, -10 * NS_PER_S, 0);
	CHECK_NEAR(world.frequency, -83333.333e-6, 1e-12);
	pass(&world, 60 * NS_PER_S);
	CHECK_NEAR((double)discipline_offset_ns(&world.discipline, world.now.local), -5e9, 1e3);
}

/* Frequency and slew together are what the clock is told: beyond a tenth it would do less. */
TEST(discipline_discipline, asks_a_clock_that_is_far_off_for_no_more_than_it_can)
{
	struct world world = world_with(&plain);

	estimate(&world, 10 * NS_PER_S, 0.05);
	CHECK_NEAR(world.frequency, 0.1, 1e-12);
	estimate(&world, -10 * NS_PER_S, 0.05);
	CHECK_NEAR(world.frequency, 0.05 - 83333.333e-6, 1e-12);
}

/* An estimate that is uncertain by sd_s, and says something new each time: news_ns. */
static double slew_time_s(double sd_s, int64_t news_ns)
{
	struct world world = world_with(&plain);

	for (int i = 0; i < 100; i++) {
		const struct free_time free =
			timeline_free(&world.discipline.timeline, world.now.local);
		const struct estimate estimate = { .at = free,
			                           .offset_ns = i % 2 ? news_ns : 0,
			                           .offset_variance = sd_s * sd_s + 1e-2,
			                           .hidden_variance = 1e-2 };

		discipline_on_estimate(&world.discipline, &estimate, 64, world.now, &world.out);
		carry_out(&world);
		for (int half = 0; half < 2; half++) {
			pass(&world, 32 * NS_PER_S);
			discipline_on_deadline(&world.discipline, world.now.mono, &world.out);
			carry_out(&world);
		}
	}
	estimate(&world, 0, 0);
	return (double)(world.discipline.slew_end.ns - world.now.mono.ns) * 1e-9;
}

TEST(discipline_discipline, slews_slowly_what_matters_little)
{
	CHECK_NEAR(slew_time_s(10e-6, 20 * NS_PER_US), 32, 1e-6);
	CHECK_NEAR(slew_time_s(10e-6, NS_PER_US), 128, 1e-6);
}

/* After two hours alone 280 us are put right in four minutes, and an update that brings no news
 * does not hurry that. */
TEST(discipline_discipline, does_not_hurry_after_an_absence)
{
	struct world world = world_with(&plain);
	int64_t end_ns;

	estimate_sd(&world, 0, 10e-6);
	pass(&world, 7200 * NS_PER_S);
	estimate_sd(&world, 280 * NS_PER_US, 300e-6);
	end_ns = world.discipline.slew_end.ns;
	CHECK_NEAR((double)(end_ns - world.now.mono.ns), 225e9, 1e6);
	pass(&world, 64 * NS_PER_S);
	estimate_sd(&world, 281 * NS_PER_US, 200e-6);
	CHECK_NEAR((double)(world.discipline.slew_end.ns - end_ns), 0, 1e6);
	estimate_sd(&world, 80 * NS_PER_US, 5e-6); /* the rest was no offset: news */
	CHECK(world.discipline.slew_end.ns < end_ns - 64 * NS_PER_S);
}

/* Estimates that are right: what is left only shrinks, never changes sign, and an update costs two
 * commands, one to slew and one to rest. */
TEST(discipline_discipline, comes_to_rest_without_a_cycle)
{
	struct world world = world_with(&plain);
	int64_t left_ns = 3 * NS_PER_MS;
	unsigned commands_count = 0;

	for (unsigned i = 0; i < 50; i++) {
		estimate(&world, 3 * NS_PER_MS, 0);
		commands_count++;
		while (world.discipline.slew_end.ns < (i + 1) * 64 * NS_PER_S) {
			pass(&world, world.discipline.slew_end.ns - world.now.mono.ns);
			discipline_on_deadline(&world.discipline, world.now.mono, &world.out);
			commands_count += (unsigned)world.out.count;
			carry_out(&world);
		}
		pass(&world, (i + 1) * 64 * NS_PER_S - world.now.mono.ns);
		CHECK(discipline_offset_ns(&world.discipline, world.now.local) <= left_ns);
		left_ns = discipline_offset_ns(&world.discipline, world.now.local);
		CHECK(left_ns >= -2); /* rounding to nanoseconds */
	}
	CHECK_NEAR((double)left_ns, 0, 2);
	CHECK(commands_count <= 100);
}

TEST(discipline_discipline, steps_within_makestep_only)
{
	struct discipline_options options = plain;
	struct world world;

	options.makestep_threshold_s = 0.1;
	options.makestep_limit = 2;
	world = world_with(&options);
	CHECK_EQ(estimate(&world, 50 * NS_PER_MS, 0), DISCIPLINE_UPDATED); /* below the threshold */
	CHECK_EQ(estimate(&world, NS_PER_S, 0), DISCIPLINE_STEPPED);
	CHECK_EQ(world.discipline.steps_count, 1);
	CHECK_EQ(discipline_offset_ns(&world.discipline, world.now.local), 0);
	CHECK_EQ(estimate(&world, 5 * NS_PER_S, 0), DISCIPLINE_UPDATED); /* budget used up */
	CHECK_EQ(world.discipline.steps_count, 1);
}

TEST(discipline_discipline, steps_for_ever_with_a_negative_limit)
{
	struct discipline_options options = plain;
	struct world world;

	options.makestep_threshold_s = 1;
	options.makestep_limit = -1;
	world = world_with(&options);
	for (int i = 1; i < 10; i++)
		CHECK_EQ(estimate(&world, (i % 2 ? 7 : -7) * i * NS_PER_S, 0), DISCIPLINE_STEPPED);
}

/* An offset of ten seconds takes two minutes to be slewed away: it is no news meanwhile. */
TEST(discipline_discipline, tells_each_offset_once)
{
	struct discipline_options options = plain;
	struct world world;

	options.maxchange_offset_s = 0.5;
	options.maxchange_start = 1;
	world = world_with(&options);
	CHECK_EQ(estimate(&world, 10 * NS_PER_S, 0), DISCIPLINE_UPDATED);
	CHECK_EQ(world.discipline.last_offset_ns, 10 * NS_PER_S);
	pass(&world, 60 * NS_PER_S);
	CHECK_EQ(estimate(&world, 10 * NS_PER_S, 0), DISCIPLINE_UPDATED); /* off the free clock */
	CHECK_NEAR((double)world.discipline.last_offset_ns, 0, 1e3);
	CHECK_NEAR((double)world.discipline.last_pending_ns, 5e9, 1e4);
}

TEST(discipline_discipline, tells_each_offset_once_of_a_clock_that_it_may_not_touch)
{
	struct world world = world_with(&plain);

	world.discipline.can_adjust = false;
	CHECK_EQ(estimate(&world, 10 * NS_PER_S, 5e-6), DISCIPLINE_UPDATED);
	CHECK_EQ(world.discipline.last_offset_ns, 10 * NS_PER_S);
	for (int i = 1; i < 5; i++) {
		pass(&world, 64 * NS_PER_S);
		estimate(&world, 10 * NS_PER_S + i * 320 * NS_PER_US, 5e-6);
		CHECK_NEAR((double)world.discipline.last_offset_ns, 0, 10);
	}
	CHECK_EQ(discipline_offset_ns(&world.discipline, world.now.local),
	         10 * NS_PER_S + 4 * 320 * NS_PER_US);
}

TEST(discipline_discipline, begins_the_mean_offset_when_offsets_no_longer_shrink)
{
	struct world world = world_with(&plain);

	estimate(&world, NS_PER_S / 10, 0);
	for (int i = 0; i < 3; i++) {
		pass(&world, world.discipline.slew_end.ns - world.now.mono.ns);
		discipline_on_deadline(&world.discipline, world.now.mono, &world.out);
		carry_out(&world);
		estimate(&world, NS_PER_S / 10 + (i + 1) * 100 * NS_PER_US, 0);
	}
	CHECK_NEAR(sqrt(world.discipline.mean_square_offset_s2), 100e-6, 1e-6);
}

TEST(discipline_discipline, ignores_then_gives_up_by_maxchange)
{
	struct discipline_options options = plain;
	struct world world;

	options.maxchange_offset_s = 0.5;
	options.maxchange_start = 1;
	options.maxchange_ignore = 1;
	world = world_with(&options);
	CHECK_EQ(estimate(&world, NS_PER_S, 0), DISCIPLINE_UPDATED); /* before start */
	CHECK_EQ(estimate(&world, 9 * NS_PER_S, 0), DISCIPLINE_IGNORED);
	CHECK_EQ(estimate(&world, 9 * NS_PER_S, 0), DISCIPLINE_GAVE_UP);
	CHECK_EQ(world.discipline.updates_count, 1);
}

TEST(discipline_discipline, keeps_its_frequency_when_the_estimate_is_too_uncertain)
{
	struct world world = world_with(&plain);
	struct estimate vague = { .at = { START_NS },
		                  .frequency = 50e-6,
		                  .frequency_variance = 1e-6 };

	discipline_on_estimate(&world.discipline, &vague, 64, world.now, &world.out);
	CHECK_NEAR(world.discipline.frequency, 0, 0);
}

TEST(discipline_discipline, tries_again_when_the_driver_refuses)
{
	struct world world = world_with(&plain);

	discipline_on_adjusted(&world.discipline, world.now.local, 0, 0, EPERM);
	CHECK(world.discipline.is_refused);
	CHECK_EQ(world.discipline.slew_end.ns, INT64_MAX);
	CHECK_EQ(estimate(&world, NS_PER_MS, 1e-6), DISCIPLINE_UPDATED);
	CHECK(world.frequency > 1e-6);
	CHECK(!world.discipline.is_refused);
}

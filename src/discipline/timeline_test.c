/* SPDX-License-Identifier: MIT */
#include "discipline/timeline.h"
#include "base/rng.h"
#include "testing/check.h"

#define START_NS INT64_C(1763800000000000000)

TEST(discipline_timeline, is_the_identity_before_any_correction)
{
	struct timeline timeline;

	timeline_init(&timeline, (struct local_time){ START_NS });
	CHECK_EQ(timeline_free(&timeline, (struct local_time){ START_NS + 77 }).ns, START_NS + 77);
}

TEST(discipline_timeline, takes_rate_and_step_away_again)
{
	struct timeline timeline;
	struct local_time local = { START_NS };

	timeline_init(&timeline, local);
	timeline_on_adjusted(&timeline, local, 100e-6, 0);
	local.ns += 10 * NS_PER_S + NS_PER_MS; /* 10 s of the free clock */
	CHECK_EQ(timeline_free(&timeline, local).ns, START_NS + 10 * NS_PER_S);

	timeline_on_adjusted(&timeline, local, 0, -NS_PER_S);
	local.ns += NS_PER_S - NS_PER_S; /* one second later, after a step back by one */
	CHECK_EQ(timeline_free(&timeline, local).ns, START_NS + 11 * NS_PER_S);
	CHECK_EQ(timeline_local(&timeline, timeline_free(&timeline, local)).ns, local.ns);
}

TEST(discipline_timeline, maps_an_old_stamp_by_the_correction_of_its_time)
{
	struct timeline timeline;
	struct local_time local = { START_NS };

	timeline_init(&timeline, local);
	local.ns += NS_PER_S;
	timeline_on_adjusted(&timeline, local, 0.05, 0);
	CHECK_EQ(timeline_free(&timeline, (struct local_time){ local.ns - 1000 }).ns,
	         START_NS + NS_PER_S - 1000);
}

/* A random walk of corrections, followed in parallel by plain summing of the truth. */
TEST(discipline_timeline, stays_exact_over_many_corrections)
{
	struct timeline timeline;
	int64_t free_ns = START_NS;
	struct local_time local = { START_NS };
	struct rng rng;

	rng_init_seed(&rng, 3);
	timeline_init(&timeline, local);
	for (int i = 0; i < 10000; i++) {
		const double frequency = 1e-4 * rng_normal(&rng);
		const int64_t step_ns = i % 100 == 0 ? (int64_t)rng_below(&rng, 1000000) : 0;
		const int64_t passed_ns = (int64_t)rng_below(&rng, 100 * NS_PER_S);

		timeline_on_adjusted(&timeline, local, frequency, step_ns);
		free_ns += passed_ns;
		local.ns += step_ns + passed_ns + llrint((double)passed_ns * frequency);
		CHECK_NEAR((double)(timeline_free(&timeline, local).ns - free_ns), 0,
		           1 + 0.5 * (i + 1));
	}
}

/* A clock with ticks of 7 us reads a little less than its step said, and is adjusted again there.
 */
TEST(discipline_timeline, is_adjusted_after_a_step_even_if_the_reading_is_before_it)
{
	struct timeline timeline;
	struct local_time local = { START_NS };

	timeline_init(&timeline, local);
	timeline_on_adjusted(&timeline, local, 0, -NS_PER_S);
	local.ns += -NS_PER_S - 7000;
	timeline_on_adjusted(&timeline, local, 0, 0);
	CHECK_EQ(timeline_free(&timeline, (struct local_time){ local.ns }).ns, START_NS - 7000);
	CHECK_EQ(timeline_correction_ns(&timeline, local), NS_PER_S);
}

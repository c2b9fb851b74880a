/* SPDX-License-Identifier: MIT */
#include "radio/second_phase.h"

#include "base/instant.h"
#include "base/rng.h"
#include "testing/check.h"

static struct second_phase_peak fold(int64_t phase_ns, unsigned noise_count)
{
	struct second_phase phase = { .total = 0 };
	struct rng rng;

	rng_init_seed(&rng, 1);
	for (int64_t second = 0; second < 60; second++) {
		second_phase_forget(&phase);
		second_phase_add(&phase,
		                 second * NS_PER_S + phase_ns + llrint(3e6 * rng_normal(&rng)));
		for (unsigned i = 0; i < noise_count; i++)
			second_phase_add(&phase, (int64_t)rng_below(&rng, (uint64_t)NS_PER_S));
	}
	return second_phase_find(&phase);
}

TEST(second_phase, finds_the_beat_wherever_it_lies)
{
	for (int64_t ms = 3; ms < 1000; ms += 83) {
		const struct second_phase_peak peak = fold(ms * NS_PER_MS, 0);

		CHECK_NEAR((double)peak.phase_ns, (double)(ms * NS_PER_MS), 2e6);
		CHECK_NEAR((double)peak.share, 1, 0.01);
	}
}

TEST(second_phase, finds_it_among_five_times_as_many_spikes)
{
	const struct second_phase_peak peak = fold(700 * NS_PER_MS, 5);

	CHECK_NEAR((double)peak.phase_ns, 700e6, 8e6);
	CHECK(peak.share > 0.15F && peak.share < 0.5F);
}

TEST(second_phase, moves_with_the_clock)
{
	struct second_phase phase = { .total = 0 };

	for (int64_t second = 0; second < 10; second++)
		second_phase_add(&phase, second * NS_PER_S + 100 * NS_PER_MS);
	second_phase_shift(&phase, 3 * NS_PER_S - 400 * NS_PER_MS);
	CHECK_NEAR((double)second_phase_find(&phase).phase_ns, 700e6, 3e6);
}

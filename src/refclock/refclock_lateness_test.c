/* SPDX-License-Identifier: MIT */
#include "refclock/refclock_lateness.h"

#include "base/rng.h"
#include "testing/check.h"

static void learn(struct refclock_lateness *lateness, double offset_s, double error_s, double sd_s,
                  int64_t at_s)
{
	refclock_lateness_learn(lateness, offset_s, error_s, sd_s,
	                        (struct mono_time){ at_s * NS_PER_S });
}

TEST(refclock_lateness, averages_the_noise_and_keeps_the_error_of_the_reference)
{
	struct refclock_lateness lateness = refclock_lateness_unknown(0.8);
	struct rng rng;

	rng_init_seed(&rng, 1);
	CHECK_NEAR(refclock_lateness_uncertainty_s(&lateness), 0.8, 1e-12);
	for (int i = 0; i < 300; i++)
		learn(&lateness, 0.24 + 3e-3 * rng_normal(&rng), 2e-3, 3e-3, 16 * i);
	CHECK(lateness.is_learnt);
	CHECK_NEAR(lateness.offset_s, 0.24, 1e-3);
	CHECK_NEAR(refclock_lateness_uncertainty_s(&lateness), 2.6e-3, 5e-4);
}

TEST(refclock_lateness, is_frozen_beside_what_knows_less)
{
	struct refclock_lateness lateness = refclock_lateness_unknown(0.8);

	learn(&lateness, 0.1, 1e-6, 1e-4, 0);
	learn(&lateness, 0.3, 0.2, 1e-4, 16);
	CHECK_NEAR(lateness.offset_s, 0.1, 1e-12);
	CHECK(lateness.is_frozen);
	learn(&lateness, 0.1, 1e-6, 1e-4, 32);
	CHECK(!lateness.is_frozen);
}

TEST(refclock_lateness, starts_again_when_the_line_has_changed)
{
	struct refclock_lateness lateness = refclock_lateness_unknown(0.8);

	for (int i = 0; i < 50; i++)
		learn(&lateness, 0.1, 1e-6, 1e-4, 16 * i);
	learn(&lateness, 0.4, 1e-6, 1e-4, 900); /* one of them proves nothing */
	CHECK_NEAR(lateness.offset_s, 0.1, 1e-9);
	for (int i = 0; i < 10; i++)
		learn(&lateness, 0.4, 1e-6, 1e-4, 1000 + 16 * i);
	CHECK_NEAR(lateness.offset_s, 0.4, 1e-6);
}

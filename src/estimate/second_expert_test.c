/* SPDX-License-Identifier: MIT */
#include "estimate/second_expert.h"

#include "base/rng.h"
#include "testing/check.h"

/* The first bank foresees each reading by `advantage` nats better than the expert's usual score;
 * both track a clock at 0. Returns after how many readings the first was given up, or `count`. */
static unsigned judge(struct second_expert *expert, double advantage, unsigned count)
{
	struct wander_bank first;
	struct rng rng;

	rng_init_seed(&rng, 1);
	wander_bank_start(&first, &(struct track){ .offset_s = 1e-3,
	                                           .variance = 1e-10,
	                                           .frequency_variance = 1e-18 });
	second_expert_follow(expert, &first);
	for (unsigned i = 0; i < count; i++) {
		const double late_s = 1e-4 * rng_exponential(&rng);
		const struct reading reading = { 1e-3 + (rng_unit(&rng) - 0.5) * late_s,
			                         1e-2 + late_s };
		/* a usual score of the expert is log(1 / 50 us) */
		const struct second_opinion opinion = { .first = &first,
			                                .first_evidence = log(2e4) + advantage,
			                                .precision_s = 1e-9,
			                                .dt_s = 16 };

		if (second_expert_judge(expert, &opinion, &reading))
			return i;
	}
	return count;
}

TEST(estimate_second_expert, trusts_the_first_while_it_is_better)
{
	struct second_expert expert = { .delays_count = 0 };

	CHECK_EQ(judge(&expert, 2, 200), 200);
	CHECK(expert.first_share > 0.99);
	CHECK_NEAR(expert.blend.offset_s, 1e-3, 1e-6);
}

TEST(estimate_second_expert, gives_up_a_first_that_has_lost_the_track)
{
	struct second_expert expert = { .delays_count = 0 };

	CHECK(judge(&expert, -3, 200) < 50);
	CHECK(expert.first_share < 0.01);
	CHECK_NEAR(expert.bank.mean.offset_s, 1e-3, 3e-5);
}

TEST(estimate_second_expert, follows_and_shifts)
{
	struct second_expert expert = { .first_score = 3, .score = 9 };
	struct wander_bank first;

	wander_bank_start(
		&first,
		&(struct track){ .offset_s = 2000, .variance = 1, .frequency_variance = 1 });
	second_expert_follow(&expert, &first);
	CHECK_NEAR(expert.first_share, 1, 0);
	CHECK_NEAR(expert.first_score, expert.score, 0);
	second_expert_shift(&expert, 2000);
	CHECK_NEAR(expert.blend.offset_s, 0, 1e-12);
	CHECK_NEAR(expert.bank.mean.offset_s, 0, 1e-12);
	CHECK_NEAR(second_expert_wander_variance(&expert, &first), wander_bank_variance(&first), 0);
}

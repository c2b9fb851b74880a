/* SPDX-License-Identifier: MIT */
#include "estimate/law_fit.h"

#include "base/rng.h"
#include "testing/check.h"

struct truth {
	double floor_s, noise_s, forth_s, back_s; /* the last two: mean lateness */
};

static struct history history; /* large; filled anew by each test */

/* A perfect clock behind a path; exchanges each 16 s. */
static struct law_fit learn(const struct truth *truth, unsigned count, uint64_t seed)
{
	const struct track still = { .variance = 1e-12, .frequency_variance = 1e-22 };
	struct law_fit fit;
	struct rng rng;

	rng_init_seed(&rng, seed);
	for (unsigned i = 0; i < count; i++) {
		const double forth_s = truth->floor_s + truth->forth_s * rng_exponential(&rng) +
		                       truth->noise_s * rng_normal(&rng),
			     back_s = truth->floor_s + truth->back_s * rng_exponential(&rng) +
		                      truth->noise_s * rng_normal(&rng);
		const struct reading reading = { (forth_s - back_s) / 2, forth_s + back_s };

		if (i == 0) {
			law_fit_start(&fit, reading.delay_s, 1e-9);
			history_start(&history, 0, &still, &reading);
			continue;
		}
		history_add(&history, &(struct history_entry){ .at_ns = i * INT64_C(16000000000),
		                                               .reading = reading,
		                                               .wander = 1e-12,
		                                               .after = still });
		fit.exchanges_count++;
		(void)law_fit_learn(&fit, &history, 1e-12, 0);
	}
	return fit;
}

static void check_learns(const struct truth *truth, double tolerance)
{
	for (uint64_t seed = 1; seed <= 3; seed++) {
		const struct law_fit fit = learn(truth, 300, seed);
		const struct path_law law = law_fit_law(&fit, 0);
		const double scale_s = truth->noise_s + truth->forth_s + truth->back_s;
		double mean_s[2] = { 0, 0 };

		CHECK_NEAR(law.floor_s, truth->floor_s, tolerance * scale_s);
		for (unsigned way = 0; way < 2; way++)
			for (unsigned k = 0; k < LATENESS_CLASSES; k++)
				mean_s[way] += law.share[way][k] / law.rate[way][k];
		CHECK_NEAR(mean_s[PATH_FORTH], truth->forth_s, 0.4 * scale_s);
		CHECK_NEAR(mean_s[PATH_BACK], truth->back_s, 0.4 * scale_s);
	}
}

TEST(estimate_law_fit, finds_hard_walls)
{
	const struct truth truth = { 5e-3, 1e-7, 1e-4, 1e-4 };

	check_learns(&truth, 0.02);
}

TEST(estimate_law_fit, finds_soft_walls)
{
	const struct truth truth = { 1e-3, 5e-5, 5e-5, 5e-5 };

	check_learns(&truth, 0.5);
	for (uint64_t seed = 1; seed <= 3; seed++) {
		const struct law_fit fit = learn(&truth, 300, seed);

		CHECK_NEAR(law_fit_noise_s(&fit), 5e-5, 2e-5);
	}
}

TEST(estimate_law_fit, finds_which_way_is_late)
{
	const struct truth truth = { 5e-3, 1e-6, 3e-4, 3e-5 };
	const struct law_fit fit = learn(&truth, 300, 1);
	const struct path_law law = law_fit_law(&fit, 0);

	check_learns(&truth, 0.02);
	CHECK(law.rate[PATH_BACK][0] > 4 * law.rate[PATH_FORTH][0]);
	CHECK_NEAR(law_fit_lateness_s(&fit), 3e-4, 1e-4);
}

TEST(estimate_law_fit, guesses_from_the_first_few)
{
	const struct truth truth = { 5e-3, 1e-7, 1e-4, 1e-4 };
	const struct law_fit fit = learn(&truth, 4, 1);

	CHECK_NEAR(fit.guess.at[LAW_FLOOR], 5e-3, 2e-4);
	CHECK(law_fit_lateness_s(&fit) > 1e-5 && law_fit_lateness_s(&fit) < 1e-3);
}

TEST(estimate_law_fit, learns_again_after_a_move)
{
	struct law_fit fit = learn(&(struct truth){ 5e-3, 1e-7, 1e-4, 1e-4 }, 200, 1);

	law_fit_move_floor(&fit, 7e-3);
	CHECK_NEAR(law_fit_law(&fit, 1e-3).floor_s, 7e-3, 0);
	CHECK_NEAR(law_fit_law(&fit, 1e-3).asymmetry_s, 1e-3, 0);
	CHECK(fit.exchanges_count < 32);

	law_fit_restart(&fit, &(struct law_past){ &history, 1e-12, 0 });
	CHECK_NEAR(law_fit_law(&fit, 0).floor_s, 5e-3, 2e-5);
}

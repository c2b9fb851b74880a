/* SPDX-License-Identifier: MIT */
#include "estimate/wander_bank.h"

#include "base/rng.h"
#include "testing/check.h"

static const struct track unknown = { .variance = 1, .frequency_variance = 1e-8 };

static void check_weights(const struct wander_bank *bank)
{
	double sum = 0;

	for (unsigned j = 0; j < WANDER_MEMBERS; j++) {
		CHECK(bank->weight[j] > 0);
		sum += bank->weight[j];
	}
	CHECK_NEAR(sum, 1, 1e-9);
	CHECK(wander_bank_is_sound(bank));
}

TEST(estimate_wander_bank, starts_with_what_crystals_usually_do)
{
	struct wander_bank bank;

	wander_bank_start(&bank, &unknown);
	check_weights(&bank);
	CHECK_NEAR(log10(wander_bank_wander(&bank)), -9.2, 0.1);
	CHECK_NEAR(bank.mean.variance, 1, 0);
}

/* A simulated oscillator, read with Gaussian noise of 100 ns each second. */
static double recognised_wander(double wander, uint64_t seed)
{
	struct wander_bank bank;
	double offset_s = 0, frequency = 0;
	struct rng rng;

	rng_init_seed(&rng, seed);
	wander_bank_start(&bank, &unknown);
	for (int i = 0; i < 3000; i++) {
		offset_s += frequency;
		frequency += wander * rng_normal(&rng);
		wander_bank_predict(&bank, 1);
		wander_bank_update_gaussian(&bank, offset_s + 1e-7 * rng_normal(&rng), 1e-14);
		check_weights(&bank);
	}
	CHECK_NEAR(bank.mean.offset_s, offset_s, 4 * sqrt(bank.mean.variance));
	CHECK_NEAR(bank.mean.frequency, frequency, 4 * sqrt(bank.mean.frequency_variance));
	return wander_bank_wander(&bank);
}

TEST(estimate_wander_bank, recognises_the_oscillators_wander)
{
	for (uint64_t seed = 1; seed <= 3; seed++) {
		CHECK_NEAR(log10(recognised_wander(1e-10, seed)), -10, 0.5);
		CHECK_NEAR(log10(recognised_wander(1e-9, seed)), -9, 0.4);
		CHECK_NEAR(log10(recognised_wander(1e-8, seed)), -8, 0.4);
	}
}

/* Temperature swings a rate by 2 ppm each day. Read each 64 s with 20 us of noise, a walk that is
 * restless enough to follow it is off by 11 us. */
TEST(estimate_wander_bank, follows_the_slopes_of_a_day)
{
	double offset_s = 0, squares = 0;
	struct wander_bank bank;
	struct rng rng;

	rng_init_seed(&rng, 7);
	wander_bank_start(&bank, &unknown);
	for (int i = 0; i < 4000; i++) {
		offset_s += 64 * 2e-6 * sin(2 * M_PI / 86400 * 64 * i);
		wander_bank_predict(&bank, 64);
		wander_bank_update_gaussian(&bank, offset_s + 20e-6 * rng_normal(&rng), 4e-10);
		check_weights(&bank);
		if (i >= 1000)
			squares += pow(bank.mean.offset_s - offset_s, 2) / 3000;
	}
	CHECK(wander_bank_bend(&bank) > 0);
	CHECK(sqrt(squares) < 9e-6);
	/* error bars that would hold if it lasted */
	CHECK(wander_bank_variance(&bank) > 1e-21);
}

TEST(estimate_wander_bank, returns_the_predictive_density)
{
	struct wander_bank bank;
	double evidence;

	wander_bank_start(&bank, &unknown); /* all members alike: a plain Gaussian */
	evidence = wander_bank_update_gaussian(&bank, 0.5, 3);
	CHECK_NEAR(evidence, -0.5 * (0.25 / 4 + log(2 * M_PI * 4)), 1e-9);
	CHECK_NEAR(bank.mean.offset_s, 0.125, 1e-12);
	CHECK_NEAR(bank.mean.variance, 0.75, 1e-12);
}

TEST(estimate_wander_bank, lets_the_restless_half_free_the_frequency)
{
	const struct track track = { .offset_s = 5,
		                     .variance = 1e-12,
		                     .frequency_variance = 1e-18 };
	struct wander_bank bank;
	double calm = 0;

	wander_bank_start(&bank, &unknown);
	wander_bank_jump(&bank, &track, 1e-6);
	check_weights(&bank);
	for (unsigned j = 0; j < WANDER_LEVELS / 2; j++) {
		calm += bank.weight[j];
		CHECK_NEAR(bank.member[j].frequency_variance, 1e-18, 0);
	}
	CHECK_NEAR(calm, 0.5, 1e-5);
	CHECK_NEAR(bank.member[WANDER_LEVELS - 1].frequency_variance, 1e-12, 1e-17);
	CHECK_NEAR(bank.mean.offset_s, 5, 1e-12);
}

TEST(estimate_wander_bank, shifts_whole)
{
	const struct track track = { .offset_s = 5000.25, .variance = 1, .frequency_variance = 1 };
	struct wander_bank bank;

	wander_bank_start(&bank, &track);
	wander_bank_shift(&bank, 5000);
	CHECK_NEAR(bank.mean.offset_s, 0.25, 1e-12);
	CHECK_NEAR(bank.member[3].offset_s, 0.25, 1e-12);
}

/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "base/instant.h"
#include "base/rng.h"
#include "estimate/estimator.h"
#include "testing/check.h"

#define POLL_S 16

static const struct estimator_config config = { .precision_s = 1e-7, .initial_frequency_sd = 1e-4 };

static enum estimator_verdict give(struct estimator *estimator, double at_s, double offset_s,
                                   double sd_s)
{
	const int64_t offset_ns = llrint(offset_s * 1e9);

	return estimator_on_sample(estimator,
	                           &(struct exchange){ .at = { llrint(at_s * 1e9) },
	                                               .upper_ns = offset_ns,
	                                               .lower_ns = offset_ns },
	                           sd_s);
}

static double error_s(const struct estimator *estimator, double at_s, double offset_s)
{
	const struct estimate estimate = estimator_estimate(estimator);

	return (double)estimate_offset_ns(&estimate, (struct free_time){ llrint(at_s * 1e9) }) *
	               1e-9 -
	       offset_s;
}

TEST(estimator_samples, averages_noise_and_knows_how_wrong_it_is)
{
	struct estimator *estimator = NULL;
	double squares = 0, claimed = 0;
	struct rng rng;

	rng_init_seed(&rng, 3);
	CHECK_EQ(estimator_create(&config, &estimator), 0);
	for (int i = 0; i < 2000; i++) {
		const double at_s = POLL_S * i, truth_s = 0.05 + 12e-6 * at_s;

		CHECK_EQ(give(estimator, at_s, truth_s + 1e-3 * rng_normal(&rng), 1e-3),
		         ESTIMATOR_USED);
		if (i >= 1000) {
			const struct estimate estimate = estimator_estimate(estimator);

			squares += pow(error_s(estimator, at_s, truth_s), 2);
			claimed += estimate.offset_variance;
		}
	}
	CHECK(sqrt(squares / 1000) < 2.5e-4);
	CHECK(sqrt(squares / 1000) < 3 * sqrt(claimed / 1000));
	CHECK_NEAR(estimator_estimate(estimator).frequency, 12e-6, 1e-7);
	estimator_destroy(estimator);
}

TEST(estimator_samples, holds_back_what_cannot_be_and_follows_what_persists)
{
	struct estimator *estimator = NULL;
	enum estimator_verdict verdict = ESTIMATOR_USED;
	int i;

	CHECK_EQ(estimator_create(&config, &estimator), 0);
	for (i = 0; i < 100; i++)
		CHECK_EQ(give(estimator, POLL_S * i, 1e-6 * (i % 3), 1e-6), ESTIMATOR_USED);
	CHECK_EQ(give(estimator, POLL_S * i++, 1, 1e-6), ESTIMATOR_HELD_OUTLIER);
	CHECK_EQ(give(estimator, POLL_S * i++, -3, 1e-6), ESTIMATOR_HELD_OUTLIER);
	CHECK_EQ(give(estimator, POLL_S * i++, 1e-6, 1e-6), ESTIMATOR_USED);
	CHECK_NEAR(error_s(estimator, POLL_S * i, 1e-6), 0, 1e-5);
	for (unsigned held = 0; verdict != ESTIMATOR_JUMPED; held++) {
		CHECK(held < 5);
		verdict = give(estimator, POLL_S * i++, 1, 1e-6);
	}
	CHECK_NEAR(error_s(estimator, POLL_S * i, 1), 0, 1e-4);
	CHECK_EQ(estimator_status(estimator).jumps_count, 1);
	estimator_destroy(estimator);
}

TEST(estimator_samples, follows_a_jump_of_decades)
{
	struct estimator *estimator = NULL;
	int i;

	CHECK_EQ(estimator_create(&config, &estimator), 0);
	for (i = 0; i < 50; i++)
		(void)give(estimator, POLL_S * i, 0, 1e-6);
	for (; i < 60; i++)
		(void)give(estimator, POLL_S * i, 1e9, 1e-6);
	CHECK_NEAR(error_s(estimator, POLL_S * i, 1e9), 0, 1e-4);
	estimator_destroy(estimator);
}

/* Samples that err alike for minutes scatter less than they are wrong. */
TEST(estimator_samples, learns_that_samples_are_worse_than_they_say)
{
	struct estimator *estimator = NULL;
	struct rng rng;
	double squares = 0, claimed = 0, wave_s = 0;

	rng_init_seed(&rng, 4);
	CHECK_EQ(estimator_create(&config, &estimator), 0);
	for (int i = 0; i < 3000; i++) {
		wave_s = 0.9 * wave_s + 1e-3 * rng_normal(&rng);
		(void)give(estimator, POLL_S * i, wave_s, 2e-4);
		if (i > 1000) {
			squares += pow(error_s(estimator, POLL_S * i, 0), 2);
			claimed += estimator_estimate(estimator).offset_variance;
		}
	}
	CHECK(sqrt(squares) < 6 * sqrt(claimed));
	estimator_destroy(estimator);
}

TEST(estimator_samples, shifts_as_a_whole)
{
	struct estimator *estimator = NULL;

	CHECK_EQ(estimator_create(&config, &estimator), 0);
	for (int i = 0; i < 50; i++)
		(void)give(estimator, POLL_S * i, 0.1, 1e-6);
	estimator_shift(estimator, 250000000);
	CHECK_NEAR(error_s(estimator, POLL_S * 49, 0.35), 0, 1e-6);
	CHECK_EQ(give(estimator, POLL_S * 50, 0.35, 1e-6), ESTIMATOR_USED);
	estimator_destroy(estimator);
}

TEST(estimator_samples, refuses_nonsense)
{
	struct estimator *estimator = NULL;

	CHECK_EQ(estimator_create(&config, &estimator), 0);
	CHECK_EQ(give(estimator, 0, 0, NAN), ESTIMATOR_REFUSED);
	CHECK_EQ(give(estimator, 0, 0, 1e-6), ESTIMATOR_USED);
	CHECK_EQ(give(estimator, 0, 0, 1e-6), ESTIMATOR_REFUSED);
	CHECK_EQ(estimator_on_sample(
			 estimator,
			 &(struct exchange){ .at = { NS_PER_S }, .upper_ns = 0, .lower_ns = 1000 },
			 1e-6),
	         ESTIMATOR_REFUSED);
	estimator_destroy(estimator);
}

/* A spoofed receiver drags its time away faster than any oscillator wanders: it must not pass for
 * what it was as long as somebody listens. */
TEST(estimator_samples, does_not_stay_where_a_ramp_began)
{
	struct estimator *estimator = NULL;

	CHECK_EQ(estimator_create(&config, &estimator), 0);
	for (int i = 0; i < 1000; i++)
		(void)give(estimator, POLL_S * i, i < 500 ? 0 : 10e-6 * POLL_S * (i - 500), 1e-7);
	CHECK_NEAR(error_s(estimator, POLL_S * 999, 10e-6 * POLL_S * 499), 0, 1e-5);
	CHECK_NEAR(estimator_estimate(estimator).frequency, 10e-6, 1e-6);
	estimator_destroy(estimator);
}

/* RMS of the estimate's error under noise of 1 ms, and how far it is behind 60 samples after the
 * oscillator has changed its rate by 5 ppm. */
static void run_window(unsigned window_min, unsigned window_max, double *rms_out, double *lag_out)
{
	struct estimator_config limited = config;
	struct estimator *estimator = NULL;
	double squares = 0;
	struct rng rng;

	limited.window_min = window_min;
	limited.window_max = window_max;
	rng_init_seed(&rng, 5);
	CHECK_EQ(estimator_create(&limited, &estimator), 0);
	for (int i = 0; i < 1000; i++) {
		const double at_s = POLL_S * i;

		(void)give(estimator, at_s, 1e-3 * rng_normal(&rng), 1e-3);
		if (i >= 500)
			squares += pow(error_s(estimator, at_s, 0), 2);
	}
	*rms_out = sqrt(squares / 500);
	for (int i = 1; i <= 60; i++)
		(void)give(estimator, POLL_S * (999 + i), 5e-6 * POLL_S * i, 1e-3);
	*lag_out = fabs(error_s(estimator, POLL_S * 1059, 5e-6 * POLL_S * 60));
	estimator_destroy(estimator);
}

TEST(estimator_samples, forgets_after_as_many_as_it_is_told)
{
	double unlimited_s, short_s, shorter_s, lag_s, least_lag_s;

	run_window(0, 0, &unlimited_s, &lag_s);
	run_window(0, 32, &short_s, &lag_s);
	run_window(0, 8, &shorter_s, &least_lag_s);
	CHECK_NEAR(short_s, 1e-3 * sqrt(4 / 32.0), 1.2e-4);
	CHECK_NEAR(shorter_s, 1e-3 * sqrt(4 / 8.0), 2.5e-4);
	CHECK(unlimited_s < short_s && short_s < shorter_s);
	CHECK(least_lag_s < lag_s);
}

TEST(estimator_samples, remembers_as_many_as_it_is_told)
{
	double free_s, long_s, free_lag_s, long_lag_s;

	run_window(0, 0, &free_s, &free_lag_s);
	run_window(200, 0, &long_s, &long_lag_s);
	CHECK(long_s < 1.5 * free_s);
	CHECK(long_lag_s > 2 * free_lag_s);
}

/* SPDX-License-Identifier: MIT */
#include "estimate/track.h"

#include "base/rng.h"
#include "testing/check.h"

static const struct track start = { .offset_s = 1,
	                            .frequency = 1e-6,
	                            .variance = 1e-12,
	                            .covariance = 1e-15,
	                            .frequency_variance = 1e-16 };

TEST(estimate_track, moves_along_its_frequency)
{
	struct track track = start;

	track_predict(&track, 10, 1e-9);
	CHECK_NEAR(track.offset_s, 1 + 1e-5, 1e-15);
	CHECK_NEAR(track.frequency, 1e-6, 0);
	/* 1e-12 + 2 * 10 * 1e-15 + 100 * 1e-16 + 1e-18 * 1000 / 3 */
	CHECK_NEAR(track.variance, 1.030333333e-12, 1e-21);
	CHECK_NEAR(track.covariance, 1e-15 + 1e-15 + 1e-18 * 50, 1e-24);
	CHECK_NEAR(track.frequency_variance, 1.1e-16, 1e-25);
}

TEST(estimate_track, does_in_two_steps_what_it_does_in_one)
{
	struct track one = start, two = start;

	track_predict(&one, 48, 3e-9);
	track_predict(&two, 16, 3e-9);
	track_predict(&two, 32, 3e-9);
	CHECK_NEAR(two.variance / one.variance, 1, 1e-12);
	CHECK_NEAR(two.covariance / one.covariance, 1, 1e-12);
	CHECK_NEAR(two.frequency_variance / one.frequency_variance, 1, 1e-12);
}

TEST(estimate_track, does_so_with_a_trend_that_bends)
{
	struct track one = start, two = start;

	one.trend = two.trend = 1e-10;
	track_predict(&one, 48, 1e-9);
	track_bend(&one, 48, 1e-11);
	track_predict(&one, 480, 1e-9); /* with a trend by now */
	track_bend(&one, 480, 1e-11);
	track_predict(&two, 48, 1e-9);
	track_bend(&two, 48, 1e-11);
	for (int i = 0; i < 10; i++) {
		track_predict(&two, 48, 1e-9);
		track_bend(&two, 48, 1e-11);
	}
	CHECK_NEAR(one.offset_s - 1, 528 * 1e-6 + 1e-10 / 2 * 480 * 480, 1e-12);
	CHECK_NEAR(one.frequency, 1e-6 + 480 * 1e-10, 1e-18);
	CHECK_NEAR(two.offset_s, one.offset_s, 1e-12);
	CHECK_NEAR(two.variance / one.variance, 1, 1e-9);
	CHECK_NEAR(two.covariance / one.covariance, 1, 1e-9);
	CHECK_NEAR(two.frequency_variance / one.frequency_variance, 1, 1e-9);
	CHECK_NEAR(two.trend_offset / one.trend_offset, 1, 1e-9);
	CHECK_NEAR(two.trend_frequency / one.trend_frequency, 1, 1e-9);
	CHECK_NEAR(two.trend_variance / one.trend_variance, 1, 1e-9);
	CHECK(track_is_sound(&one));
}

/* Exact offsets of a parabola, 64 s apart: three of them tell the trend. */
TEST(estimate_track, learns_the_trend_from_the_offset)
{
	struct track track = { .variance = 1, .frequency_variance = 1e-8, .trend_variance = 1e-16 };

	for (int i = 0; i < 6; i++) {
		const double at_s = 64.0 * i;

		if (i > 0)
			track_predict(&track, 64, 1e-13);
		track_learn_offset(&track, 1e-5 * at_s + 1e-9 / 2 * at_s * at_s, 1e-18);
		CHECK(track_is_sound(&track));
	}
	CHECK_NEAR(track.trend, 1e-9, 1e-12);
	CHECK_NEAR(track.frequency, 1e-5 + 1e-9 * 320, 1e-10);
	CHECK_NEAR(track_level(&track).trend, 0, 0);
	CHECK_NEAR(track_level(&track).frequency_variance, track.frequency_variance, 0);
}

TEST(estimate_track, learns_the_frequency_from_the_offset_like_kalman)
{
	struct track track = start;
	const double noise = 3e-12, gain = 1e-12 / (1e-12 + noise);

	/* a reading 1 us ahead with variance 3e-12 */
	track_learn_offset(&track, 1 + gain * 1e-6, (1 - gain) * 1e-12);
	CHECK_NEAR(track.frequency, 1e-6 + 1e-15 / 4e-12 * 1e-6, 1e-18);
	CHECK_NEAR(track.covariance, 1e-15 * (1 - gain), 1e-24);
	CHECK_NEAR(track.frequency_variance, 1e-16 - 1e-30 / 4e-12, 1e-24);
}

TEST(estimate_track, mixes_means_and_what_lies_between_them)
{
	const struct track two[] = {
		{ .offset_s = 1e6, .frequency = 0, .variance = 1, .frequency_variance = 1 },
		{ .offset_s = 1e6 + 4, .frequency = 2, .variance = 3, .frequency_variance = 1 },
	};
	const struct track mix = track_mixture(two, (const double[]){ 0.5, 0.5 }, 2);

	CHECK_NEAR(mix.offset_s, 1e6 + 2, 1e-9);
	CHECK_NEAR(mix.frequency, 1, 1e-12);
	CHECK_NEAR(mix.variance, 2 + 4, 1e-9);
	CHECK_NEAR(mix.covariance, 2, 1e-9);
	CHECK_NEAR(mix.frequency_variance, 1 + 1, 1e-9);
}

TEST(estimate_track, stays_sound_through_hard_shrinking)
{
	struct rng rng;

	rng_init_seed(&rng, 1);
	for (int life = 0; life < 50; life++) {
		struct track track = { .variance = 1, .frequency_variance = 1e-8 };

		for (int i = 0; i < 500; i++) {
			track_predict(&track, ldexp(1, -4 + (int)rng_below(&rng, 22)), 1e-12);
			CHECK(track_is_sound(&track));
			track_learn_offset(&track,
			                   track.offset_s + sqrt(track.variance) * rng_normal(&rng),
			                   track.variance * pow(10, -6 * rng_unit(&rng)));
			CHECK(track_is_sound(&track));
		}
	}
}

TEST(estimate_track, knows_what_is_unsound)
{
	struct track track = start;

	CHECK(track_is_sound(&track));
	track.offset_s = NAN;
	CHECK(!track_is_sound(&track));
	track = start;
	track.frequency_variance = INFINITY;
	CHECK(!track_is_sound(&track));
	track = start;
	track.covariance = 1.1e-14;
	CHECK(!track_is_sound(&track));
	track = start;
	track.variance = 0;
	CHECK(!track_is_sound(&track));
}

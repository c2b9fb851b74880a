/* SPDX-License-Identifier: MIT */
#include "discipline/rtc_track.h"

#include <math.h>

#include "base/rng.h"
#include "testing/check.h"

#define START_NS (INT64_C(1795340000) * NS_PER_S)

static struct utc_time at(double seconds)
{
	return (struct utc_time){ START_NS + llrint(seconds * 1e9) };
}

static void feed(struct rtc_track *track, double from_s, double to_s, double step_s, double fast_s,
                 double gain, double noise_s, struct rng *rng)
{
	for (double t = from_s; t < to_s; t += step_s)
		rtc_track_on_sample(track,
		                    &(struct rtc_sample){
					    .when = at(t),
					    .fast_s = fast_s + gain * t + noise_s * rng_normal(rng),
				    });
}

TEST(rtc_track, finds_offset_and_gain)
{
	struct rng rng;
	struct rtc_track track;

	rng_init_seed(&rng, 1);
	rtc_track_init(&track);
	feed(&track, 0, 3600, 60, -2.5, 12e-6, 1e-4, &rng);
	CHECK(track.is_known);
	CHECK_NEAR(track.gain, 12e-6, 0.2e-6);
	CHECK_NEAR(rtc_track_fast_s(&track, at(86400)), -2.5 + 12e-6 * 86400, 0.02);
	CHECK(track.runs_count > 10);
}

TEST(rtc_track, knows_nothing_from_two_samples_unless_it_remembers)
{
	struct rng rng;
	struct rtc_track track;

	rng_init_seed(&rng, 2);
	rtc_track_init(&track);
	feed(&track, 0, 100, 60, 1, 0, 0, &rng);
	CHECK(!track.is_known);
	rtc_track_remember(&track, at(-86400), 0, 20e-6);
	CHECK_NEAR(rtc_track_fast_s(&track, at(0)), 1.728, 1e-9);
	feed(&track, 0, 10, 60, 1, 0, 0, &rng);
	CHECK(track.is_known);
	CHECK_NEAR(rtc_track_fast_s(&track, at(100)), 1.002, 1e-9);
}

TEST(rtc_track, lets_go_of_what_is_bent)
{
	struct rng rng;
	struct rtc_track track;

	rng_init_seed(&rng, 3);
	rtc_track_init(&track);
	feed(&track, 0, 3600, 120, 0, 50e-6, 1e-5, &rng);
	feed(&track, 3600, 7200, 120, 0.18 - 0.036, 10e-6, 1e-5, &rng);
	CHECK_NEAR(track.gain, 10e-6, 1e-6);
	CHECK(track.samples_count <= 32);
}

TEST(rtc_track, begins_anew_when_somebody_set_the_clock)
{
	struct rng rng;
	struct rtc_track track;

	rng_init_seed(&rng, 4);
	rtc_track_init(&track);
	feed(&track, 0, 3600, 60, 5, 30e-6, 1e-5, &rng);
	feed(&track, 3600, 3650, 60, 0, 30e-6, 1e-5, &rng);
	CHECK_EQ(track.samples_count, 1);
	CHECK(track.is_known); /* the gain is the same */
	CHECK_NEAR(track.fast_s, 30e-6 * 3600, 1e-3);
	CHECK_NEAR(track.gain, 30e-6, 1e-6);
	rtc_track_on_set(&track);
	CHECK(!track.is_known);
	CHECK_EQ(track.samples_count, 0);
}

TEST(rtc_track, survives_time_that_goes_back)
{
	struct rng rng;
	struct rtc_track track;

	rng_init_seed(&rng, 5);
	rtc_track_init(&track);
	feed(&track, 0, 3600, 60, 0, 30e-6, 1e-5, &rng);
	feed(&track, 100, 150, 60, 0, 30e-6, 1e-5, &rng);
	CHECK_EQ(track.samples_count, 1);
	CHECK(isfinite(rtc_track_fast_s(&track, at(100))));
}

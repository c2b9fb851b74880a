/* SPDX-License-Identifier: MIT */
#include "discipline/smoothing.h"
#include "base/instant.h"
#include "testing/check.h"

#define AT(seconds_) ((int64_t)((seconds_)*1e9))

static struct smoothing smoothing_with(double max_frequency_ppm, double max_wander_ppm_s)
{
	struct smoothing smoothing;

	smoothing_init(&smoothing,
	               &(struct smoothing_options){ .is_on = true,
	                                            .max_frequency_ppm = max_frequency_ppm,
	                                            .max_wander_ppm_s = max_wander_ppm_s });
	smoothing_activate(&smoothing, 0);
	return smoothing;
}

/* Bends no faster than allowed, never jumps, is not faster than allowed for longer than it must,
 * and ends at nought. */
static void check_spline(const struct smoothing *smoothing, double until_s)
{
	const double limit = smoothing->options.max_frequency_ppm * 1e-6 * (1 + 1e-9);
	const double wander = smoothing->options.max_wander_ppm_s * 1e-6 * (1 + 1e-9);
	const double step_s = until_s / 10000;
	struct smoothing_state before = smoothing_at(smoothing, smoothing->since_ns);

	for (int i = 1; i <= 10000; i++) {
		const struct smoothing_state now =
			smoothing_at(smoothing, smoothing->since_ns + AT(i * step_s));

		CHECK_NEAR(now.frequency, before.frequency, wander * step_s * 1.001 + 1e-15);
		CHECK_NEAR(now.offset_s,
		           before.offset_s + (before.frequency + now.frequency) / 2 * step_s,
		           wander * step_s * step_s + 1e-12);
		CHECK(fabs(now.frequency) <= fmax(limit, fabs(before.frequency)));
		before = now;
	}
	CHECK_NEAR(before.offset_s, 0, 1e-12);
	CHECK_NEAR(before.frequency, 0, 1e-15);
	CHECK_NEAR(before.remaining_s, 0, 1e-6);
}

TEST(smoothing, smears_a_leap_second_as_the_manual_of_chrony_says)
{
	struct smoothing smoothing = smoothing_with(400, 0.001024);

	smoothing_absorb(&smoothing, 0, -1, 0);
	CHECK_NEAR(smoothing_at(&smoothing, 0).offset_s, 1, 1e-12);
	CHECK_NEAR(smoothing_at(&smoothing, 0).remaining_s, 62500, 1e-3);
	CHECK_NEAR(smoothing_at(&smoothing, AT(31250)).frequency, -32e-6, 1e-12);
	CHECK_NEAR(smoothing_at(&smoothing, AT(31250)).offset_s, 0.5, 1e-9);
	CHECK_NEAR(smoothing_at(&smoothing, AT(100)).wander, -0.001024e-6, 1e-15);
	CHECK_EQ(smoothing_at(&smoothing, AT(62501)).offset_s, 0);
	check_spline(&smoothing, 70000);
}

TEST(smoothing, holds_the_fastest_rate_where_it_is_reached)
{
	struct smoothing smoothing = smoothing_with(10, 0.01);

	smoothing_absorb(&smoothing, 0, 0.1, 0); /* the best time is ahead now: to be caught up */
	CHECK_NEAR(smoothing_at(&smoothing, AT(5000)).frequency, 10e-6, 1e-12);
	CHECK_EQ(smoothing_at(&smoothing, AT(5000)).wander, 0);
	CHECK_NEAR(smoothing_at(&smoothing, 0).remaining_s, 11000, 1e-3);
	check_spline(&smoothing, 12000);
}

TEST(smoothing, goes_on_without_a_jump_whatever_the_best_time_does_meanwhile)
{
	static const double offsets_s[] = { 1e-3, -5, 0.3, 1e-6, -1e-9, 100, 0 };
	static const double rates[] = { 1e-6, -30e-6, 0, 5e-7, 2e-5, -1e-8, 90e-6 };

	for (unsigned i = 0; i < 49; i++) {
		struct smoothing smoothing = smoothing_with(50, 0.02);
		struct smoothing_state before, after;

		smoothing_absorb(&smoothing, 0, 0.5, 3e-6);
		before = smoothing_at(&smoothing, AT(777));
		smoothing_absorb(&smoothing, AT(777), offsets_s[i % 7], rates[i / 7]);
		after = smoothing_at(&smoothing, AT(777));
		CHECK_NEAR(after.offset_s, before.offset_s - offsets_s[i % 7], 1e-12);
		CHECK_NEAR(after.frequency, before.frequency - rates[i / 7], 1e-15);
		CHECK(after.remaining_s < 1e8);
		check_spline(&smoothing, after.remaining_s + 1);
	}
}

TEST(smoothing, lets_everything_through_until_it_is_active)
{
	struct smoothing smoothing = smoothing_with(400, 0.001);

	smoothing.is_active = false;
	smoothing_absorb(&smoothing, AT(5), 3, 1e-6);
	CHECK_EQ(smoothing_at(&smoothing, AT(6)).offset_s, 0);
	smoothing_activate(&smoothing, AT(10));
	smoothing_absorb(&smoothing, AT(10), 3, 0);
	CHECK_NEAR(smoothing_at(&smoothing, AT(10)).offset_s, -3, 1e-12);
	/* for a packet that was received a little before */
	CHECK_NEAR(smoothing_at(&smoothing, AT(9.999)).offset_s, -3, 1e-12);
}

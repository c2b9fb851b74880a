/* SPDX-License-Identifier: MIT */
#include "sim/kept_clock.h"

#include "testing/check.h"

static const struct utc_time start = { INT64_C(1795305600) * NS_PER_S };

static struct kept_clock a_clock(double offset_s, double frequency, double granularity_s)
{
	const struct kept_clock_options options = {
		.offset_s = offset_s,
		.granularity_s = granularity_s,
		.oscillator = { .frequency = frequency, .temperature_period_s = 1 },
	};
	struct kept_clock clock;

	kept_clock_init(&clock, &options, start, 5000, 1);
	return clock;
}

TEST(kept_clock, begins_with_its_offset_and_gains)
{
	struct kept_clock clock = a_clock(-0.25, 40e-6, 1e-9);

	CHECK_NEAR(kept_clock_error_s(&clock, start), -0.25, 1e-12);
	kept_clock_advance(&clock, 100 * NS_PER_S);
	CHECK_NEAR(kept_clock_error_s(&clock, start), -0.25 + 4e-3, 1e-9);
	CHECK_EQ(kept_clock_read(&clock).mono.ns, 5000 + 100 * NS_PER_S + 4 * NS_PER_MS);
}

TEST(kept_clock, is_held_right_by_the_right_correction)
{
	struct kept_clock clock = a_clock(0, 40e-6, 1e-9);
	const double applied = kept_clock_set_frequency(&clock, -40e-6 / (1 + 40e-6));

	CHECK_NEAR(applied, -39.9984e-6, 1e-11);
	kept_clock_advance(&clock, 1000 * NS_PER_S);
	CHECK_NEAR(kept_clock_error_s(&clock, start), 0, 1.6e-8); /* 2^-17 ppm for 1000 s */
	CHECK_NEAR(kept_clock_rate(&clock), 0, 8e-12);
}

TEST(kept_clock, rounds_the_frequency_as_the_kernel_does)
{
	struct kept_clock clock = a_clock(0, 0, 1e-9);

	CHECK(kept_clock_set_frequency(&clock, 3.3 / 65536e6) == 3 / 65536e6);
	CHECK(kept_clock_set_frequency(&clock, 0.5) == KEPT_CLOCK_FREQUENCY_MAX);
	CHECK(kept_clock_set_frequency(&clock, -0.5) == -KEPT_CLOCK_FREQUENCY_MAX);
}

TEST(kept_clock, steps_without_touching_the_oscillator)
{
	struct kept_clock clock = a_clock(0, 0, 1e-9);
	const int64_t before_ns = kept_clock_read(&clock).mono.ns;

	kept_clock_step(&clock, -NS_PER_S);
	CHECK_NEAR(kept_clock_error_s(&clock, start), -1, 1e-12);
	CHECK_EQ(kept_clock_read(&clock).mono.ns, before_ns);
}

TEST(kept_clock, reads_in_grains)
{
	struct kept_clock clock = a_clock(0, 0, 1e-3);

	kept_clock_advance(&clock, 7 * NS_PER_MS + 999999);
	CHECK_EQ(kept_clock_read(&clock).local.ns, start.ns + 7 * NS_PER_MS);
}

/* SPDX-License-Identifier: MIT */
#include "os/kernel_frequency.h"

#include "testing/check.h"

#define QUANTUM (1e-6 / 65536)

TEST(kernel_frequency, is_nominal_at_zero)
{
	const struct kernel_frequency split = kernel_frequency_split(0);

	CHECK_EQ(split.tick_us, 10000);
	CHECK_EQ(split.freq_q16_ppm, 0);
	CHECK_NEAR(kernel_frequency_joined(split), 0, 0);
}

TEST(kernel_frequency, puts_whole_hundreds_into_ticks)
{
	const struct kernel_frequency split = kernel_frequency_split(-312.5e-6);

	CHECK_EQ(split.tick_us, 9997);
	CHECK_EQ(split.freq_q16_ppm, -12 * 65536 - 32768);
}

TEST(kernel_frequency, joins_what_it_split)
{
	for (double frequency = -0.1; frequency <= 0.1; frequency += 1.234567e-5) {
		const struct kernel_frequency split = kernel_frequency_split(frequency);

		CHECK_NEAR(kernel_frequency_joined(split), frequency, QUANTUM / 2 * 1.001);
		CHECK(split.tick_us >= 9000 && split.tick_us <= 11000);
		CHECK(split.freq_q16_ppm >= -50 * 65536 && split.freq_q16_ppm <= 50 * 65536);
	}
}

TEST(kernel_frequency, stops_at_a_tenth)
{
	CHECK_NEAR(kernel_frequency_joined(kernel_frequency_split(0.5)), 0.1, 1e-12);
	CHECK_NEAR(kernel_frequency_joined(kernel_frequency_split(-7)), -0.1, 1e-12);
}

TEST(kernel_frequency, knows_an_oscillators_correction_from_a_slew)
{
	CHECK(kernel_frequency_is_oscillators(kernel_frequency_split(-40e-6)));
	CHECK(kernel_frequency_is_oscillators(kernel_frequency_split(0)));
	CHECK(!kernel_frequency_is_oscillators(kernel_frequency_split(0.01)));
}

/* SPDX-License-Identifier: MIT */
#include "sim/oscillator.h"

#include "base/instant.h"
#include "testing/check.h"

static int64_t ticks_after(const struct oscillator_options *options, int64_t true_ns)
{
	struct oscillator oscillator;

	oscillator_init(&oscillator, options, 0, 1);
	oscillator_advance(&oscillator, true_ns);
	return oscillator.ticks_ns;
}

TEST(oscillator, gains_by_its_frequency)
{
	const struct oscillator_options options = { .frequency = 40e-6, .temperature_period_s = 1 };

	CHECK_EQ(ticks_after(&options, 1000 * NS_PER_S), 1000 * NS_PER_S + 40 * NS_PER_MS);
}

/* After T seconds the walk has the standard deviation wander * sqrt(T). */
TEST(oscillator, wanders_with_the_root_of_time)
{
	const struct oscillator_options options = { .wander = 1e-9, .temperature_period_s = 1 };
	double sum = 0, sum_early = 0;

	for (uint64_t seed = 0; seed < 400; seed++) {
		struct oscillator oscillator;

		oscillator_init(&oscillator, &options, 0, seed);
		oscillator_advance(&oscillator, 25 * NS_PER_S - 1);
		sum_early += oscillator_rate(&oscillator) * oscillator_rate(&oscillator);
		oscillator_advance(&oscillator, 400 * NS_PER_S - 1);
		sum += oscillator_rate(&oscillator) * oscillator_rate(&oscillator);
	}
	CHECK_NEAR(sqrt(sum / 400), 20e-9, 2e-9);
	CHECK_NEAR(sqrt(sum_early / 400), 5e-9, 0.5e-9);
}

/* White frequency noise: the time error after T seconds is white * sqrt(T). */
TEST(oscillator, has_white_frequency_noise)
{
	const struct oscillator_options options = { .white = 1e-8, .temperature_period_s = 1 };
	double sum = 0;

	for (uint64_t seed = 0; seed < 400; seed++) {
		struct oscillator oscillator;
		double error_s;

		oscillator_init(&oscillator, &options, 0, seed);
		oscillator_advance(&oscillator, 100 * NS_PER_S);
		error_s = (double)(oscillator.ticks_ns - 100 * NS_PER_S) * 1e-9;
		sum += error_s * error_s;
	}
	CHECK_NEAR(sqrt(sum / 400), 1e-7, 1e-8);
}

TEST(oscillator, follows_the_temperature)
{
	const struct oscillator_options options = { .temperature = 5e-6,
		                                    .temperature_period_s = 4000 };

	/* half a period gains amplitude * period / pi, a whole one nothing */
	CHECK_NEAR((double)(ticks_after(&options, 2000 * NS_PER_S) - 2000 * NS_PER_S) * 1e-9,
	           5e-6 * 4000 / 3.14159265, 1e-8);
	CHECK_NEAR((double)(ticks_after(&options, 4000 * NS_PER_S) - 4000 * NS_PER_S), 0, 2);
}

TEST(oscillator, is_the_same_however_often_one_looks)
{
	const struct oscillator_options options = { .frequency = 3e-6,
		                                    .wander = 1e-9,
		                                    .white = 1e-9,
		                                    .temperature = 1e-7,
		                                    .temperature_period_s = 77 };
	struct oscillator oscillator;

	oscillator_init(&oscillator, &options, 0, 1);
	for (int64_t at_ns = 0; at_ns < 100 * NS_PER_S; at_ns += 123456789)
		oscillator_advance(&oscillator, at_ns);
	oscillator_advance(&oscillator, 100 * NS_PER_S);
	CHECK_NEAR((double)(oscillator.ticks_ns - ticks_after(&options, 100 * NS_PER_S)), 0, 1);
}

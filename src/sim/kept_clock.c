/* SPDX-License-Identifier: MIT */
#include "sim/kept_clock.h"

#include <assert.h>
#include <math.h>

void kept_clock_init(struct kept_clock *clock, const struct kept_clock_options *options,
                     struct utc_time start, int64_t ticks_ns, uint64_t seed)
{
	assert(options->granularity_s >= 1e-9);
	*clock = (struct kept_clock){ .local_ns = start.ns + llrint(options->offset_s * 1e9),
		                      .granularity_ns = llrint(options->granularity_s * 1e9) };
	oscillator_init(&clock->oscillator, &options->oscillator, ticks_ns, seed);
}

static int64_t day_of(int64_t local_ns)
{
	const int64_t day_ns = 86400 * NS_PER_S;

	return local_ns / day_ns - (local_ns % day_ns < 0);
}

void kept_clock_arm_leap(struct kept_clock *clock, int leap)
{
	clock->leap = leap;
	clock->is_leap_over &= leap != 0;
}

static void leap_from(struct kept_clock *clock, int64_t before_ns)
{
	const int64_t early_ns = clock->leap < 0 ? NS_PER_S : 0;

	if (clock->leap == 0 || clock->is_leap_over ||
	    day_of(before_ns + early_ns) == day_of(clock->local_ns + early_ns))
		return;
	clock->local_ns -= clock->leap * NS_PER_S;
	clock->tai_offset_s += clock->leap;
	clock->is_leap_over = true;
	clock->leaps_count++;
}

void kept_clock_advance(struct kept_clock *clock, int64_t true_ns)
{
	const int64_t ticks_before_ns = clock->oscillator.ticks_ns;
	const double fraction_before = clock->oscillator.ticks_fraction;
	const int64_t local_before_ns = clock->local_ns;
	int64_t ticks_ns;
	double rest_ns, whole_ns;

	oscillator_advance(&clock->oscillator, true_ns);
	ticks_ns = clock->oscillator.ticks_ns - ticks_before_ns;
	rest_ns = clock->oscillator.ticks_fraction - fraction_before;
	rest_ns += ((double)ticks_ns + rest_ns) * clock->frequency + clock->local_fraction;
	whole_ns = floor(rest_ns);
	clock->local_ns += ticks_ns + (int64_t)whole_ns;
	clock->local_fraction = rest_ns - whole_ns;
	leap_from(clock, local_before_ns);
}

struct instant kept_clock_read(const struct kept_clock *clock)
{
	int64_t cut_ns = clock->local_ns % clock->granularity_ns;

	if (cut_ns < 0)
		cut_ns += clock->granularity_ns;
	return (struct instant){ .mono = { clock->oscillator.ticks_ns - clock->slept_ns },
		                 .local = { clock->local_ns - cut_ns } };
}

double kept_clock_error_s(const struct kept_clock *clock, struct utc_time start)
{
	const int64_t error_ns = clock->local_ns - (start.ns + clock->oscillator.true_ns);

	return ((double)error_ns + clock->local_fraction) * 1e-9;
}

double kept_clock_set_frequency(struct kept_clock *clock, double frequency)
{
	const double limited =
		fmax(-KEPT_CLOCK_FREQUENCY_MAX, fmin(frequency, KEPT_CLOCK_FREQUENCY_MAX));

	clock->frequency = rint(limited * 65536e6) / 65536e6;
	return clock->frequency;
}

void kept_clock_step(struct kept_clock *clock, int64_t step_ns)
{
	clock->local_ns += step_ns;
}

void kept_clock_sleep(struct kept_clock *clock, int64_t ticks_before_ns)
{
	clock->slept_ns += clock->oscillator.ticks_ns - ticks_before_ns;
}

double kept_clock_rate(const struct kept_clock *clock)
{
	return (1 + oscillator_rate(&clock->oscillator)) * (1 + clock->frequency) - 1;
}

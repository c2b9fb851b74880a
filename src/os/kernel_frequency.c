/* SPDX-License-Identifier: MIT */
#include "os/kernel_frequency.h"

#include <math.h>

#define TICK_NOMINAL_US 10000
#define TICK_REACH_US   1000
#define PPM_PER_TICK    100.0
#define FREQ_ONE_PPM    65536.0
#define FREQ_REACH_PPM  500.0

static double clamped(double value, double reach)
{
	return fmax(-reach, fmin(reach, value));
}

struct kernel_frequency kernel_frequency_split(double frequency)
{
	/* Neither end uses up the fine part: a slew at the limit still can be told from none. */
	const double ppm = clamped(frequency * 1e6, TICK_REACH_US * PPM_PER_TICK);
	const long ticks = lround(ppm / PPM_PER_TICK);
	const double fine_ppm = clamped(ppm - (double)ticks * PPM_PER_TICK, FREQ_REACH_PPM);

	return (struct kernel_frequency){ .tick_us = TICK_NOMINAL_US + ticks,
		                          .freq_q16_ppm = lround(fine_ppm * FREQ_ONE_PPM) };
}

double kernel_frequency_joined(struct kernel_frequency frequency)
{
	return ((double)(frequency.tick_us - TICK_NOMINAL_US) * PPM_PER_TICK +
	        (double)frequency.freq_q16_ppm / FREQ_ONE_PPM) *
	       1e-6;
}

bool kernel_frequency_is_oscillators(struct kernel_frequency frequency)
{
	return frequency.tick_us == TICK_NOMINAL_US &&
	       fabs((double)frequency.freq_q16_ppm) <= FREQ_REACH_PPM * FREQ_ONE_PPM;
}

/* sim/oscillator: a freely running oscillator that is never quite right, from a seed.
 * SPDX-License-Identifier: MIT
 *
 * Its rate is constant for one true second at a time: frequency + random walk + white noise +
 * temperature. The noise is drawn second by second from the oscillator's own generator, so that who
 * looks, and how often, changes nothing. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"

struct oscillator_options {
	double frequency;            /* s/s; + = gains */
	double wander;               /* random walk of the frequency, s/s per sqrt(s) */
	double white;                /* white frequency noise, s/s over one second */
	double temperature;          /* amplitude of a sine in the frequency, s/s */
	double temperature_period_s; /* > 0 */
};

struct oscillator {
	struct oscillator_options options;
	struct rng rng;
	int64_t true_ns;       /* reached; since the start of the world */
	double walk;           /* s/s, the random walk's part */
	double noise;          /* s/s, white noise and temperature of the present second */
	int64_t ticks_ns;      /* what it has counted, with the fraction */
	double ticks_fraction; /* 0 <= fraction < 1 ns */
};

void oscillator_init(struct oscillator *oscillator, const struct oscillator_options *options,
                     int64_t ticks_ns, uint64_t seed);
/* true_ns never goes back. */
void oscillator_advance(struct oscillator *oscillator, int64_t true_ns);
double oscillator_rate(const struct oscillator *oscillator); /* of the moment, s/s; 0 = right */

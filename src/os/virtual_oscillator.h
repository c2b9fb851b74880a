/* os/virtual_oscillator: a clock that goes wrong in a known way: numbers only.
 * SPDX-License-Identifier: MIT
 *
 * local(true) = true + offset + integral of (frequency + random walk), corrected by whoever keeps
 * it. The frequency walks one normal step a second, from the seed: the same seed, the same clock.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"

#define VIRTUAL_OSCILLATOR_SEGMENTS 16

struct virtual_oscillator_options {
	double offset_s;      /* at the start; + = ahead of true time */
	double frequency_ppm; /* chrony's sign: + = it gains */
	double wander;        /* sd of the frequency's step each second, s/s; >= 0 */
	uint64_t seed;
};

struct virtual_segment { /* from true_ns on: local_ns + part + (1 + rate) * time since */
	int64_t true_ns, local_ns;
	double part_ns; /* 0..1: what is left over of local_ns */
	double rate;    /* s/s by which it outruns true time */
};

struct virtual_oscillator {
	struct rng rng;
	double wander;
	double error;      /* s/s of the free oscillator, walked */
	double correction; /* s/s, ours */
	int64_t next_walk_true_ns;
	struct virtual_segment segments[VIRTUAL_OSCILLATOR_SEGMENTS]; /* a ring */
	size_t newest_index;
};

void virtual_oscillator_init(struct virtual_oscillator *oscillator,
                             const struct virtual_oscillator_options *options, int64_t true_ns);
/* The reading at true_ns: now, or up to some seconds ago. */
int64_t virtual_oscillator_local_ns(struct virtual_oscillator *oscillator, int64_t true_ns);
/* From true_ns (not before the last change) on it runs `correction` s/s faster than it would
 * freely, and stands step_ns later. */
void virtual_oscillator_adjust(struct virtual_oscillator *oscillator, int64_t true_ns,
                               double correction, int64_t step_ns);

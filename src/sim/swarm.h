/* sim/swarm: writes the scenario of a random world in which a random half of the faults happen.
 * SPDX-License-Identifier: MIT
 *
 * Swarm testing (Groce et al. 2012): leaving faults out finds more than having all of them always,
 * since some of them hide others. All worlds keep within the stated assumptions of the bound: fewer
 * than half of the servers lie and minsources knows how many may, the rate of
 * the oscillator keeps within maxclockerror; two seconds after somebody else touched the clock are
 * not judged. */
#pragma once

#include <stdint.h>

#include "base/text.h"

#define SWARM_TEXT_SIZE 16384

/* The same seed gives the same text, which holds the seed. */
void swarm_write(uint64_t seed, struct text *out);

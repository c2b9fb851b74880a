/* radio/second_phase: where in the second the pulses begin, out of noise. SPDX-License-Identifier:
 * MIT
 *
 * Folds the beginnings of pulses modulo one second into a histogram that forgets; the true phase
 * grows a peak, spikes and noise fall everywhere. Good to a few milliseconds, which is enough to
 * cut the signal into seconds; radio/minute_timing does the fine work. */
#pragma once

#include <stdint.h>

#define SECOND_PHASE_BINS 200 /* of 5 ms */

struct second_phase {
	float bins[SECOND_PHASE_BINS];
	float total;
};

struct second_phase_peak {
	int64_t phase_ns; /* 0..NS_PER_S-1 */
	float share;      /* 0..1: of all beginnings, how many lie within 30 ms of it */
	float weight;     /* how many those are */
};

void second_phase_add(struct second_phase *phase, int64_t at_ns);
void second_phase_forget(struct second_phase *phase); /* call once a second: half is gone in 25 */
struct second_phase_peak second_phase_find(const struct second_phase *phase);
/* The clock that timed them was set: everything happened shift_ns later by it. */
void second_phase_shift(struct second_phase *phase, int64_t shift_ns);

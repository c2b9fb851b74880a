/* discipline/fallback: what the oscillator's rate was on average over long times, to go on with
 * when nobody says the time any more. SPDX-License-Identifier: MIT
 *
 * The last rate before sources fell silent may be a passing one (the afternoon's, the weekend's);
 * the longer the silence, the longer the time over which the rate is averaged. chrony's
 * fallbackdrift. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"

#define FALLBACK_LOG2_S_MAX 32
#define FALLBACK_NONE       (-1)

struct fallback {
	struct {
		double frequency;         /* s/s: mean correction of the oscillator */
		double seconds;           /* that it is known of; the mean's window at most */
	} means[FALLBACK_LOG2_S_MAX + 1]; /* over 2^index seconds */
	int8_t used;                      /* which one is in force, FALLBACK_NONE */
};

void fallback_init(struct fallback *fallback);
/* The correction was `frequency` for so long. */
void fallback_add(struct fallback *fallback, double frequency, double seconds);
/* The mean to be used when nobody has said the time for so long, of 2^min..2^max s; FALLBACK_NONE:
 * too soon, or off (either is 0). */
int8_t fallback_choose(int8_t min_log2_s, int8_t max_log2_s, double silent_s);
/* When that changes next, s after the last update; < 0 = never. */
double fallback_next_s(const struct fallback *fallback, int8_t min_log2_s, int8_t max_log2_s);

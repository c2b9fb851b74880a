/* discipline/outside_clock: a clock that somebody outside this machine keeps going, held against
 * ours, to see whether we stood still. SPDX-License-Identifier: MIT
 *
 * A virtual machine that is stopped, moved or restored from a snapshot has none of it in its own
 * clocks; its real-time clock or its host's clock went on. Such a clock may be as coarse as a
 * second: then stops of two seconds and a bit are seen for certain, shorter ones by chance. Reads
 * nothing itself. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"

struct outside_clock {
	int64_t grain_ns; /* it shows whole multiples of that; 0 = as finely as can be */
	bool is_known;
	struct mono_time last;
	int64_t ahead_ns_max; /* of ours, at the last reading; the zeros differ */
};

void outside_clock_init(struct outside_clock *outside, int64_t grain_ns);
/* It was set, or could not be read: what it was ahead means nothing any more. */
void outside_clock_forget(struct outside_clock *outside);
/* It showed `reading_ns` some time between these two readings of ours. By how much it went forward
 * at the least while ours did not; 0 = by nothing that need be a stop. */
int64_t outside_clock_on_reading(struct outside_clock *outside, struct mono_time before,
                                 struct mono_time after, int64_t reading_ns);

/* os/kernel_frequency: a rate correction as Linux takes it: in ticks and a fine part.
 * SPDX-License-Identifier: MIT
 *
 * adjtimex(2): a tick is the microseconds that a 1/100 s tick of the clock counts as (10000
 * nominal, 9000..11000, so 100 ppm a unit); freq is in 2^-16 ppm, within 500 ppm. Both add up. */
#pragma once

#include <stdbool.h>

struct kernel_frequency {
	long tick_us;      /* 9000..11000 */
	long freq_q16_ppm; /* -500 * 65536 .. 500 * 65536 */
};

/* The nearest that there is to `frequency` (s/s; + = make it faster); beyond -0.1..0.1 the end.
 * Ticks carry as much as they can, so the fine part stays within 50 ppm. */
struct kernel_frequency kernel_frequency_split(double frequency);
/* Can it be the correction of an oscillator, as a program before us left it? Not if it uses ticks:
 * then it was slewing. */
bool kernel_frequency_is_oscillators(struct kernel_frequency frequency);
double kernel_frequency_joined(struct kernel_frequency frequency); /* s/s */

/* sim/kept_clock: a computer's clock over an oscillator, adjusted as a kernel adjusts its own.
 * SPDX-License-Identifier: MIT
 *
 * The frequency command is rounded to 2^-16 ppm and held within 10 %, as clock_adjtime(2) has it
 * with tick and frequency together. */
#pragma once

#include <stdbool.h>

#include "base/instant.h"
#include "sim/oscillator.h"

#define KEPT_CLOCK_FREQUENCY_MAX 0.1 /* s/s */

struct kept_clock {
	struct oscillator oscillator; /* its count is CLOCK_MONOTONIC_RAW */
	int64_t local_ns;             /* since 1970 */
	double local_fraction;        /* 0 <= fraction < 1 ns */
	double frequency;             /* s/s, as commanded and rounded */
	int64_t slept_ns;             /* counted meanwhile, but CLOCK_MONOTONIC_RAW stood */
	int64_t granularity_ns;       /* readings are cut to a multiple; >= 1 */
	int leap;                     /* armed: +1 or -1 at its next midnight; 0 = not */
	bool is_leap_over;            /* it happened; nothing more until it is disarmed */
	unsigned leaps_count;         /* leap seconds carried out */
	int64_t tai_offset_s; /* TAI - UTC: the clock's CLOCK_TAI is its reading plus this */
};

struct kept_clock_options {
	struct oscillator_options oscillator;
	double offset_s;      /* at the start; + = ahead of true time */
	double granularity_s; /* >= 1e-9 */
};

void kept_clock_init(struct kept_clock *clock, const struct kept_clock_options *options,
                     struct utc_time start, int64_t ticks_ns, uint64_t seed);
void kept_clock_advance(struct kept_clock *clock,
                        int64_t true_ns); /* since the start; never back */
struct instant kept_clock_read(const struct kept_clock *clock);
/* The clock minus true time, in seconds; no granularity. */
double kept_clock_error_s(const struct kept_clock *clock, struct utc_time start);
/* Returns the frequency that is really applied. */
double kept_clock_set_frequency(struct kept_clock *clock, double frequency);
/* As the kernel's STA_INS and STA_DEL: when it reads midnight it goes back a second, or over the
 * last second of the day, and TAI - UTC changes with it. */
void kept_clock_arm_leap(struct kept_clock *clock, int leap);
void kept_clock_step(struct kept_clock *clock, int64_t step_ns);
/* The machine has slept since its oscillator had counted so far: CLOCK_MONOTONIC_RAW stood still.
 */
void kept_clock_sleep(struct kept_clock *clock, int64_t ticks_before_ns);
/* Rate of the clock against true time, s/s; 0 = right. */
double kept_clock_rate(const struct kept_clock *clock);

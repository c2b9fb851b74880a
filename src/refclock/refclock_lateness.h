/* refclock/refclock_lateness: `offset auto`: how late a clock's samples come, learnt.
 * SPDX-License-Identifier: MIT
 *
 * A serial line or a receiver is late by a fixed time that nobody knows and that differs from one
 * installation to the next. Beside something better it can be read off; alone it is kept. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"

struct refclock_lateness {
	double offset_s; /* to be added to what the clock says */
	double sd_s;     /* of it: noise of the comparison */
	double error_s;  /* what the clock compared with may itself have been off by */
	bool is_learnt;  /* else it is what the driver is like, or was configured */
	bool is_frozen;  /* there is nobody to compare with at present */
	uint64_t count;  /* of comparisons, ever */
	unsigned contradictions_count; /* in a row */
	struct mono_time at;           /* of the last one; meaningless from a file */
};

/* The prior: somewhere in 0..lateness_max_s. */
struct refclock_lateness refclock_lateness_unknown(double lateness_max_s);

/* The reference was `offset_s` ahead of the clock's samples (both at one moment), itself right
 * within error_s; the comparison's noise is sd_s. */
void refclock_lateness_learn(struct refclock_lateness *lateness, double offset_s, double error_s,
                             double sd_s, struct mono_time now);

/* It can be off by this. */
double refclock_lateness_uncertainty_s(const struct refclock_lateness *lateness);

/* discipline/smoothing: time for clients that never jumps and bends no faster than was asked for,
 * although what it follows does: `smoothtime`. SPDX-License-Identifier: MIT
 *
 * The smoothed time is the best time plus an offset, which is led back to nought by two or three
 * pieces of constant wander (a quadratic spline): bend towards it, hold the fastest rate if that is
 * reached, bend back. When the best time jumps, or its rate does, the opposite is added here, so
 * that the smoothed time notices nothing. Source: chrony.conf(5), `smoothtime`. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct smoothing_options {
	bool is_on;
	double max_frequency_ppm, max_wander_ppm_s; /* > 0 */
	bool is_leap_only;                          /* only leap seconds are smoothed: a smear */
};

struct smoothing {
	struct smoothing_options options;
	bool is_active;
	/* the plan; instants are on an axis of the caller's, in ns */
	int64_t since_ns;
	double offset_s, frequency; /* then: smoothed - best time, and its rate in s/s */
	struct {
		double length_s, wander; /* wander in s/s per s */
	} pieces[3];
};

struct smoothing_state {
	double offset_s;  /* + = clients get time that is ahead of the best */
	double frequency; /* s/s */
	double wander;    /* 1/s */
	double remaining_s;
};

void smoothing_init(struct smoothing *smoothing, const struct smoothing_options *options);
/* From here on, with no offset. */
void smoothing_activate(struct smoothing *smoothing, int64_t at_ns);
/* The best time was put forward by offset_s at this moment, and gains `frequency` s/s from then on;
 * while it is not active that goes to the clients as it is. */
void smoothing_absorb(struct smoothing *smoothing, int64_t at_ns, double offset_s,
                      double frequency);
struct smoothing_state smoothing_at(const struct smoothing *smoothing, int64_t at_ns);

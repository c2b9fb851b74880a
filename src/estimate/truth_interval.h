/* estimate/truth_interval: the hard interval that must hold a source's offset, whatever the noise.
 * SPDX-License-Identifier: MIT
 *
 * No statistics: causality of each exchange (estimate/exchange), the server's own claim of its
 * error, and a limit on the rate error while time passes (security: every packet that was delayed
 * only widens it). Intersected over exchanges; an empty intersection is a contradiction: the
 * interval restarts from the newest exchange and the event is counted. */
#pragma once

#include <stdbool.h>

#include "estimate/exchange.h"

struct truth_interval {
	struct free_time at;
	double low_ns, high_ns; /* relative to base_ns */
	int64_t base_ns;
	bool is_known;
	uint64_t contradictions_count;
};

void truth_interval_reset(struct truth_interval *interval); /* the count is kept */

/* Moves the interval to `when` along `frequency` (s/s, growth of the offset), widening both ends by
 * rate_error (s/s, >= 0) times the time passed. `when` not before `at`. */
void truth_interval_advance(struct truth_interval *interval, struct free_time when,
                            double frequency, double rate_error);

/* server_error_ns: root delay / 2 + root dispersion that the server claims, plus both precisions,
 * plus what the free clock may gain between T1 and T4 (its |frequency| + rate error, times half of
 * T4 - T1: the readings are of the ends, the interval is of the middle).
 * The caller has advanced the interval to exchange->at. Returns false on a contradiction; an
 * exchange that contradicts itself (upper < lower by more than both errors) is counted and ignored.
 */
bool truth_interval_add(struct truth_interval *interval, const struct exchange *exchange,
                        int64_t server_error_ns);

/* Rounded outward. Only if is_known. */
int64_t truth_interval_low_ns(const struct truth_interval *interval);
int64_t truth_interval_high_ns(const struct truth_interval *interval);

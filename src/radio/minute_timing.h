/* radio/minute_timing: when a minute began, from the beginnings of all its pulses.
 * SPDX-License-Identifier: MIT
 *
 * A robust mean over a minute of edges is seven times better than one edge. It belongs to the
 * middle of the minute; the rate of the edge clock, learned over a quarter of an hour, carries it
 * to the minute's end. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define MINUTE_TIMING_EDGES_MAX 64
#define MINUTE_TIMING_KEPT      16

struct timing_edge {
	int64_t second; /* number of the second, counted by the caller; any origin */
	int64_t at_ns;  /* edge clock */
};

struct minute_timing {
	unsigned count;
	struct timing_point {
		double second;
		int64_t at_ns; /* minus the whole seconds: at_ns = clock - second * 1e9 */
		double variance_ns2;
		double slope_weight, slope_moment; /* what its edges say of the rate: 1/(ns/s)^2,
		                                      1/(ns/s) */
	} points[MINUTE_TIMING_KEPT];              /* newest last */
	double rate;                               /* by which the edge clock gains, s/s */
	double rate_variance;
	double edge_sd_ns;   /* of single edges in the newest minute */
	unsigned edge_count; /* that counted in it */
};

void minute_timing_init(struct minute_timing *timing);
/* Adds a minute's edges; false when there are too few (under 10) to say anything. */
bool minute_timing_add(struct minute_timing *timing, const struct timing_edge *edges,
                       unsigned count);
/* What the edge clock read when the second began; after a minute was added. */
int64_t minute_timing_at(const struct minute_timing *timing, int64_t second, double *sd_ns_out);

/* estimate/combining: several sources that agree -> one estimate. SPDX-License-Identifier: MIT
 *
 * Clustering drops the agreeing sources that would only spoil the mean (RFC 5905 section 11.2.2 in
 * spirit: too distant, or far off the others compared with the error bars); combining weights the
 * rest by what each really knows: its variance plus the asymmetry that its path may hide. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "estimate/exchange.h"

struct candidate {
	struct estimate estimate; /* in */
	double root_distance_s;   /* in: > 0; half its interval */
	double hidden_error_s; /* in: sd of what no statistics shows: asymmetry of the path, and the
	                          server's own error */
	bool is_preferred;     /* in: where there are such, only they are combined */
	double weight;         /* out: 0..1, sums to 1 over the candidates; 0 = not combined */
	bool is_too_distant;   /* out: root distance > limit times the best one's */
	bool is_outlier;       /* out: more than 4 sd off the weighted mean of the others; of two
	                          that stand alone against each other, the less certain one */
};

/* combine_limit: chrony's combinelimit, >= 0; 0 = only the best candidate is used.
 * Returns the index of the best candidate (smallest sqrt(variance + hidden^2), preferred first, no
 * outlier) and the combined estimate at `when`, its offset variance including the hidden error.
 * count >= 1. */
size_t combining_combine(struct candidate *candidates, size_t count, double combine_limit,
                         struct free_time when, struct estimate *combined_out);

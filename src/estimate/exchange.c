/* SPDX-License-Identifier: MIT */
#include "estimate/exchange.h"

#include <math.h>

int64_t estimate_offset_ns(const struct estimate *estimate, struct free_time when)
{
	return estimate->offset_ns +
	       llround(estimate->frequency * (double)(when.ns - estimate->at.ns));
}

double estimate_offset_sd_s(const struct estimate *estimate, struct free_time when)
{
	const double dt = (double)(when.ns - estimate->at.ns) * 1e-9;
	const double variance = estimate->offset_variance + 2 * dt * estimate->covariance +
	                        dt * dt * estimate->frequency_variance +
	                        estimate->wander_variance * fabs(dt * dt * dt) / 3;

	return sqrt(fmax(variance, 0));
}

/* SPDX-License-Identifier: MIT */
#include "estimate/flywheel.h"

#include <math.h>

/* Raised: a flywheel that has slipped spoils its sources longer; lowered: a good one is let go. */
#define CONTRADICTION_SDS 6.0

struct exchange flywheel_exchange(const struct estimate *flywheel, const struct exchange *exchange)
{
	const int64_t flywheel_ns = estimate_offset_ns(flywheel, exchange->at);

	return (struct exchange){ .at = exchange->at,
		                  .upper_ns = exchange->upper_ns - flywheel_ns,
		                  .lower_ns = exchange->lower_ns - flywheel_ns };
}

/* As it is expected at a later moment. */
static struct estimate carried(const struct estimate *estimate, struct free_time when)
{
	const double dt_s = (double)(when.ns - estimate->at.ns) * 1e-9;
	const double sd_s = estimate_offset_sd_s(estimate, when);
	struct estimate later = *estimate;

	later.at = when;
	later.offset_ns = estimate_offset_ns(estimate, when);
	later.offset_variance = sd_s * sd_s;
	later.covariance +=
		dt_s * estimate->frequency_variance + estimate->wander_variance * dt_s * dt_s / 2;
	later.frequency_variance += estimate->wander_variance * fabs(dt_s);
	return later;
}

struct estimate flywheel_estimate(const struct estimate *flywheel, const struct estimate *against)
{
	const struct free_time when = flywheel->at.ns > against->at.ns ? flywheel->at : against->at;
	const struct estimate below = carried(flywheel, when), above = carried(against, when);

	return (struct estimate){
		.at = when,
		.offset_ns = below.offset_ns + above.offset_ns,
		.frequency = below.frequency + above.frequency,
		.offset_variance = below.offset_variance + above.offset_variance,
		.hidden_variance = below.hidden_variance + above.hidden_variance,
		.covariance = below.covariance + above.covariance,
		.frequency_variance = below.frequency_variance + above.frequency_variance,
		.wander_variance = below.wander_variance + above.wander_variance,
	};
}

bool flywheel_is_contradicted(const struct estimate *with, const struct estimate *without,
                              struct free_time when)
{
	const double apart_s =
		fabs((double)(estimate_offset_ns(with, when) - estimate_offset_ns(without, when)) *
	             1e-9);

	return apart_s > CONTRADICTION_SDS * hypot(estimate_offset_sd_s(with, when),
	                                           estimate_offset_sd_s(without, when));
}

/* SPDX-License-Identifier: MIT */
#include "estimate/combining.h"

#include <assert.h>
#include <math.h>

/* A candidate further than this from the mean of the others is dropped. Raised: a slowly lying
 * source spoils the mean longer; lowered: honest sources with poor error bars come and go. */
#define OUTLIER_SD 4.0

/* Share of the statistical variance that all sources have in common, because they watch the same
 * oscillator wander. Raised: wider combined error bars; lowered: they claim too much. */
#define COMMON_SHARE 0.25

/* Below this no variance is believed: (1 ps)^2 keeps the weights finite. */
#define VARIANCE_MIN 1e-24

/* Statistical variance of a candidate's offset at `when`. */
static double spread(const struct candidate *candidate, struct free_time when)
{
	const double sd_s = estimate_offset_sd_s(&candidate->estimate, when);

	return fmax(sd_s * sd_s, VARIANCE_MIN);
}

static double variance(const struct candidate *candidate, struct free_time when)
{
	return spread(candidate, when) + candidate->hidden_error_s * candidate->hidden_error_s;
}

/* Relative to a nearby offset, so that decades do not cost nanoseconds. */
static double offset_s(const struct candidate *candidate, struct free_time when, int64_t base_ns)
{
	return (double)(estimate_offset_ns(&candidate->estimate, when) - base_ns) * 1e-9;
}

static size_t find_best(const struct candidate *candidates, size_t count, struct free_time when)
{
	size_t best = count;

	for (size_t i = 0; i < count; i++) {
		const struct candidate *c = &candidates[i];

		if (c->is_outlier || c->is_too_distant)
			continue;
		if (best == count || (c->is_preferred && !candidates[best].is_preferred) ||
		    (c->is_preferred == candidates[best].is_preferred &&
		     variance(c, when) < variance(&candidates[best], when)))
			best = i;
	}
	assert(best < count);
	return best;
}

/* How many standard deviations candidate i is off the weighted mean of the other weighted ones. */
static double loneliness(const struct candidate *candidates, size_t count, size_t i,
                         struct free_time when)
{
	const int64_t base_ns = estimate_offset_ns(&candidates[i].estimate, when);
	double weights = 0, sum_s = 0;

	for (size_t k = 0; k < count; k++) {
		const double weight = 1 / variance(&candidates[k], when);

		if (k == i || candidates[k].weight <= 0)
			continue;
		weights += weight;
		sum_s += weight * offset_s(&candidates[k], when, base_ns);
	}
	if (weights <= 0)
		return 0;
	return fabs(sum_s / weights) / sqrt(variance(&candidates[i], when) + 1 / weights);
}

/* Drops the loneliest until none is too lonely. At least one stays. */
static void drop_outliers(struct candidate *candidates, size_t count, struct free_time when)
{
	for (;;) {
		size_t worst = count;
		double most = OUTLIER_SD;

		for (size_t i = 0; i < count; i++) {
			double lonely;

			if (candidates[i].weight <= 0)
				continue;
			lonely = loneliness(candidates, count, i, when);
			if (lonely > most * (1 + 1e-9) ||
			    (worst < count && lonely > most * (1 - 1e-9) &&
			     variance(&candidates[i], when) > variance(&candidates[worst], when))) {
				most = lonely;
				worst = i;
			}
		}
		if (worst == count)
			return;
		candidates[worst].is_outlier = true;
		candidates[worst].weight = 0;
	}
}

/* Weight 1 for all that may be combined, 0 for the others. */
static void admit(struct candidate *candidates, size_t count, double combine_limit,
                  struct free_time when)
{
	size_t best;

	for (size_t i = 0; i < count; i++)
		candidates[i].is_too_distant = candidates[i].is_outlier = false;
	best = find_best(candidates, count, when);
	for (size_t i = 0; i < count; i++) {
		struct candidate *c = &candidates[i];

		assert(c->root_distance_s > 0);
		c->is_too_distant =
			i != best &&
			c->root_distance_s > combine_limit * candidates[best].root_distance_s;
		c->weight = !c->is_too_distant && c->is_preferred == candidates[best].is_preferred;
	}
}

static void normalise(struct candidate *candidates, size_t count, struct free_time when)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++) {
		candidates[i].weight /= variance(&candidates[i], when);
		sum += candidates[i].weight;
	}
	for (size_t i = 0; i < count; i++)
		candidates[i].weight /= sum;
}

/* Frequencies are weighted by their own variances: what a path hides does not grow with time.
 * Statistical errors are taken as COMMON_SHARE common and the rest independent. */
static struct estimate mean_estimate(const struct candidate *candidates, size_t count,
                                     struct free_time when, int64_t base_ns)
{
	struct estimate mean = { .at = when };
	double information = 0, mean_s = 0, sd_s = 0, frequency_sd = 0, bound;

	for (size_t i = 0; i < count; i++)
		if (candidates[i].weight > 0)
			information += 1 / fmax(candidates[i].estimate.frequency_variance, 1e-30);
	for (size_t i = 0; i < count; i++) {
		const struct candidate *c = &candidates[i];
		const double own = c->weight, hidden_s = c->hidden_error_s;
		const double passed_s = (double)(when.ns - c->estimate.at.ns) * 1e-9;
		const double drift = fmax(c->estimate.frequency_variance, 1e-30);
		const double share = 1 / drift / information;

		if (own <= 0)
			continue;
		mean_s += own * offset_s(c, when, base_ns);
		mean.frequency += share * c->estimate.frequency;
		mean.offset_variance += own * own * (1 - COMMON_SHARE) * spread(c, when);
		mean.hidden_variance += own * own * hidden_s * hidden_s;
		sd_s += own * sqrt(spread(c, when));
		mean.frequency_variance += share * share * (1 - COMMON_SHARE) * drift;
		frequency_sd += share * sqrt(drift);
		mean.covariance += own * share * (c->estimate.covariance + passed_s * drift);
		mean.wander_variance += own * c->estimate.wander_variance;
	}
	mean.offset_ns = base_ns + llround(mean_s * 1e9);
	mean.offset_variance += COMMON_SHARE * sd_s * sd_s + mean.hidden_variance;
	mean.frequency_variance += COMMON_SHARE * frequency_sd * frequency_sd;
	bound = 0.999 * sqrt(mean.offset_variance * mean.frequency_variance);
	mean.covariance = fmax(-bound, fmin(bound, mean.covariance));
	return mean;
}

size_t combining_combine(struct candidate *candidates, size_t count, double combine_limit,
                         struct free_time when, struct estimate *combined_out)
{
	size_t best;

	assert(count >= 1 && combine_limit >= 0);
	admit(candidates, count, combine_limit, when);
	drop_outliers(candidates, count, when);
	normalise(candidates, count, when);
	best = count;
	for (size_t i = 0; i < count; i++)
		if (candidates[i].weight > 0 &&
		    (best == count || candidates[i].weight > candidates[best].weight))
			best = i;
	*combined_out = mean_estimate(candidates, count, when,
	                              estimate_offset_ns(&candidates[best].estimate, when));
	return best;
}

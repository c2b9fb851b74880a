/* What surprises teach of the bound. SPDX-License-Identifier: MIT
 *
 * An exchange that the estimate cannot explain is held back, but it may be true: until that is
 * decided, the bound reaches to what it says, if most sources have one. One that lies has no say.
 * An oscillator whose rate has jumped may do so again: the allowance for that is as large as the
 * jump was, and is halved each day that passes without another. */
#include <math.h>

#include "node/node_state.h"

#define SDS 3.0

/* Raised: the bound stays wide for longer after a jump; lowered: it is broken by more of the jumps
 * that come days later. */
#define ALLOWANCE_HALVED_S 86400.0

void node_doubt_on_held(const struct node *node, struct node_source *source,
                        const struct exchange *exchange, double noise_s)
{
	const struct estimate estimate = estimator_estimate(source->estimator);
	const int64_t error_ns = node_measuring_server_error_ns(source) +
	                         llrint(fmin(noise_s + node->precision_s, 1) * 1e9);
	const int64_t expected_ns = estimate_offset_ns(&estimate, exchange->at);
	const double passed_ns = (double)(exchange->at.ns - estimate.at.ns);
	const int64_t below_ns = exchange->lower_ns - error_ns - expected_ns;
	const int64_t above_ns = expected_ns - exchange->upper_ns - error_ns;
	const double off_ns = (double)(below_ns > above_ns ? below_ns : above_ns);

	if (!(off_ns > 0 && passed_ns > 0))
		return; /* merely late: it says nothing against the estimate */
	truth_interval_reset(&source->doubt);
	(void)truth_interval_add(&source->doubt, exchange, error_ns);
	source->doubt_rate = fmin(off_ns / passed_ns, NODE_RATE_ERROR_MAX);
	source->has_doubt_news = true;
}

void node_doubt_on_used(struct node_source *source, const struct estimate *before,
                        double rate_error)
{
	const struct estimate after = estimator_estimate(source->estimator);
	const double passed_s = (double)(after.at.ns - source->allowance_at.ns) * 1e-9;
	const double jump =
		fabs(after.frequency - before->frequency) - SDS * sqrt(after.frequency_variance);

	truth_interval_reset(&source->doubt);
	source->allowance *= exp2(-fmax(passed_s, 0) / ALLOWANCE_HALVED_S);
	source->allowance_at = after.at;
	if (jump > rate_error)
		source->allowance = fmin(jump, NODE_RATE_ERROR_MAX);
}

static double surprise(const struct node_source *source)
{
	return source->allowance + (source->doubt.is_known ? source->doubt_rate : 0);
}

double node_doubt_rate_error(const struct node *node, const size_t *index, size_t count)
{
	const double maxclockerror = node->config.discipline.maxclockerror_ppm * 1e-6;
	double least = 0;

	/* the largest that more than half of them reach */
	for (size_t i = 0; i < count; i++) {
		const double own = surprise(&node->sources[index[i]]);
		size_t reaching_count = 0;

		for (size_t j = 0; j < count; j++)
			reaching_count += surprise(&node->sources[index[j]]) >= own;
		if (2 * reaching_count > count)
			least = fmax(least, own);
	}
	return fmax(least - maxclockerror, 0);
}

void node_doubt_widen(const struct node *node, const size_t *index, size_t count,
                      struct truth_interval *hull)
{
	size_t doubtful_count = 0;

	for (size_t i = 0; i < count; i++)
		doubtful_count += node->sources[index[i]].doubt.is_known;
	for (size_t i = 0; i < count && 2 * doubtful_count > count; i++) {
		const struct node_source *source = &node->sources[index[i]];
		struct truth_interval doubt = source->doubt;

		if (!doubt.is_known || hull->at.ns < doubt.at.ns)
			continue;
		truth_interval_advance(&doubt, hull->at,
		                       estimator_estimate(source->estimator).frequency,
		                       node_measuring_rate_error(node, source));
		hull->low_ns =
			fmin(hull->low_ns, (double)(truth_interval_low_ns(&doubt) - hull->base_ns));
		hull->high_ns = fmax(hull->high_ns,
		                     (double)(truth_interval_high_ns(&doubt) - hull->base_ns));
	}
}

bool node_doubt_take_news(struct node *node, const size_t *index, size_t count)
{
	bool has_news = false;

	for (size_t i = 0; i < count; i++) {
		has_news |= node->sources[index[i]].has_doubt_news;
		node->sources[index[i]].has_doubt_news = false;
	}
	return has_news;
}

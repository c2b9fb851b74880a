/* Packets that the operator does not want to be used: maxdelaydevratio, maxdelayquant, filter.
 * SPDX-License-Identifier: MIT
 *
 * The estimator weighs each exchange by its delay, learns how late each direction tends to be, and
 * needs none of this; who asks for it gets it. */
#include <math.h>
#include <string.h>

#include "node/node_state.h"

/* Before so many packets came, nothing is known of their delays. */
#define WATCHED_MIN 6

static int64_t delay_of(const struct exchange *exchange)
{
	return exchange->upper_ns - exchange->lower_ns;
}

static unsigned watched_count(const struct packet_filter *filter)
{
	return filter->delays_count < NODE_DELAYS_MAX ? filter->delays_count : NODE_DELAYS_MAX;
}

/* Has so large a share of the last packets been faster? */
static bool is_above_quantile(const struct packet_filter *filter, int64_t delay_ns, double share)
{
	const unsigned count = watched_count(filter);
	unsigned faster_count = 0;

	for (unsigned i = 0; i < count; i++)
		faster_count += filter->delays_ns[i] < delay_ns;
	return count >= WATCHED_MIN && faster_count > share * count;
}

/* By how much it was slower than the fastest one, or than the path is by the operator's word. */
static int64_t excess_ns(const struct packet_filter *filter, const struct source_options *options,
                         int64_t delay_ns)
{
	int64_t fastest_ns = delay_ns;

	if (options->mindelay_s > 0)
		return delay_ns - llrint(options->mindelay_s * 1e9);
	for (unsigned i = 0; i < watched_count(filter); i++) {
		if (filter->delays_ns[i] < fastest_ns)
			fastest_ns = filter->delays_ns[i];
	}
	return delay_ns - fastest_ns;
}

/* In standard deviations of the offset. */
static bool is_deviating(const struct node_source *source, const struct source_options *options,
                         int64_t delay_ns)
{
	const double sd_s = estimator_status(source->estimator).residual_sd_s;

	return source->filter.delays_count >= WATCHED_MIN && sd_s > 0 &&
	       (double)excess_ns(&source->filter, options, delay_ns) * 1e-9 >
	               options->maxdelaydevratio * sd_s;
}

void node_filter_correct(const struct node *node, const struct node_source *source,
                         struct exchange *exchange)
{
	const struct source_options *options = node_source_options(node, source);
	const int64_t excess = excess_ns(&source->filter, options, delay_of(exchange));
	const int64_t correction_ns = llrint(options->asymmetry * (double)excess);

	if (excess <= 0)
		return;
	exchange->upper_ns += correction_ns;
	exchange->lower_ns += correction_ns;
}

bool node_filter_passes(const struct node *node, struct node_source *source,
                        const struct exchange *exchange)
{
	const struct source_options *options = node_source_options(node, source);
	struct packet_filter *filter = &source->filter;
	const int64_t delay_ns = delay_of(exchange);
	const bool is_late =
		options->maxdelayquant > 0
			? is_above_quantile(filter, delay_ns, options->maxdelayquant)
			: options->maxdelaydevratio > 0 && is_deviating(source, options, delay_ns);

	filter->delays_ns[filter->delays_count++ % NODE_DELAYS_MAX] = delay_ns;
	return !is_late;
}

bool node_filter_collect(const struct node *node, struct node_source *source,
                         struct exchange *exchange, struct ntp_measurement *measurement)
{
	const uint8_t wanted = node_source_options(node, source)->filter_polls;
	struct packet_filter *filter = &source->filter;

	if (wanted < 2)
		return true;
	if (filter->collected_count == 0 || delay_of(exchange) <= delay_of(&filter->best)) {
		filter->best = *exchange;
		filter->said = *measurement;
	}
	if (++filter->collected_count < wanted)
		return false;
	filter->collected_count = 0;
	*exchange = filter->best;
	*measurement = filter->said;
	return true;
}

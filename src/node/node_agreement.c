/* What a reference clock had long said before it says something else.
 * SPDX-License-Identifier: MIT
 *
 * A lone clock has nobody to be outvoted by. But its own past, kept by the oscillator, and the
 * real-time clock are witnesses: whole seconds or days more than they say are a receiver's error.
 */
#include <math.h>

#include "node/node_state.h"

/* A GPS receiver hears of leap seconds once in 12.5 minutes: what it says after that it means.
 * Raised: a clock that goes mad soon after the start is followed; lowered: one that mends then is
 * not. */
#define COMMON_NS (1000 * NS_PER_S)
#define NOISE_SDS 4.0
/* Who says the same as a clock that is known so well is right, whatever it said before. */
#define KNOWN_S 0.4

/* By its own past; before it has one, by the kept clock. */
static struct plausibility_present expected(const struct node *node,
                                            const struct node_source *source,
                                            const struct exchange *exchange,
                                            struct local_time local)
{
	struct plausibility_present present = { .time = { local.ns }, .half_s = INFINITY };
	struct estimate estimate;

	if (!estimator_has_estimate(source->estimator))
		return present;
	estimate = node_source_estimate(node, source);
	present.time.ns = exchange->at.ns + estimate_offset_ns(&estimate, exchange->at) -
	                  node->discipline.timeline.leaps_ns;
	present.half_s = NOISE_SDS * estimate_offset_sd_s(&estimate, exchange->at);
	present.since.ns = present.time.ns - (exchange->at.ns - source->exchange.at.ns); /* about */
	present.is_common = source->last_good.ns - source->first_good.ns > COMMON_NS;
	return present;
}

static bool is_as_kept(const struct node *node, struct utc_time claimed, struct local_time local)
{
	const int64_t off_ns = claimed.ns - local.ns;
	int64_t low_ns, high_ns;

	return node->is_synchronised && node_bound_interval(node, local, &low_ns, &high_ns) &&
	       (double)(high_ns - low_ns) * 0.5e-9 < KNOWN_S && off_ns >= low_ns &&
	       off_ns <= high_ns;
}

enum plausibility_verdict node_agreement_judge(const struct node *node,
                                               const struct node_source *source,
                                               const struct refclock_measurement *measurement,
                                               const struct ntp_measurement *said,
                                               struct utc_time *expected_out)
{
	const struct plausibility_present present =
		expected(node, source, &measurement->exchange, said->sent);

	*expected_out = present.time;
	if (is_as_kept(node, said->server_sent, said->sent))
		return PLAUSIBLE;
	return plausibility_judge_clock(&node->plausible, said->server_sent,
	                                NOISE_SDS * measurement->sd_s, &present);
}

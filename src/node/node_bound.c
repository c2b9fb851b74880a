/* How far the kept clock can be from true time. SPDX-License-Identifier: MIT */
#include <math.h>

#include "node/node_state.h"

#define SKEW_SDS        3.0
#define INTERVAL_NS_MAX 4e18 /* a century: beyond, nothing is known */

bool node_bound_interval(const struct node *node, struct local_time now, int64_t *low_ns_out,
                         int64_t *high_ns_out)
{
	const struct free_time free = timeline_free(&node->discipline.timeline, now);
	const int64_t correction_ns = timeline_correction_ns(&node->discipline.timeline, now);
	const struct estimate *estimate = &node->system.estimate;
	struct truth_interval hull = node->system.hull;
	double growth_s, low_ns, high_ns;

	if (!hull.is_known)
		return false;
	if (free.ns > hull.at.ns) {
		growth_s = SKEW_SDS * (estimate_offset_sd_s(estimate, free) -
		                       estimate_offset_sd_s(estimate, hull.at));
		truth_interval_advance(&hull, free, estimate->frequency, node->system.rate_error);
		growth_s = fmax(growth_s, 0);
	} else {
		growth_s = 0;
	}
	low_ns = (double)(truth_interval_low_ns(&hull) + correction_ns) - growth_s * 1e9;
	high_ns = (double)(truth_interval_high_ns(&hull) + correction_ns) + growth_s * 1e9;
	if (!(low_ns > -INTERVAL_NS_MAX && high_ns < INTERVAL_NS_MAX))
		return false;
	*low_ns_out = (int64_t)floor(low_ns);
	*high_ns_out = (int64_t)ceil(high_ns);
	return true;
}

int64_t node_bound_ns(const struct node *node, struct local_time now)
{
	int64_t low_ns, high_ns;

	if (!node_bound_interval(node, now, &low_ns, &high_ns))
		return INT64_MAX;
	return (-low_ns > high_ns ? -low_ns : high_ns) + 1 +
	       (node_leap_is_doubtful(node, now) ? NS_PER_S : 0);
}

/* What this node says of its own time to those who ask. SPDX-License-Identifier: MIT */
#include <math.h>

#include "node/node_state.h"

#define LOCAL_REFERENCE_ID 0x7f7f0101 /* chrony's: 127.127.1.1 */

static double seconds(int64_t duration_ns)
{
	return (double)duration_ns * 1e-9;
}

/* `local`: our own clock is served when there is nothing better, as the operator asked. */
bool node_serving_is_local(const struct node *node, struct instant now)
{
	const struct local_options *local = &node->config.local;
	const int64_t bound_ns = node_bound_ns(node, now.local);
	const double waited_s =
		seconds(now.mono.ns -
	                (node->was_synchronised ? node->last_synchronised.ns : node->started.ns));

	if (!local->is_on)
		return false;
	if (node->is_synchronised && seconds(bound_ns) <= local->distance_s)
		return false;
	if (local->activate_s > 0 && !node->was_synchronised)
		return false;
	return waited_s >= (node->was_synchronised ? local->waitsynced_s : local->waitunsynced_s);
}

struct ntp_server_time node_serving_time(const struct node *node, struct instant now)
{
	const struct node_system *system = &node->system;
	struct ntp_server_time time = {
		.leap = LEAP_UNSYNCHRONISED,
		.precision_log2_s = (int8_t)ceil(log2(node->precision_s)),
	};

	if (node_serving_is_local(node, now)) {
		time.leap = LEAP_NONE;
		time.stratum = node->config.local.stratum;
		time.reference_id = LOCAL_REFERENCE_ID;
		time.reference.ns = now.local.ns;
	} else if (node->is_synchronised) {
		const int64_t bound_ns = node_bound_ns(node, now.local);
		const int64_t rest_ns = bound_ns - system->root_delay_ns / 2;

		time.leap = node_leap_indicator(node, now);
		time.stratum = system->stratum;
		time.reference_id = system->reference_id;
		time.reference = system->reference;
		time.root_delay_ns = system->root_delay_ns;
		time.root_dispersion_ns =
			rest_ns > system->root_dispersion_ns ? rest_ns : system->root_dispersion_ns;
		if (time.stratum > 15)
			time.leap = LEAP_UNSYNCHRONISED;
	}
	return time;
}

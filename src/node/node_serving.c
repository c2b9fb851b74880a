/* What this node says of its own time to those who ask. SPDX-License-Identifier: MIT */
#include <math.h>

#include "node/node_state.h"

#define LOCAL_REFERENCE_ID    0x7f7f0101 /* chrony's: 127.127.1.1 */
#define SMOOTHED_REFERENCE_ID 0x7f7f01ff /* the same */

static double seconds(int64_t duration_ns)
{
	return (double)duration_ns * 1e-9;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
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
	if (local->activate_s > 0 && !node->was_near)
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
		if (time.reference.ns > now.local.ns) /* while the clock is still being slewed */
			time.reference.ns = now.local.ns;
		time.root_delay_ns = system->root_delay_ns;
		time.root_dispersion_ns =
			rest_ns > system->root_dispersion_ns ? rest_ns : system->root_dispersion_ns;
		if (time.stratum > 15)
			time.leap = LEAP_UNSYNCHRONISED;
	}
	return time;
}

/* By how much the shifted clock may be off; before a smear, by how much it will be when those who
 * ask now, and those who ask them, may still rest on this answer. */
static int64_t shifted_bound_ns(const struct node *node, struct instant now, int64_t shift_ns)
{
	const int soon = node_smoothing_is_smearing(node) ? node_leap_soon(node, now.local) : 0;
	int64_t low_ns, high_ns;

	if (!node_bound_interval(node, now.local, &low_ns, &high_ns))
		return INT64_MAX;
	low_ns -= shift_ns + (soon > 0 ? NS_PER_S : 0);
	high_ns -= shift_ns - (soon < 0 ? NS_PER_S : 0);
	return (-low_ns > high_ns ? -low_ns : high_ns) + 1;
}

struct ntp_server_time node_serving_to_clients(const struct node *node, struct instant now)
{
	const int64_t shift_ns = node_smoothing_shift_ns(node, now.local);
	struct ntp_server_time time = node_serving_time(node, now);

	if (!node->smoothing.options.is_on || time.leap == LEAP_UNSYNCHRONISED)
		return time;
	time.shift_ns = shift_ns;
	time.reference.ns += shift_ns;
	if (node_smoothing_is_smearing(node))
		time.leap = LEAP_NONE;
	if (node_serving_is_local(node, now))
		return time;
	if (node_smoothing_state(node, now.local).remaining_s > 0)
		time.reference_id = SMOOTHED_REFERENCE_ID;
	time.root_dispersion_ns =
		larger(shifted_bound_ns(node, now, shift_ns) - time.root_delay_ns / 2,
	               node->system.root_dispersion_ns);
	return time;
}

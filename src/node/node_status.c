/* What the node can say of itself. SPDX-License-Identifier: MIT */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "node/node_state.h"
#include "timescale/leap_expiry.h"

#define SKEW_SDS 3.0

static void count_sources(const struct node *node, struct node_status *status)
{
	for (size_t i = 0; i < node->sources_count; i++) {
		const struct node_source *source = &node->sources[i];
		struct ntp_client_status client;

		if (!source->is_used)
			continue;
		status->sources_count++;
		if (source->refclock)
			continue; /* nobody is asked */
		if (!node_source_is_live(source)) {
			status->unresolved_count += source->address.family == ADDRESS_NONE;
			status->offline_count += source->address.family != ADDRESS_NONE;
			continue;
		}
		client = node_source_contact(source);
		status->online_count += client.is_online;
		status->offline_count += !client.is_online;
		status->burst_count += client.burst_left_count > 0;
		status->burst_offline_count += client.burst_left_count > 0 && client.is_visiting;
	}
}

struct node_status node_status(const struct node *node, struct instant now)
{
	const struct node_system *system = &node->system;
	const struct discipline *discipline = &node->discipline;
	const struct ntp_server_time time = node_serving_time(node, now);
	const bool has_leader = node->is_synchronised && system->has_leader;
	const struct node_source *leader = has_leader ? &node->sources[system->leader_index] : NULL;
	struct node_status status = {
		.is_synchronised = node->is_synchronised,
		.is_local = node_serving_is_local(node, now),
		.leap = time.leap,
		.stratum = time.stratum,
		.reference_id = time.reference_id,
		.selected_name = leader ? node_source_name(node, leader) : "",
		.reference = time.reference,
		.offset_ns = discipline_offset_ns(discipline, now.local),
		.last_offset_ns = discipline->last_offset_ns,
		.rms_offset_s = sqrt(discipline->mean_square_offset_s2),
		.bound_ns = node->is_synchronised ? node_bound_ns(node, now.local) : INT64_MAX,
		.frequency_ppm = -discipline->frequency * 1e6,
		.residual_frequency_ppm =
			system->is_known
				? (discipline->frequency - system->estimate.frequency) * 1e6
				: 0,
		.skew_ppm = SKEW_SDS *
		            (system->is_known ? sqrt(system->estimate.frequency_variance)
		                              : node->drift_sd) *
		            1e6,
		.offset_sd_s = sqrt(system->estimate.offset_variance),
		.root_delay_ns = time.root_delay_ns,
		.root_dispersion_ns = time.root_dispersion_ns,
		.update_interval_s = discipline->update_interval_s,
		.updates_count = discipline->updates_count,
		.steps_count = discipline->steps_count,
		.contradictions_count = node->contradictions_count,
		.tai_offset_s = discipline->tai_offset_s,
		.slew_ppm = discipline->slew * 1e6,
		.agreeing_count = system->agreeing_count,
		.voters_count = system->voters_count,
		.combined_count = system->combined_count,
		.has_smoothing = node->smoothing.options.is_on,
		.is_smoothing_active = node->smoothing.is_active,
		.is_smoothing_leap_only = node->smoothing.options.is_leap_only,
		.smoothing = node_smoothing_state(node, now.local),
		.now = now,
	};

	if (node->leap_table) {
		status.leap_origin = node->leap_table->origin;
		status.leap_expiry = leap_expiry_text(node->leap_table);
		status.leap_expires.ns = node->leap_table->expires_s * NS_PER_S;
		status.is_leap_expired =
			status.leap_expires.ns != 0 && now.local.ns >= status.leap_expires.ns;
	}
	if (node->smoothing.is_active)
		status.smoothing_age_s = (double)(now.mono.ns - node->smoothing_changed.ns) * 1e-9;
	if (leader)
		status.selected_address = leader->address;
	for (size_t i = 0; i < NTP_SERVER_VERDICT_COUNT; i++)
		status.server_verdict_count[i] = node->server.verdict_count[i];
	memcpy(status.reply_verdict_count, node->reply_verdict_count,
	       sizeof status.reply_verdict_count);
	status.stray_count = node->stray_count;
	status.clients = node->server.clients;
	status.server_interleaved_count = node->server.interleaved_count;
	status.stamps = node->server.stamps;
	for (size_t i = 0; i < STAMP_SOURCE_COUNT; i++) {
		status.server_received_stamp_count[i] = node->server.received_stamp_count[i];
		status.server_sent_stamp_count[i] = node->server.sent_stamp_count[i];
	}
	status.server_authenticated_count = node->server.authenticated_count;
	count_sources(node, &status);
	return status;
}

static const struct node_source *nth(const struct node *node, size_t index)
{
	for (size_t i = 0; i < node->sources_count; i++) {
		if (node->sources[i].is_used && index-- == 0)
			return &node->sources[i];
	}
	return NULL;
}

size_t node_source_count(const struct node *node)
{
	size_t count = 0;

	for (size_t i = 0; i < node->sources_count; i++)
		count += node->sources[i].is_used;
	return count;
}

static void say_measurement(const struct node *node, const struct node_source *source,
                            struct node_source_status *status, struct instant now)
{
	const struct free_time free = timeline_free(&node->discipline.timeline, now.local);
	const struct exchange *exchange = &source->exchange;
	const int64_t mid_ns = exchange->lower_ns + (exchange->upper_ns - exchange->lower_ns) / 2;

	status->measurement = source->measurement;
	status->last_delay_ns = exchange->upper_ns - exchange->lower_ns;
	/* the correction of the oscillator is no slew: without it the clock would have drifted off
	 */
	status->last_offset_ns =
		mid_ns + timeline_correction_ns(&node->discipline.timeline, now.local) +
		llrint(node->discipline.frequency * (double)(free.ns - exchange->at.ns));
	status->last_measured_ns = mid_ns + exchange->at.ns -
	                           timeline_local(&node->discipline.timeline, exchange->at).ns;
	status->last_good = source->last_good;
}

static void say_estimate(const struct node *node, const struct node_source *source,
                         struct node_source_status *status, struct instant now)
{
	const struct free_time free = timeline_free(&node->discipline.timeline, now.local);

	status->estimate = node_source_estimate(node, source);
	status->estimator = estimator_status(source->estimator);
	status->offset_ns = estimate_offset_ns(&status->estimate, free) +
	                    timeline_correction_ns(&node->discipline.timeline, now.local);
	status->offset_sd_s = estimate_offset_sd_s(&status->estimate, free);
	status->residual_frequency = node->discipline.frequency - status->estimate.frequency;
	status->skew = SKEW_SDS * sqrt(status->estimate.frequency_variance);
}

static void say_refclock(const struct node *node, struct node_source_status *status,
                         struct instant now)
{
	const struct free_time free = timeline_free(&node->discipline.timeline, now.local);

	status->refclock_age_s = (double)(free.ns - status->refclock.last_at.ns) * 1e-9;
	status->refclock_offset_ns = status->refclock.last_offset_ns +
	                             timeline_correction_ns(&node->discipline.timeline, now.local) +
	                             llrint(node->discipline.frequency *
	                                    (double)(free.ns - status->refclock.last_at.ns));
}

struct node_source_status node_source_status(const struct node *node, size_t index,
                                             struct instant now)
{
	const struct node_source *source = nth(node, index);
	struct node_source_status status;
	const struct mac_key *key;

	assert(source);
	status = (struct node_source_status){
		.name = node_source_name(node, source),
		.number = (uint32_t)(source - node->sources) + 1,
		.address = source->address,
		.options = node_source_options(node, source),
		.state = source->state,
		.reason = { source->reason[0], source->reason[1], source->reason[2],
		            source->reason[3] },
		.is_refclock = source->refclock != NULL,
		.has_client = node_source_is_live(source),
		.has_measurement = source->has_measurement,
		.root_distance_ns = source->root_distance_ns,
		.low_ns = source->low_ns,
		.high_ns = source->high_ns,
		.weight = source->weight,
		.score = source->score,
		.contradictions_count = source->truth.contradictions_count,
	};
	if (status.has_client)
		status.client = node_source_contact(source);
	if (source->refclock) {
		status.refclock = refclock_status(source->refclock);
		say_refclock(node, &status, now);
		status.refclock_driver_state = refclock_driver_state(source->refclock);
	}
	key = ntp_keys_find(node->keys, status.options->key_id);
	if (key) {
		status.key_type = (uint8_t)key->type;
		status.key_bits = (uint16_t)(key->length_bytes * 8);
	}
	if (source->has_measurement)
		say_measurement(node, source, &status, now);
	status.has_estimate = source->estimator && estimator_has_estimate(source->estimator);
	if (status.has_estimate)
		say_estimate(node, source, &status, now);
	return status;
}

char node_source_state_letter(enum source_state state)
{
	static const char letters[] = "*+-uoNLMsrkpald~SewxmtWPDO";

	assert(state < SOURCE_STATE_COUNT);
	return letters[state];
}

char node_source_chrony_letter(enum source_state state)
{
	switch (state) {
	case SOURCE_STATE_UNUSED:
	case SOURCE_STATE_OUTLIER:
		return 'D';
	case SOURCE_STATE_ORPHAN:
		return 'O';
	case SOURCE_STATE_NOT_RESOLVED:
	case SOURCE_STATE_OFFLINE:
	case SOURCE_STATE_KEY_MISSING:
		return 'M';
	case SOURCE_STATE_DENIED:
	case SOURCE_STATE_IMPLAUSIBLE:
	case SOURCE_STATE_LOOP:
	case SOURCE_STATE_FLYWHEEL:
		return 's';
	case SOURCE_STATE_NO_MAJORITY:
	case SOURCE_STATE_TIE:
		return 'x';
	default:
		return node_source_state_letter(state);
	}
}

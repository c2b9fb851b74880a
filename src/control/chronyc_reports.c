/* control/chronyc_reports: the reports of chronyc that are about the whole node.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "control/chronyc_call.h"
#include "node/node_rtc.h"

enum { SMOOTHING_ACTIVE = 1, SMOOTHING_LEAP_ONLY = 2 };

#define ROOT_UNKNOWN_S 1.0 /* what chronyd says of both while it has no time */

struct candm_address chronyc_address(const struct address *address)
{
	return (struct candm_address){
		.kind = address->family == ADDRESS_IPV4   ? CANDM_ADDRESS_IPV4
		        : address->family == ADDRESS_IPV6 ? CANDM_ADDRESS_IPV6
		                                          : CANDM_ADDRESS_NONE,
		.address = *address,
	};
}

static double seconds(int64_t duration_ns)
{
	return (double)duration_ns * 1e-9;
}

/* Signs are chrony's: the correction + = the clock is slow, the last offset + = it was fast, the
 * frequency + = it gains by itself. */
enum candm_status chronyc_tracking(struct chronyc_call *call)
{
	const struct node_status status = node_status(call->node, call->now);
	const struct candm_address selected = chronyc_address(&status.selected_address);
	const bool is_known = status.leap != LEAP_UNSYNCHRONISED;
	struct writer *out = &call->reply;

	call->code = CANDM_REPLY_TRACKING;
	writer_u32(out, status.reference_id);
	candm_address_encode(&selected, out);
	writer_u16(out, status.stratum);
	writer_u16(out, (uint16_t)status.leap);
	candm_time_encode(status.reference, out);
	candm_float_encode(seconds(status.offset_ns), out);
	candm_float_encode(-seconds(status.last_offset_ns), out);
	candm_float_encode(status.rms_offset_s, out);
	candm_float_encode(status.frequency_ppm, out);
	candm_float_encode(status.residual_frequency_ppm, out);
	candm_float_encode(is_known ? status.skew_ppm : 0, out);
	candm_float_encode(is_known ? seconds(status.root_delay_ns) : ROOT_UNKNOWN_S, out);
	candm_float_encode(is_known ? seconds(status.root_dispersion_ns) : ROOT_UNKNOWN_S, out);
	candm_float_encode(status.update_interval_s, out);
	return CANDM_OK;
}

enum candm_status chronyc_activity(struct chronyc_call *call)
{
	const struct node_status status = node_status(call->node, call->now);

	call->code = CANDM_REPLY_ACTIVITY;
	writer_u32(&call->reply, status.online_count - status.burst_count);
	writer_u32(&call->reply, status.offline_count);
	writer_u32(&call->reply, status.burst_count - status.burst_offline_count);
	writer_u32(&call->reply, status.burst_offline_count);
	writer_u32(&call->reply, status.unresolved_count);
	return CANDM_OK;
}

enum candm_status chronyc_smoothing(struct chronyc_call *call)
{
	const struct node_status status = node_status(call->node, call->now);

	if (!status.has_smoothing)
		return CANDM_NOT_ENABLED;
	call->code = CANDM_REPLY_SMOOTHING;
	writer_u32(&call->reply, (status.is_smoothing_active ? SMOOTHING_ACTIVE : 0) |
	                                 (status.is_smoothing_leap_only ? SMOOTHING_LEAP_ONLY : 0));
	candm_float_encode(status.smoothing.offset_s, &call->reply);
	candm_float_encode(status.smoothing.frequency * 1e6, &call->reply);
	candm_float_encode(status.smoothing.wander * 1e6, &call->reply);
	candm_float_encode(status.smoothing_age_s, &call->reply);
	candm_float_encode(status.smoothing.remaining_s, &call->reply);
	return CANDM_OK;
}

enum { /* in the order of the newest reply; what is not counted here stays 0 */
       STAT_NTP,
       STAT_KEY_EXCHANGES,
       STAT_COMMANDS,
       STAT_NTP_DROPS,
       STAT_KEY_EXCHANGE_DROPS,
       STAT_COMMAND_DROPS,
       STAT_LOG_DROPS,
       STAT_AUTHENTICATED,
       STAT_INTERLEAVED,
       STAT_TIMESTAMPS,
       STAT_TIMESTAMP_SPAN,
       STAT_DAEMON_RX,
       STAT_COUNT = STAT_DAEMON_RX + 6,
};

static void count_stats(const struct chronyc_call *call, uint64_t stats[STAT_COUNT])
{
	const struct node_status status = node_status(call->node, call->now);

	for (unsigned i = 0; i < NTP_SERVER_VERDICT_COUNT; i++) {
		if (i != NTP_SERVER_NOT_ALLOWED)
			stats[STAT_NTP] += status.server_verdict_count[i];
	}
	stats[STAT_NTP_DROPS] = status.server_verdict_count[NTP_SERVER_RATE_LIMITED] +
	                        status.server_verdict_count[NTP_SERVER_KISSED];
	stats[STAT_INTERLEAVED] = status.server_interleaved_count;
	if (status.stamps) {
		stats[STAT_TIMESTAMPS] = stamp_store_count(status.stamps);
		stats[STAT_TIMESTAMP_SPAN] = (uint64_t)stamp_store_span_s(status.stamps);
	}
	for (unsigned i = 0; i < STAMP_SOURCE_COUNT; i++) {
		stats[STAT_DAEMON_RX + 2 * i] = status.server_received_stamp_count[i];
		stats[STAT_DAEMON_RX + 2 * i + 1] = status.server_sent_stamp_count[i];
	}
	stats[STAT_AUTHENTICATED] = status.server_authenticated_count;
	if (status.clients)
		stats[STAT_LOG_DROPS] = client_table_replaced_count(status.clients);
	for (unsigned i = CHRONYC_RATE_LIMITED; i < CHRONYC_VERDICT_COUNT; i++)
		stats[STAT_COMMANDS] += call->chronyc->verdict_count[i];
	stats[STAT_COMMANDS]++; /* this one */
	stats[STAT_COMMAND_DROPS] = call->chronyc->verdict_count[CHRONYC_RATE_LIMITED];
}

/* Each generation of chronyc knows one form, and asks with the length of that. */
enum candm_status chronyc_serverstats(struct chronyc_call *call)
{
	static const struct {
		uint16_t length_bytes; /* at least */
		enum candm_reply code;
		uint8_t count;
	} forms[] = { { 196, CANDM_REPLY_SERVERSTATS, STAT_COUNT },
		      { 72, CANDM_REPLY_SERVERSTATS_42, STAT_DAEMON_RX },
		      { 60, CANDM_REPLY_SERVERSTATS_40, STAT_INTERLEAVED } };
	static const uint8_t oldest[] = { STAT_NTP, STAT_COMMANDS, STAT_NTP_DROPS,
		                          STAT_COMMAND_DROPS, STAT_LOG_DROPS };
	uint64_t stats[STAT_COUNT] = { 0 };

	count_stats(call, stats);
	for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
		if (call->length_bytes < forms[i].length_bytes)
			continue;
		call->code = forms[i].code;
		for (unsigned j = 0; j < forms[i].count; j++) {
			if (i == 0)
				writer_u64(&call->reply, stats[j]);
			else
				writer_u32(&call->reply, (uint32_t)stats[j]);
		}
		for (unsigned j = 0; i == 0 && j < 4; j++)
			writer_u64(&call->reply, 0); /* reserved */
		return CANDM_OK;
	}
	call->code = CANDM_REPLY_SERVERSTATS_3;
	for (size_t i = 0; i < ARRAY_COUNT(oldest); i++)
		writer_u32(&call->reply, (uint32_t)stats[oldest[i]]);
	return CANDM_OK;
}

enum candm_status chronyc_rtcdata(struct chronyc_call *call)
{
	const struct node_rtc_status rtc = node_rtc_status(call->node);
	struct writer *out = &call->reply;

	if (!rtc.has_rtc)
		return CANDM_NO_RTC;
	call->code = CANDM_REPLY_RTC;
	candm_time_encode(rtc.reference, out);
	writer_u16(out, (uint16_t)rtc.samples_count);
	writer_u16(out, (uint16_t)rtc.runs_count);
	writer_u32(out, (uint32_t)rtc.span_s);
	candm_float_encode(rtc.fast_s, out);
	candm_float_encode(rtc.gain_ppm, out);
	return CANDM_OK;
}

/* control/chronyc_sources: the reports of chronyc that are about one source.
 * SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "control/chronyc_call.h"
#include "timescale/ntp_time.h"
#include "ntp/reference_id.h"

#define NEVER        UINT32_MAX /* of an age in seconds */
#define SD_UNKNOWN   4.0        /* s; chrony's figures for a source without an estimate */
#define SKEW_UNKNOWN 2000.0     /* ppm */

#define NTPDATA_LENGTH   172 /* of a request by chronyc 4.6 or later */
#define TESTS            0x3ff
#define IS_AUTHENTICATED 0x8000
#define IS_INTERLEAVED   0x4000

bool chronyc_source_find(const struct chronyc_call *call, const struct candm_address *address,
                         struct node_source_status *status_out)
{
	const size_t count = node_source_count(call->node);

	for (size_t i = 0; i < count; i++) {
		*status_out = node_source_status(call->node, i, call->now);
		if (address->kind == CANDM_ADDRESS_ID
		            ? status_out->address.family == ADDRESS_NONE &&
		                      !status_out->is_refclock && status_out->number == address->id
		            : address->address.family != ADDRESS_NONE &&
		                      address_is_same_host(&status_out->address, &address->address))
			return true;
	}
	return false;
}

/* What the request names by its index. */
static bool take_indexed(struct chronyc_call *call, struct node_source_status *source_out)
{
	const uint32_t index = reader_u32(&call->in);

	if (index >= node_source_count(call->node))
		return false;
	*source_out = node_source_status(call->node, index, call->now);
	return true;
}

static bool take_addressed(struct chronyc_call *call, struct node_source_status *source_out)
{
	const struct candm_address address = candm_address_decode(&call->in);

	return chronyc_source_find(call, &address, source_out);
}

static double seconds(int64_t duration_ns)
{
	return (double)duration_ns * 1e-9;
}

static uint32_t age_s(const struct chronyc_call *call, const struct node_source_status *source)
{
	return source->has_measurement
	               ? (uint32_t)((call->now.mono.ns - source->last_good.ns) / NS_PER_S)
	               : NEVER;
}

static uint32_t reference_id(const struct node_source_status *source)
{
	if (source->is_refclock)
		return refclock_options_reference_id(source->refclock.options);
	return source->address.family != ADDRESS_NONE ? reference_id_of(&source->address) : 0;
}

/* A reference clock has no address. */
static void put_name(struct chronyc_call *call, const struct node_source_status *source)
{
	struct candm_address address = chronyc_address(&source->address);

	if (address.kind == CANDM_ADDRESS_NONE && !source->is_refclock) {
		address.kind = CANDM_ADDRESS_ID;
		address.id = source->number;
	}
	candm_address_encode(&address, &call->reply);
}

/* In the list of sources, and only there, its reference id stands as if it were an IPv4 address. */
static void put_reference_id(struct chronyc_call *call, const struct node_source_status *source)
{
	struct candm_address address = { .kind = CANDM_ADDRESS_IPV4,
		                         .address.family = ADDRESS_IPV4 };
	struct writer bytes = writer_into(address.address.bytes, 4);

	writer_u32(&bytes, reference_id(source));
	candm_address_encode(&address, &call->reply);
}

enum candm_status chronyc_n_sources(struct chronyc_call *call)
{
	call->code = CANDM_REPLY_N_SOURCES;
	writer_u32(&call->reply, (uint32_t)node_source_count(call->node));
	return CANDM_OK;
}

/* How `sources` shows a state: chrony has fewer, and says the rest in selectdata. */
static uint16_t state_code(enum source_state state)
{
	enum { SELECTED, UNUSABLE, FALSETICKER, JITTERY, COMBINED, SELECTABLE };

	switch (state) {
	case SOURCE_STATE_SELECTED:
		return SELECTED;
	case SOURCE_STATE_COMBINED:
		return COMBINED;
	case SOURCE_STATE_UNUSED:
	case SOURCE_STATE_MINSOURCES:
	case SOURCE_STATE_NOT_PREFERRED:
	case SOURCE_STATE_TOO_DISTANT:
	case SOURCE_STATE_OUTLIER:
		return SELECTABLE;
	case SOURCE_STATE_FALSETICKER:
	case SOURCE_STATE_NO_MAJORITY:
	case SOURCE_STATE_TIE:
		return FALSETICKER;
	case SOURCE_STATE_JITTERY:
		return JITTERY;
	default:
		return UNUSABLE;
	}
}

/* The error of the last measurement: half of both round trips, and what the server admits; of a
 * reference clock, which admits nothing, its scatter. */
static double error_s(const struct node_source_status *source)
{
	const double scatter_s = source->is_refclock ? source->estimator.residual_sd_s : 0;

	return source->has_measurement
	               ? seconds(source->last_delay_ns / 2 + source->measurement.root_delay_ns / 2 +
	                         source->measurement.root_dispersion_ns) +
	                         scatter_s
	               : 0;
}

enum candm_status chronyc_source_data(struct chronyc_call *call)
{
	enum { IS_CLIENT, IS_PEER, IS_REFCLOCK };
	struct writer *out = &call->reply;
	struct node_source_status source;

	if (!take_indexed(call, &source))
		return CANDM_NO_SUCH_SOURCE;
	call->code = CANDM_REPLY_SOURCE_DATA;
	if (source.is_refclock)
		put_reference_id(call, &source);
	else
		put_name(call, &source);
	writer_u16(out, (uint16_t)(source.has_client ? source.client.poll_log2_s
	                                             : source.options->minpoll_log2_s));
	writer_u16(out, source.has_measurement ? source.measurement.stratum : 0);
	writer_u16(out, state_code(source.state));
	writer_u16(out, source.is_refclock                    ? IS_REFCLOCK
	                : source.options->kind == SOURCE_PEER ? IS_PEER
	                                                      : IS_CLIENT);
	writer_u16(out, 0); /* flags */
	writer_u16(out, source.client.reach);
	writer_u32(out, age_s(call, &source));
	candm_float_encode(-seconds(source.last_measured_ns), out);
	candm_float_encode(-seconds(source.last_offset_ns), out);
	candm_float_encode(error_s(&source), out);
	return CANDM_OK;
}

enum candm_status chronyc_sourcestats(struct chronyc_call *call)
{
	struct writer *out = &call->reply;
	struct node_source_status source;

	if (!take_indexed(call, &source))
		return CANDM_NO_SUCH_SOURCE;
	call->code = CANDM_REPLY_SOURCESTATS;
	writer_u32(out, reference_id(&source));
	put_name(call, &source);
	writer_u32(out, source.estimator.window_count);
	writer_u32(out, source.estimator.runs_count);
	writer_u32(out, source.has_estimate ? (uint32_t)source.estimator.span_s : 0);
	candm_float_encode(source.has_estimate ? source.estimator.residual_sd_s : SD_UNKNOWN, out);
	candm_float_encode(source.has_estimate ? source.residual_frequency * 1e6 : 0, out);
	candm_float_encode(source.has_estimate ? source.skew * 1e6 : SKEW_UNKNOWN, out);
	candm_float_encode(source.has_estimate ? -seconds(source.offset_ns) : 0, out);
	candm_float_encode(source.has_estimate ? source.offset_sd_s : SD_UNKNOWN, out);
	return CANDM_OK;
}

static uint16_t option_bits(const struct source_options *options)
{
	return (uint16_t)((options->noselect ? CHRONYC_NOSELECT : 0) |
	                  (options->prefer ? CHRONYC_PREFER : 0) |
	                  (options->trust ? CHRONYC_TRUST : 0) |
	                  (options->require ? CHRONYC_REQUIRE : 0));
}

enum candm_status chronyc_selectdata(struct chronyc_call *call)
{
	struct writer *out = &call->reply;
	struct node_source_status source;

	if (!take_indexed(call, &source))
		return CANDM_NO_SUCH_SOURCE;
	call->code = CANDM_REPLY_SELECTDATA;
	writer_u32(out, reference_id(&source));
	put_name(call, &source);
	writer_u8(out, (uint8_t)node_source_chrony_letter(source.state));
	writer_u8(out, source.options->key_id != 0 || source.options->nts);
	writer_u8(out, (uint8_t)(source.has_measurement ? source.measurement.leap
	                                                : LEAP_UNSYNCHRONISED));
	writer_u8(out, 0);
	writer_u16(out, option_bits(source.options));
	writer_u16(out, option_bits(source.options));
	writer_u32(out, age_s(call, &source));
	candm_float_encode(source.score, out);
	candm_float_encode(-seconds(source.high_ns), out);
	candm_float_encode(-seconds(source.low_ns), out);
	return CANDM_OK;
}

static void put_measurement(struct writer *out, const struct node_source_status *source)
{
	static const char stamps[] = { 'D', 'K', 'H' };
	const struct ntp_measurement *m = &source->measurement;

	writer_u8(out, (uint8_t)m->leap);
	writer_u8(out, m->version);
	writer_u8(out, m->mode);
	writer_u8(out, m->stratum);
	writer_u8(out, (uint8_t)m->poll_log2_s);
	writer_u8(out, (uint8_t)m->precision_log2_s);
	candm_float_encode(seconds(m->root_delay_ns), out);
	candm_float_encode(seconds(m->root_dispersion_ns), out);
	writer_u32(out, m->reference_id);
	candm_time_encode(source->has_measurement
	                          ? ntp_time_decode(m->reference_ntp64, m->server_sent)
	                          : (struct utc_time){ 0 },
	                  out);
	candm_float_encode(seconds(source->last_measured_ns), out);
	candm_float_encode(seconds(source->last_delay_ns), out);
	candm_float_encode(source->has_measurement ? ldexp(1, m->precision_log2_s) : 0, out);
	candm_float_encode(seconds(m->server_sent.ns - m->server_received.ns), out);
	candm_float_encode(0, out); /* asymmetry of the jitter: our estimator has no such thing */
	writer_u16(out, (uint16_t)((m->tests & TESTS) | (m->is_interleaved ? IS_INTERLEAVED : 0) |
	                           (m->is_authenticated ? IS_AUTHENTICATED : 0)));
	writer_u8(out, (uint8_t)stamps[m->sent_stamp]);
	writer_u8(out, (uint8_t)stamps[m->received_stamp]);
}

enum candm_status chronyc_ntpdata(struct chronyc_call *call)
{
	const bool is_new = call->length_bytes >= NTPDATA_LENGTH;
	struct writer *out = &call->reply;
	struct node_source_status source;
	struct candm_address local;

	if (!take_addressed(call, &source))
		return CANDM_NO_SUCH_SOURCE;
	call->code = is_new ? CANDM_REPLY_NTPDATA : CANDM_REPLY_NTPDATA_OLD;
	put_name(call, &source);
	local = chronyc_address(&source.client.local);
	candm_address_encode(&local, out);
	writer_u16(out, source.address.port);
	put_measurement(out, &source);
	writer_u32(out, (uint32_t)source.client.sent_count);
	writer_u32(out, (uint32_t)source.client.received_count);
	writer_u32(out, (uint32_t)source.client.valid_count);
	writer_u32(out, (uint32_t)source.client.good_count);
	if (is_new) {
		writer_u32(out, (uint32_t)source.client.sent_stamp_count[STAMP_KERNEL]);
		writer_u32(out, (uint32_t)source.client.received_stamp_count[STAMP_KERNEL]);
		writer_u32(out, (uint32_t)source.client.sent_stamp_count[STAMP_HARDWARE]);
		writer_u32(out, (uint32_t)source.client.received_stamp_count[STAMP_HARDWARE]);
	}
	for (unsigned i = 0; i < (is_new ? 4 : 3); i++)
		writer_u32(out, 0); /* reserved */
	return CANDM_OK;
}

/* Of NTS, which is not there yet, what is configured is shown. */
enum candm_status chronyc_authdata(struct chronyc_call *call)
{
	enum { NO_AUTHENTICATION, SYMMETRIC_KEY, NETWORK_TIME_SECURITY };
	struct writer *out = &call->reply;
	struct node_source_status source;

	if (!take_addressed(call, &source))
		return CANDM_NO_SUCH_SOURCE;
	call->code = CANDM_REPLY_AUTHDATA;
	writer_u16(out, source.options->nts           ? NETWORK_TIME_SECURITY
	                : source.options->key_id != 0 ? SYMMETRIC_KEY
	                                              : NO_AUTHENTICATION);
	writer_u16(out, source.key_type);
	writer_u32(out, source.options->key_id);
	writer_u16(out, source.key_bits);
	writer_u16(out, 0); /* attempts */
	writer_u32(out, NEVER);
	writer_u64(out, 0); /* cookies, their length, NAK, nothing */
	return CANDM_OK;
}

enum candm_status chronyc_sourcename(struct chronyc_call *call)
{
	char name[CANDM_NAME_SIZE] = { 0 };
	struct node_source_status source;

	if (!take_addressed(call, &source))
		return CANDM_NO_SUCH_SOURCE;
	call->code = CANDM_REPLY_SOURCENAME;
	memcpy(name, source.name, strnlen(source.name, sizeof name - 1));
	writer_bytes(&call->reply, name, sizeof name);
	return CANDM_OK;
}

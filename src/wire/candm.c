/* SPDX-License-Identifier: MIT */
#include "wire/candm.h"

#include <math.h>
#include <string.h>

#define HIGH_ABSENT 0x7fffffff /* of a time's seconds */

#define EXPONENT_BITS    7
#define COEFFICIENT_BITS 25
#define EXPONENT_MIN     (-(1 << (EXPONENT_BITS - 1)))
#define EXPONENT_MAX     (-EXPONENT_MIN - 1)
#define COEFFICIENT_MAX  ((1 << (COEFFICIENT_BITS - 1)) - 1)

void candm_request_decode(struct reader *in, struct candm_request *request_out)
{
	request_out->version = reader_u8(in);
	request_out->packet = reader_u8(in);
	request_out->reserved_1 = reader_u8(in);
	request_out->reserved_2 = reader_u8(in);
	request_out->command = reader_u16(in);
	request_out->attempt = reader_u16(in);
	request_out->sequence = reader_u32(in);
	request_out->reserved_3 = reader_u32(in);
	request_out->reserved_4 = reader_u32(in);
}

void candm_reply_encode(const struct candm_reply_header *header, struct writer *out)
{
	static const uint8_t zeros[8] = { 0 };

	writer_u8(out, CANDM_VERSION);
	writer_u8(out, CANDM_REPLY);
	writer_bytes(out, zeros, 2);
	writer_u16(out, header->command);
	writer_u16(out, header->reply);
	writer_u16(out, header->status);
	writer_bytes(out, zeros, 6);
	writer_u32(out, header->sequence);
	writer_bytes(out, zeros, 8);
}

struct candm_address candm_address_decode(struct reader *in)
{
	struct candm_address result = { 0 };
	const uint8_t *bytes = reader_bytes(in, 16);

	result.kind = reader_u16(in);
	(void)reader_u16(in);
	if (!bytes)
		return (struct candm_address){ 0 };
	switch (result.kind) {
	case CANDM_ADDRESS_IPV4:
		result.address.family = ADDRESS_IPV4;
		memcpy(result.address.bytes, bytes, 4);
		break;
	case CANDM_ADDRESS_IPV6:
		result.address.family = ADDRESS_IPV6;
		memcpy(result.address.bytes, bytes, 16);
		break;
	case CANDM_ADDRESS_ID:
		result.id = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
		            (uint32_t)bytes[2] << 8 | bytes[3];
		break;
	default:
		break;
	}
	return result;
}

void candm_address_encode(const struct candm_address *address, struct writer *out)
{
	static const uint8_t zeros[16] = { 0 };

	if (address->kind == CANDM_ADDRESS_ID) {
		writer_u32(out, address->id);
		writer_bytes(out, zeros, 12);
	} else {
		writer_bytes(out, address->address.bytes, 16);
	}
	writer_u16(out, address->kind);
	writer_u16(out, 0);
}

void candm_time_encode(struct utc_time when, struct writer *out)
{
	int64_t seconds = when.ns / NS_PER_S;
	int64_t rest_ns = when.ns % NS_PER_S;

	if (rest_ns < 0) {
		rest_ns += NS_PER_S;
		seconds--;
	}
	writer_u64(out, (uint64_t)seconds);
	writer_u32(out, (uint32_t)rest_ns);
}

/* The high half may be said to be absent. */
bool candm_time_decode(struct reader *in, struct utc_time *when_out)
{
	const uint32_t high = reader_u32(in);
	const uint32_t low = reader_u32(in);
	const uint32_t rest_ns = reader_u32(in);
	const uint64_t seconds = (uint64_t)(high == HIGH_ABSENT ? 0 : high) << 32 | low;

	if (rest_ns >= NS_PER_S || seconds >= INT64_MAX / NS_PER_S)
		return false;
	when_out->ns = (int64_t)seconds * NS_PER_S + rest_ns;
	return true;
}

uint32_t candm_float_pack(double value)
{
	const bool is_negative = value < 0;
	const double limit = COEFFICIENT_MAX + (is_negative ? 1 : 0);
	double coefficient;
	int exponent;

	if (isnan(value) || value == 0)
		return 0;
	coefficient = frexp(fmin(fabs(value), 1e30), &exponent);
	coefficient = round(ldexp(coefficient, COEFFICIENT_BITS));
	while (coefficient > limit) {
		coefficient = floor(coefficient / 2);
		exponent++;
	}
	if (exponent > EXPONENT_MAX) {
		exponent = EXPONENT_MAX;
		coefficient = limit;
	}
	for (; exponent < EXPONENT_MIN && coefficient > 0; exponent++)
		coefficient = floor(coefficient / 2);
	if (coefficient == 0)
		return 0;
	if (is_negative)
		coefficient = -coefficient;
	return (uint32_t)exponent << COEFFICIENT_BITS |
	       ((uint32_t)(int32_t)coefficient & ((1U << COEFFICIENT_BITS) - 1));
}

double candm_float_unpack(uint32_t packed)
{
	int exponent = (int)(packed >> COEFFICIENT_BITS);
	int32_t coefficient = (int32_t)(packed & ((1U << COEFFICIENT_BITS) - 1));

	if (exponent > EXPONENT_MAX)
		exponent -= 1 << EXPONENT_BITS;
	if (coefficient > COEFFICIENT_MAX)
		coefficient -= 1 << COEFFICIENT_BITS;
	return ldexp(coefficient, exponent - COEFFICIENT_BITS);
}

/* In bytes. Where clients of several ages send different lengths, the shortest. */
static const uint16_t lengths[CANDM_COMMAND_COUNT] = {
	[CANDM_NULL] = 28,           [CANDM_ONLINE] = 60,       [CANDM_OFFLINE] = 60,
	[CANDM_BURST] = 68,          [CANDM_MINPOLL] = 44,      [CANDM_MAXPOLL] = 44,
	[CANDM_DUMP] = 28,           [CANDM_MAXDELAY] = 44,     [CANDM_MAXDELAYRATIO] = 44,
	[CANDM_MAXUPDATESKEW] = 28,  [CANDM_LOGON] = 32,        [CANDM_SETTIME] = 40,
	[CANDM_MANUAL] = 28,         [CANDM_N_SOURCES] = 32,    [CANDM_SOURCE_DATA] = 76,
	[CANDM_REKEY] = 28,          [CANDM_ALLOW] = 44,        [CANDM_ALLOW_ALL] = 44,
	[CANDM_DENY] = 44,           [CANDM_DENY_ALL] = 44,     [CANDM_CMDALLOW] = 44,
	[CANDM_CMDALLOW_ALL] = 44,   [CANDM_CMDDENY] = 44,      [CANDM_CMDDENY_ALL] = 44,
	[CANDM_ACCHECK] = 40,        [CANDM_CMDACCHECK] = 40,   [CANDM_DELETE_SOURCE] = 40,
	[CANDM_WRITERTC] = 28,       [CANDM_DFREQ] = 28,        [CANDM_DOFFSET_OLD] = 28,
	[CANDM_TRACKING] = 104,      [CANDM_SOURCESTATS] = 84,  [CANDM_RTCDATA] = 56,
	[CANDM_TRIMRTC] = 28,        [CANDM_CYCLELOGS] = 28,    [CANDM_MANUAL_LIST] = 416,
	[CANDM_MANUAL_DELETE] = 28,  [CANDM_MAKESTEP] = 28,     [CANDM_ACTIVITY] = 48,
	[CANDM_MINSTRATUM] = 44,     [CANDM_POLLTARGET] = 44,   [CANDM_MAXDELAYDEVRATIO] = 44,
	[CANDM_RESELECT] = 28,       [CANDM_RESELECTDIST] = 28, [CANDM_SET_MAKESTEP] = 28,
	[CANDM_SMOOTHING] = 52,      [CANDM_SMOOTHTIME] = 28,   [CANDM_REFRESH] = 28,
	[CANDM_SERVERSTATS] = 48,    [CANDM_CLIENTS_OLD] = 424, [CANDM_LOCAL_OLD] = 36,
	[CANDM_NTPDATA] = 152,       [CANDM_SHUTDOWN] = 28,     [CANDM_ONOFFLINE] = 28,
	[CANDM_ADD_SOURCE] = 372,    [CANDM_SOURCENAME] = 284,  [CANDM_RESET_SOURCES] = 28,
	[CANDM_AUTHDATA] = 52,       [CANDM_CLIENTS] = 520,     [CANDM_SELECTDATA] = 76,
	[CANDM_RELOAD_SOURCES] = 28, [CANDM_DOFFSET] = 28,      [CANDM_SELECTOPTS] = 52,
	[CANDM_OFFSET] = 48,         [CANDM_LOCAL] = 48,
};

uint16_t candm_request_length(uint16_t command)
{
	return command < CANDM_COMMAND_COUNT ? lengths[command] : 0;
}

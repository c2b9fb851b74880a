/* SPDX-License-Identifier: MIT */
#include "wire/ubx_frame.h"

#include <assert.h>
#include <string.h>

/* Payload, little-endian. Lengths are checked before: UBX messages only ever grow at their end. */
struct payload {
	const uint8_t *bytes;
	size_t length_bytes;
};

static uint32_t u2(const struct payload *in, size_t at)
{
	assert(at + 2 <= in->length_bytes);
	return in->bytes[at] | (uint32_t)in->bytes[at + 1] << 8;
}

static uint32_t u4(const struct payload *in, size_t at)
{
	return u2(in, at) | u2(in, at + 2) << 16;
}

static uint8_t u1(const struct payload *in, size_t at)
{
	assert(at < in->length_bytes);
	return in->bytes[at];
}

static int32_t i4(const struct payload *in, size_t at)
{
	return (int32_t)u4(in, at);
}

static bool is_set(uint8_t flags, unsigned bit)
{
	return (flags >> bit & 1) != 0;
}

static enum ubx_fix fix_of(uint8_t code)
{
	return code <= UBX_FIX_TIME_ONLY ? (enum ubx_fix)code : UBX_FIX_NONE;
}

static struct gnss_time date_and_time(const struct payload *in, size_t at, int32_t nanosecond)
{
	return (struct gnss_time){
		.year = (uint16_t)u2(in, at),
		.month = u1(in, at + 2),
		.day = u1(in, at + 3),
		.hour = u1(in, at + 4),
		.minute = u1(in, at + 5),
		.second = u1(in, at + 6),
		.nanosecond = nanosecond,
	};
}

static enum ubx_verdict checked(const struct ubx_utc *utc)
{
	if ((utc->has_time || utc->is_leap_unknown) &&
	    (utc->time.year < 1980 || !gnss_time_exists(&utc->time)))
		return UBX_BAD_FIELD;
	return UBX_GOOD;
}

/* valid: 1 = time of week, 2 = week number, 4 = leap seconds are known. */
static enum ubx_verdict nav_timeutc(const struct payload *in, struct ubx_frame *out)
{
	const uint8_t valid = u1(in, 19) & 7;

	out->utc = (struct ubx_utc){
		.tow_ms = u4(in, 0),
		.accuracy_ns = u4(in, 4),
		.time = date_and_time(in, 12, i4(in, 8)),
		.has_time = valid == 7,
		.is_leap_unknown = valid == 3,
	};
	return checked(&out->utc);
}

/* valid: 1 = date, 2 = time, 4 = fully resolved (no seconds of uncertainty). Whether the leap
 * seconds are from the sky it does not say: NAV-TIMEUTC and NAV-TIMELS do. */
static enum ubx_verdict nav_pvt(const struct payload *in, struct ubx_frame *out)
{
	const uint8_t valid = u1(in, 11) & 7;

	out->utc = (struct ubx_utc){
		.tow_ms = u4(in, 0),
		.time = date_and_time(in, 4, i4(in, 16)),
		.has_time = valid == 7,
		.is_leap_unknown = valid == 3,
		.accuracy_ns = u4(in, 12),
		.has_fix = true,
		.is_fix_good = is_set(u1(in, 21), 0),
		.fix = fix_of(u1(in, 20)),
		.used_count = u1(in, 23),
	};
	return checked(&out->utc);
}

static enum ubx_verdict nav_sol(const struct payload *in, struct ubx_frame *out)
{
	out->solution = (struct ubx_solution){
		.tow_ms = u4(in, 0),
		.is_fix_good = is_set(u1(in, 11), 0),
		.fix = fix_of(u1(in, 10)),
		.used_count = u1(in, 47),
	};
	return UBX_GOOD;
}

/* valid: 1 = time of week, 2 = week, 4 = leap seconds. */
static enum ubx_verdict nav_timegps(const struct payload *in, struct ubx_frame *out)
{
	const uint8_t valid = u1(in, 11);

	out->gps = (struct ubx_gps){
		.tow_ms = u4(in, 0),
		.nanosecond = i4(in, 4),
		.week = (uint16_t)u2(in, 8),
		.has_time = (valid & 3) == 3,
		.has_leap = is_set(valid, 2),
		.gps_utc_s = (int8_t)u1(in, 10),
		.accuracy_ns = u4(in, 12),
	};
	return out->gps.has_time && out->gps.tow_ms >= 604800000 ? UBX_BAD_FIELD : UBX_GOOD;
}

/* The source of the count: 0 = the firmware's own table, 255 = not known. */
static enum ubx_verdict nav_timels(const struct payload *in, struct ubx_frame *out)
{
	const uint8_t source = u1(in, 8), valid = u1(in, 23);

	out->leap = (struct ubx_leap){
		.has_count = is_set(valid, 0) && source != 0 && source != 255,
		.gps_utc_s = (int8_t)u1(in, 9),
		.has_event = is_set(valid, 1),
		.change = (int8_t)u1(in, 11),
		.until_event_s = i4(in, 12),
	};
	if (out->leap.change < -1 || out->leap.change > 1)
		return UBX_BAD_FIELD;
	return UBX_GOOD;
}

static enum ubx_verdict tim_tp(const struct payload *in, struct ubx_frame *out)
{
	const uint8_t flags = u1(in, 14);

	out->pulse = (struct ubx_pulse){
		.tow_ms = u4(in, 0),
		.tow_submilli_q32_ms = u4(in, 4),
		.error_ps = i4(in, 8),
		.week = (uint16_t)u2(in, 12),
		.is_utc = is_set(flags, 0),
		.has_error = !is_set(flags, 4),
	};
	return UBX_GOOD;
}

/* Both list satellites in blocks of 12 bytes behind a head of 8; what differs is where the count
 * stands, the signal's strength and the flag `used`. */
static enum ubx_verdict satellites(const struct payload *in, struct ubx_frame *out)
{
	const bool is_sat = out->message == UBX_NAV_SAT;
	const size_t count = u1(in, is_sat ? 5 : 4);

	out->satellites = (struct ubx_satellites){ 0 };
	if (in->length_bytes < 8 + 12 * count)
		return UBX_TOO_SHORT;
	for (size_t i = 0; i < count; i++) {
		const size_t at = 8 + 12 * i;
		const uint8_t strength_db = u1(in, at + (is_sat ? 2 : 4));
		const bool is_used = is_sat ? is_set(u1(in, at + 8), 3) : is_set(u1(in, at + 2), 0);

		out->satellites.used_count = (uint8_t)(out->satellites.used_count + is_used);
		out->satellites.seen_count =
			(uint8_t)(out->satellites.seen_count + (strength_db > 0 || is_used));
	}
	return UBX_GOOD;
}

static enum ubx_antenna antenna_of(uint8_t code)
{
	return code <= UBX_ANTENNA_OPEN ? (enum ubx_antenna)code : UBX_ANTENNA_UNKNOWN;
}

/* The payload grew from 60 bytes (u-blox 7) and 68 (u-blox 5, 6): the jamming figure moved. */
static enum ubx_verdict mon_hw(const struct payload *in, struct ubx_frame *out)
{
	out->hardware = (struct ubx_hardware){
		.noise = (uint16_t)u2(in, 16),
		.gain = (uint16_t)u2(in, 18),
		.antenna = antenna_of(u1(in, 20)),
		.jamming = u1(in, in->length_bytes == 68 ? 53 : 45),
	};
	return UBX_GOOD;
}

static enum ubx_verdict mon_rf(const struct payload *in, struct ubx_frame *out)
{
	if (u1(in, 1) == 0)
		return UBX_TOO_SHORT;
	out->hardware = (struct ubx_hardware){
		.antenna = antenna_of(u1(in, 4 + 2)),
		.noise = (uint16_t)u2(in, 4 + 12),
		.gain = (uint16_t)u2(in, 4 + 14),
		.jamming = u1(in, 4 + 16),
	};
	return UBX_GOOD;
}

static const struct {
	enum ubx_message message;
	uint8_t length_bytes_min;
	enum ubx_verdict (*decode)(const struct payload *in, struct ubx_frame *out);
} messages[] = {
	{ UBX_NAV_SOL, 52, nav_sol },         { UBX_NAV_PVT, 84, nav_pvt },
	{ UBX_NAV_TIMEGPS, 16, nav_timegps }, { UBX_NAV_TIMEUTC, 20, nav_timeutc },
	{ UBX_NAV_TIMELS, 24, nav_timels },   { UBX_NAV_SVINFO, 8, satellites },
	{ UBX_NAV_SAT, 8, satellites },       { UBX_MON_HW, 60, mon_hw },
	{ UBX_MON_RF, 28, mon_rf },           { UBX_TIM_TP, 16, tim_tp },
};

/* RFC 1145's, over all but the sync characters and itself. */
static void fletcher(const uint8_t *bytes, size_t length_bytes, uint8_t sums_out[UBX_CHECKSUM_SIZE])
{
	uint8_t a = 0, b = 0;

	for (size_t i = 2; i < length_bytes - UBX_CHECKSUM_SIZE; i++) {
		a = (uint8_t)(a + bytes[i]);
		b = (uint8_t)(b + a);
	}
	sums_out[0] = a;
	sums_out[1] = b;
}

bool ubx_frame_is_sound(const uint8_t *bytes, size_t length_bytes)
{
	uint8_t sums[UBX_CHECKSUM_SIZE];

	if (length_bytes < UBX_AROUND_SIZE || bytes[0] != UBX_SYNC_1 || bytes[1] != UBX_SYNC_2 ||
	    (size_t)(bytes[4] | bytes[5] << 8) != length_bytes - UBX_AROUND_SIZE)
		return false;
	fletcher(bytes, length_bytes, sums);
	return memcmp(bytes + length_bytes - UBX_CHECKSUM_SIZE, sums, sizeof sums) == 0;
}

size_t ubx_frame_wrap(enum ubx_message message, const uint8_t *payload, size_t payload_bytes,
                      uint8_t *bytes_out)
{
	const size_t length_bytes = payload_bytes + UBX_AROUND_SIZE;

	bytes_out[0] = UBX_SYNC_1;
	bytes_out[1] = UBX_SYNC_2;
	bytes_out[2] = (uint8_t)((unsigned)message >> 8);
	bytes_out[3] = (uint8_t)message;
	bytes_out[4] = (uint8_t)payload_bytes;
	bytes_out[5] = (uint8_t)(payload_bytes >> 8);
	memcpy(bytes_out + UBX_HEADER_SIZE, payload, payload_bytes);
	fletcher(bytes_out, length_bytes, bytes_out + length_bytes - UBX_CHECKSUM_SIZE);
	return length_bytes;
}

enum ubx_verdict ubx_frame_decode(const uint8_t *bytes, size_t length_bytes,
                                  struct ubx_frame *frame_out)
{
	const struct payload in = { bytes + UBX_HEADER_SIZE,
		                    length_bytes - UBX_HEADER_SIZE - UBX_CHECKSUM_SIZE };
	unsigned message;

	assert(ubx_frame_is_sound(bytes, length_bytes));
	message = (unsigned)bytes[2] << 8 | bytes[3];
	frame_out->message = UBX_OTHER;
	for (size_t i = 0; i < ARRAY_COUNT(messages); i++) {
		if (messages[i].message != message)
			continue;
		frame_out->message = messages[i].message;
		if (in.length_bytes < messages[i].length_bytes_min)
			return UBX_TOO_SHORT;
		return messages[i].decode(&in, frame_out);
	}
	return UBX_UNREAD;
}

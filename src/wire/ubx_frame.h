/* wire/ubx_frame: u-blox's binary messages that are about time, satellites and antenna.
 * SPDX-License-Identifier: MIT
 *
 * Bytes of one whole frame -> structs. Source: u-blox F9 HPG 1.32 interface description
 * (UBX-22008968), sections 3.4 (frame, checksum) and 3.12..3.17; u-blox 6 receiver description
 * (GPS.G6-SW-10018) for NAV-SOL, NAV-SVINFO and MON-HW. All numbers little-endian. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "wire/gnss_time.h"

#define UBX_SYNC_1        0xb5
#define UBX_SYNC_2        0x62
#define UBX_HEADER_SIZE   6
#define UBX_CHECKSUM_SIZE 2
#define UBX_AROUND_SIZE   (UBX_HEADER_SIZE + UBX_CHECKSUM_SIZE)

enum ubx_message { /* class << 8 | id */
	           UBX_NAV_SOL = 0x0106,
	           UBX_NAV_PVT = 0x0107,
	           UBX_NAV_TIMEGPS = 0x0120,
	           UBX_NAV_TIMEUTC = 0x0121,
	           UBX_NAV_TIMELS = 0x0126,
	           UBX_NAV_SVINFO = 0x0130,
	           UBX_NAV_SAT = 0x0135,
	           UBX_MON_HW = 0x0a09,
	           UBX_MON_RF = 0x0a38,
	           UBX_TIM_TP = 0x0d01,
	           UBX_OTHER = 0,
};

enum ubx_verdict {
	UBX_GOOD,
	UBX_UNREAD,    /* sound, but none of those above: `message` is UBX_OTHER */
	UBX_TOO_SHORT, /* its payload is shorter than the message needs */
	UBX_BAD_FIELD, /* a date or a time that does not exist, though it is marked valid */
};

enum ubx_fix {
	UBX_FIX_NONE,
	UBX_FIX_DEAD_RECKONING,
	UBX_FIX_2D,
	UBX_FIX_3D,
	UBX_FIX_COMBINED,
	UBX_FIX_TIME_ONLY
};

struct ubx_utc { /* NAV-TIMEUTC, NAV-PVT */
	uint32_t tow_ms;
	struct gnss_time time; /* good only if has_time */
	bool has_time;         /* date and time are valid and the receiver knows the leap seconds */
	bool is_leap_unknown;  /* else valid, but UTC may be whole seconds off */
	uint32_t accuracy_ns;  /* UINT32_MAX: none */
	bool has_fix;          /* NAV-PVT, or `fix` is meaningless */
	bool is_fix_good;      /* within the receiver's limits */
	enum ubx_fix fix;
	uint8_t used_count;
};

struct ubx_solution { /* NAV-SOL, of u-blox 4 to 7 */
	uint32_t tow_ms;
	bool is_fix_good;
	enum ubx_fix fix;
	uint8_t used_count;
};

struct ubx_gps { /* NAV-TIMEGPS */
	uint32_t tow_ms;
	int32_t nanosecond; /* to be added */
	uint16_t week;      /* not modulo 1024 */
	bool has_time;      /* week and time of week are valid */
	bool has_leap;
	int8_t gps_utc_s;
	uint32_t accuracy_ns;
};

struct ubx_leap {              /* NAV-TIMELS */
	bool has_count;        /* known from the sky, not from the firmware's table */
	int8_t gps_utc_s;      /* GPS - UTC: 18 since 2017 */
	bool has_event;        /* the next two are good */
	int8_t change;         /* at the event: -1, 0, 1 */
	int32_t until_event_s; /* < 0: it is past */
};

struct ubx_pulse { /* TIM-TP: the next time pulse */
	uint32_t tow_ms;
	uint32_t tow_submilli_q32_ms;
	uint16_t week;
	bool is_utc; /* week and time of week are of UTC, else of a GNSS */
	bool has_error;
	int32_t error_ps; /* add it to a stamp of the pulse: the pulse comes early by so much */
};

struct ubx_satellites {                 /* NAV-SAT, NAV-SVINFO */
	uint8_t used_count, seen_count; /* seen: with a signal */
};

enum ubx_antenna {
	UBX_ANTENNA_INIT,
	UBX_ANTENNA_UNKNOWN,
	UBX_ANTENNA_OK,
	UBX_ANTENNA_SHORT,
	UBX_ANTENNA_OPEN
};

struct ubx_hardware { /* MON-HW; MON-RF: of its first receiving path */
	enum ubx_antenna antenna;
	uint16_t noise;
	uint16_t gain;   /* of the amplifier, 0..8191; high = weak input */
	uint8_t jamming; /* 0 = none .. 255 */
};

struct ubx_frame {
	enum ubx_message message;
	union {
		struct ubx_utc utc;
		struct ubx_solution solution;
		struct ubx_gps gps;
		struct ubx_leap leap;
		struct ubx_pulse pulse;
		struct ubx_satellites satellites;
		struct ubx_hardware hardware;
	};
};

/* Sync characters, length and the 8-bit Fletcher checksum (RFC 1145) are right. */
bool ubx_frame_is_sound(const uint8_t *bytes, size_t length_bytes);

/* Puts header and checksum around a payload; bytes_out needs UBX_AROUND_SIZE more. Returns the
 * frame's length. */
size_t ubx_frame_wrap(enum ubx_message message, const uint8_t *payload, size_t payload_bytes,
                      uint8_t *bytes_out);

/* `bytes` must be a sound frame. *frame_out is whole only on UBX_GOOD. */
NODISCARD enum ubx_verdict ubx_frame_decode(const uint8_t *bytes, size_t length_bytes,
                                            struct ubx_frame *frame_out);

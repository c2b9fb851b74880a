/* wire/candm: the command and monitoring protocol that chronyc speaks, version 6: codes, lengths
 * and basic types, bytes only. SPDX-License-Identifier: MIT
 *
 * There is no published specification; the layouts were established by watching chronyc. Integers
 * are in network byte order, nothing is padded. What a request means is control/'s business. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/address.h"
#include "base/instant.h"
#include "base/reader.h"
#include "base/writer.h"

#define CANDM_PORT           323
#define CANDM_VERSION        6
#define CANDM_VERSION_LEAST  5 /* older ones are not even told so */
#define CANDM_REQUEST_HEADER 20
#define CANDM_REPLY_HEADER   28
#define CANDM_REQUEST_MIN    CANDM_REPLY_HEADER /* so that the shortest reply is no longer */
#define CANDM_REQUEST_MAX    860
#define CANDM_REPLY_MAX      524
#define CANDM_NAME_SIZE      256 /* of a source's name, with its terminating zero */

enum candm_packet { CANDM_REQUEST = 1, CANDM_REPLY = 2 };

enum candm_command {
	CANDM_NULL = 0,
	CANDM_ONLINE = 1,
	CANDM_OFFLINE = 2,
	CANDM_BURST = 3,
	CANDM_MINPOLL = 4,
	CANDM_MAXPOLL = 5,
	CANDM_DUMP = 6,
	CANDM_MAXDELAY = 7,
	CANDM_MAXDELAYRATIO = 8,
	CANDM_MAXUPDATESKEW = 9,
	CANDM_LOGON = 10,
	CANDM_SETTIME = 11,
	CANDM_MANUAL = 13,
	CANDM_N_SOURCES = 14,
	CANDM_SOURCE_DATA = 15,
	CANDM_REKEY = 16,
	CANDM_ALLOW = 17,
	CANDM_ALLOW_ALL = 18,
	CANDM_DENY = 19,
	CANDM_DENY_ALL = 20,
	CANDM_CMDALLOW = 21,
	CANDM_CMDALLOW_ALL = 22,
	CANDM_CMDDENY = 23,
	CANDM_CMDDENY_ALL = 24,
	CANDM_ACCHECK = 25,
	CANDM_CMDACCHECK = 26,
	CANDM_DELETE_SOURCE = 29,
	CANDM_WRITERTC = 30,
	CANDM_DFREQ = 31,
	CANDM_DOFFSET_OLD = 32, /* before 4.1; in a form that nobody has described */
	CANDM_TRACKING = 33,
	CANDM_SOURCESTATS = 34,
	CANDM_RTCDATA = 35,
	CANDM_TRIMRTC = 36,
	CANDM_CYCLELOGS = 37,
	CANDM_MANUAL_LIST = 41,
	CANDM_MANUAL_DELETE = 42,
	CANDM_MAKESTEP = 43,
	CANDM_ACTIVITY = 44,
	CANDM_MINSTRATUM = 45,
	CANDM_POLLTARGET = 46,
	CANDM_MAXDELAYDEVRATIO = 47,
	CANDM_RESELECT = 48,
	CANDM_RESELECTDIST = 49,
	CANDM_SET_MAKESTEP = 50,
	CANDM_SMOOTHING = 51,
	CANDM_SMOOTHTIME = 52,
	CANDM_REFRESH = 53,
	CANDM_SERVERSTATS = 54,
	CANDM_CLIENTS_OLD = 55, /* 3.x; in a form that nobody has described */
	CANDM_LOCAL_OLD = 56,   /* before 4.6 */
	CANDM_NTPDATA =
		57, /* 58 to 61: sources added by 3.x, in a form that nobody has described */
	CANDM_SHUTDOWN = 62,
	CANDM_ONOFFLINE = 63,
	CANDM_ADD_SOURCE = 64,
	CANDM_SOURCENAME = 65,
	CANDM_RESET_SOURCES = 66,
	CANDM_AUTHDATA = 67,
	CANDM_CLIENTS = 68,
	CANDM_SELECTDATA = 69,
	CANDM_RELOAD_SOURCES = 70,
	CANDM_DOFFSET = 71,
	CANDM_SELECTOPTS = 72,
	CANDM_OFFSET = 73,
	CANDM_LOCAL = 74,
	CANDM_COMMAND_COUNT
};

enum candm_reply {
	CANDM_REPLY_NULL = 1,
	CANDM_REPLY_N_SOURCES = 2,
	CANDM_REPLY_SOURCE_DATA = 3,
	CANDM_REPLY_TRACKING = 5,
	CANDM_REPLY_SOURCESTATS = 6,
	CANDM_REPLY_RTC = 7,
	CANDM_REPLY_ACTIVITY = 12,
	CANDM_REPLY_SMOOTHING = 13,
	CANDM_REPLY_SERVERSTATS_3 = 14, /* 3.x: 5 counters of 32 bits */
	CANDM_REPLY_NTPDATA_OLD = 16,   /* before 4.6: without counts of stamps */
	CANDM_REPLY_SETTIME = 17,
	CANDM_REPLY_MANUAL_LIST = 18,
	CANDM_REPLY_SOURCENAME = 19,
	CANDM_REPLY_AUTHDATA = 20,
	CANDM_REPLY_CLIENTS = 21,
	CANDM_REPLY_SERVERSTATS_40 = 22, /* 4.0: 8 counters of 32 bits */
	CANDM_REPLY_SELECTDATA = 23,
	CANDM_REPLY_SERVERSTATS_42 = 24, /* 4.2: 11 counters of 32 bits */
	CANDM_REPLY_SERVERSTATS = 25,
	CANDM_REPLY_NTPDATA = 26,
};

enum candm_status {
	CANDM_OK = 0,
	CANDM_FAILED = 1,
	CANDM_UNAUTHORISED = 2,
	CANDM_INVALID = 3,
	CANDM_NO_SUCH_SOURCE = 4,
	CANDM_NOT_ENABLED = 6,
	CANDM_BAD_SUBNET = 7,
	CANDM_ACCESS_ALLOWED = 8,
	CANDM_ACCESS_DENIED = 9,
	CANDM_SOURCE_KNOWN = 11,
	CANDM_TOO_MANY_SOURCES = 12,
	CANDM_NO_RTC = 13,
	CANDM_BAD_RTC_FILE = 14,
	CANDM_INACTIVE = 15, /* no log of clients is kept */
	CANDM_BAD_SAMPLE = 16,
	CANDM_BAD_FAMILY = 17,
	CANDM_BAD_VERSION = 18,
	CANDM_BAD_LENGTH = 19,
	CANDM_INVALID_NAME = 21,
};

struct candm_request {
	uint8_t version, packet, reserved_1, reserved_2;
	uint16_t command, attempt;
	uint32_t sequence;
	uint32_t reserved_3, reserved_4;
};

struct candm_reply_header {
	uint16_t command, reply, status;
	uint32_t sequence;
};

/* A source is named by its address or, while its name has none, by a number. */
enum candm_address_kind {
	CANDM_ADDRESS_NONE,
	CANDM_ADDRESS_IPV4,
	CANDM_ADDRESS_IPV6,
	CANDM_ADDRESS_ID
};

struct candm_address {
	uint16_t kind;          /* of enum candm_address_kind, or anything that a stranger sends */
	struct address address; /* ADDRESS_NONE unless IPV4 or IPV6 */
	uint32_t id;
};

/* Reading past the end yields zeros, which reader_finish tells of. */
void candm_request_decode(struct reader *in, struct candm_request *request_out);
void candm_reply_encode(const struct candm_reply_header *header, struct writer *out);

struct candm_address candm_address_decode(struct reader *in); /* 20 bytes */
void candm_address_encode(const struct candm_address *address, struct writer *out);

/* 12 bytes: seconds in two halves and nanoseconds. */
void candm_time_encode(struct utc_time when, struct writer *out);
/* False: a time before 1970 or beyond 2262, or no time at all; the bytes are taken anyway. */
bool candm_time_decode(struct reader *in, struct utc_time *when_out);

/* Four bytes: 7 bits of exponent, 25 of coefficient; some 7 decimal digits within 1e-20..9e18. Too
 * large saturates, too small and NaN become 0. */
uint32_t candm_float_pack(double value);
double candm_float_unpack(uint32_t packed);
static inline void candm_float_encode(double value, struct writer *out)
{
	writer_u32(out, candm_float_pack(value));
}

/* How long a request must at least be, header and padding included, so that its shortest reply (of
 * the oldest client's form) is no longer; 0 = no such command. */
uint16_t candm_request_length(uint16_t command);

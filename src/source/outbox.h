/* source/outbox: what a state machine wants done, as data, in the order it wants it.
 * SPDX-License-Identifier: MIT
 *
 * The caller owns the outbox, hands it empty to one event, carries out what stands in it and clears
 * it. Overflow is our own bug (an assertion): every event's worst case is below OUTBOX_MAX. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/instant.h"

#define OUTBOX_MAX         96
#define OUTBOX_PAYLOAD_MAX 512        /* bytes of a datagram that we send */
#define OUTBOX_NAME_MAX    256        /* with the terminating zero */
#define OUTBOX_STATE_MAX   256        /* bytes of a state file */
#define ASSOCIATION_SERVER UINT32_MAX /* the server's sockets instead of an association's own */

enum action_kind {
	ACTION_SEND,    /* a datagram; for an association, from a fresh random port (RFC 9109) */
	ACTION_CLOSE,   /* the association awaits no reply any more: its socket may go */
	ACTION_RESOLVE, /* name -> addresses; comes back as node_on_resolved */
	ACTION_ADJUST_CLOCK, /* comes back as node_on_clock_adjusted, at once */
	ACTION_SAVE,         /* replace a state file, atomically */
	ACTION_SET_RTC,      /* at once; comes back as node_on_rtc_set */
	ACTION_GIVE_UP,      /* end the program with an error; the trace said why */
};

enum state_file {
	STATE_FILE_DRIFT,
	STATE_FILE_LATENESS,
	STATE_FILE_RTC,  /* of the real-time clock: wire/rtc_file */
	STATE_FILE_LEAP, /* one that no table held: first second after it, since 1970, and TAI - UTC
	                  */
	STATE_FILE_SPENT, /* of makestep's and maxchange's budgets: updates and ignored changes */
	STATE_FILE_TIME,  /* the time when it was saved, known to be right: seconds since 1970 */
	STATE_FILE_COUNT,
};

/* NTP leap indicator (RFC 5905 figure 9). */
enum leap { LEAP_NONE, LEAP_INSERT, LEAP_DELETE, LEAP_UNSYNCHRONISED };

struct send_action {
	uint32_t association;  /* or ASSOCIATION_SERVER */
	struct address remote; /* with port */
	struct address local;  /* server: send from here; ADDRESS_NONE = any */
	uint16_t length_bytes;
	uint16_t transmit_at_byte; /* not 0: write the clock's reading there as NTP64, as late as
	                              possible */
	int64_t transmit_add_ns;  /* and added to it: the server's time is not always the clock's */
	char device[16];          /* an association's: by this interface only; "" = any */
	bool is_from_server_port; /* an association's, yet by the server's sockets: a peer's */
	bool keeps_stamp;         /* tell node_on_answered when it left */
	bool is_to_be_signed; /* the server's: not to be sent, but to be signed by Samba, with … */
	uint8_t signing_key[4]; /* the key of this number, in the client's byte order */
	uint32_t seal_key_id;   /* not 0: last of all, node_seal puts the MAC of this key
	                           behind the bytes */
	uint8_t bytes[OUTBOX_PAYLOAD_MAX];
};

struct clock_command {
	double frequency; /* s/s by which the kept clock shall outrun the free clock: correction of
	                     the oscillator plus the slew of the moment */
	int64_t step_ns;  /* added to the clock first; 0 = no step */
	bool is_synchronised;
	int64_t error_max_ns;      /* bound, for the kernel's maxerror; >= 0 */
	int64_t error_estimate_ns; /* one sd, for esterror; >= 0 */
	enum leap leap;
	int16_t tai_offset_s; /* TAI - UTC; 0 = unknown, leave it */
};

struct action {
	enum action_kind kind;
	union {
		struct send_action send;
		uint32_t close_association;
		struct {
			uint32_t request; /* comes back with the answer */
			uint8_t family;   /* enum address_family; ADDRESS_NONE = both */
			char name[OUTBOX_NAME_MAX];
		} resolve;
		struct clock_command clock;
		int64_t rtc_second; /* UTC, since 1970 */
		struct {
			enum state_file file;
			uint16_t length_bytes;
			char bytes[OUTBOX_STATE_MAX];
		} save;
	};
};

struct outbox {
	size_t count;
	struct action actions[OUTBOX_MAX];
};

/* The next free action, zeroed but for its kind, already counted. Never NULL. */
struct action *outbox_add(struct outbox *out, enum action_kind kind);

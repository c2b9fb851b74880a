/* wire/nmea_sentence: what a GNSS receiver's text sentences say of time, fix, satellites and
 * antenna. SPDX-License-Identifier: MIT
 *
 * Bytes of one sentence -> struct. Source: NMEA 0183 v4.11 as described in u-blox's and Quectel's
 * protocol specifications; the antenna sentences of MediaTek receivers (PGTOP, PCD). Any talker
 * (GP GN GL GA GB BD GQ QZ GI ...) is read. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "wire/gnss_time.h"

#define NMEA_SENTENCE_TEXT_SIZE 64

enum nmea_verdict {
	NMEA_GOOD,
	NMEA_UNREAD,       /* sound, but a sentence that tells nothing we want */
	NMEA_NO_CHECKSUM,  /* else good: everything is filled in, believe it if you will */
	NMEA_BAD_CHECKSUM, /* nothing is filled in */
	NMEA_MALFORMED,    /* no sentence: no "$", no talker, too few fields for its kind */
	NMEA_BAD_FIELD,    /* a number that is none, a date that does not exist */
};

enum nmea_kind {
	NMEA_OTHER,
	NMEA_RMC,
	NMEA_ZDA,
	NMEA_GGA,
	NMEA_GLL,
	NMEA_GNS,
	NMEA_GSA,
	NMEA_GSV,
	NMEA_TXT,
	NMEA_ANTENNA
};

/* What the sentence itself says; ZDA says nothing. */
enum nmea_fix {
	NMEA_FIX_UNSAID,
	NMEA_FIX_NONE,
	NMEA_FIX_ESTIMATED, /* dead reckoning */
	NMEA_FIX_SIMULATED,
	NMEA_FIX_GOOD
};

enum nmea_antenna {
	NMEA_ANTENNA_UNSAID,
	NMEA_ANTENNA_OK,
	NMEA_ANTENNA_SHORT,
	NMEA_ANTENNA_OPEN,
	NMEA_ANTENNA_INTERNAL
};

struct nmea_sentence {
	enum nmea_kind kind;
	char talker[3];          /* "GP"; "P" for proprietary sentences */
	bool has_time;           /* of day: RMC ZDA GGA GLL GNS */
	struct gnss_time time;   /* year 0 = the sentence has no date, or an empty one */
	bool is_year_two_digits; /* RMC: time.year is within 1980..2079 */
	enum nmea_fix fix;       /* RMC GGA GLL GNS GSA */
	bool has_used, has_seen;
	uint8_t used_count;                 /* GGA GNS GSA: satellites */
	uint8_t seen_count;                 /* GSV: of this talker's systems */
	uint8_t dimensions;                 /* GSA: 2 or 3; else 0 */
	enum nmea_antenna antenna;          /* TXT, ANTENNA */
	char text[NMEA_SENTENCE_TEXT_SIZE]; /* TXT: cut where it is longer */
};

/* `bytes` from the "$" on, without CR and LF; need not be terminated. *sentence_out is good after
 * NMEA_GOOD and NMEA_NO_CHECKSUM; after NMEA_UNREAD only talker and kind are. */
NODISCARD enum nmea_verdict nmea_sentence_decode(const uint8_t *bytes, size_t length_bytes,
                                                 struct nmea_sentence *sentence_out);
const char *nmea_sentence_verdict_word(enum nmea_verdict verdict); /* "bad checksum" */

/* refclock/gnss_status: what a GNSS receiver says of itself, for reports. SPDX-License-Identifier:
 * MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"

#define GNSS_STATUS_SENTENCE_SIZE 84

enum gnss_fix {
	GNSS_FIX_UNSAID,
	GNSS_FIX_NONE,
	GNSS_FIX_ESTIMATED, /* dead reckoning */
	GNSS_FIX_SIMULATED,
	GNSS_FIX_GOOD, /* position known, of how many dimensions is not */
	GNSS_FIX_TIME_ONLY,
	GNSS_FIX_2D,
	GNSS_FIX_3D,
};

enum gnss_antenna {
	GNSS_ANTENNA_UNSAID,
	GNSS_ANTENNA_OK,
	GNSS_ANTENNA_SHORT,
	GNSS_ANTENNA_OPEN,
	GNSS_ANTENNA_INTERNAL,
};

/* What became of a time that the receiver said. */
enum gnss_verdict {
	GNSS_TAKEN,
	GNSS_NO_TIME_YET, /* fields for the time are empty */
	GNSS_NO_DATE,     /* a time of day, no sentence that has the date */
	GNSS_NO_FIX,
	GNSS_ESTIMATED, /* dead reckoning: its time is its own oscillator's */
	GNSS_SIMULATED,
	GNSS_INACCURATE,   /* by the receiver's own figure, worse than a millisecond */
	GNSS_LEAP_UNKNOWN, /* the receiver does not know the leap seconds yet: off by whole seconds
	                    */
	GNSS_LEAP_SECOND,  /* 23:59:60 has no number */
	GNSS_JUMPED,       /* its time jumped a moment ago: wait whether it stays there */
	GNSS_UNCHECKED,    /* the sentence has no checksum */
	GNSS_VERDICTS_COUNT,
};

struct gnss_status {
	uint64_t bytes_count, stray_bytes_count; /* stray: of no frame that we know */
	uint64_t sentences_count, ubx_count;     /* sound ones */
	uint64_t bad_checksums_count, bad_fields_count, unchecked_count;
	uint64_t verdict_count[GNSS_VERDICTS_COUNT];
	enum gnss_verdict verdict; /* the last; meaningless before the first */
	bool has_frame;
	struct local_time last_frame; /* when it arrived */

	enum gnss_fix fix;
	bool has_used, has_seen;
	unsigned used_count, seen_count; /* satellites */
	enum gnss_antenna antenna;
	uint32_t accuracy_ns; /* of its time, by its own figure; 0 = not said */

	struct utc_time time; /* that it last said, repaired; 0 = none */
	int eras_count;       /* of 1024 weeks that had to be added to it */
	int64_t jump_ns;      /* its last jump */
	bool has_leap_count, is_leap_unknown;
	int gps_utc_s;   /* GPS - UTC, if has_leap_count */
	int leap_change; /* at leap_at: -1, 1; 0 = none is announced */
	struct utc_time leap_at;
	bool has_pulse_error;
	double pulse_error_s;                          /* of the next pulse, + = late */
	char last_sentence[GNSS_STATUS_SENTENCE_SIZE]; /* sound or not, cut if longer */
};

const char *gnss_status_fix_word(enum gnss_fix fix);             /* "none", "3D" */
const char *gnss_status_antenna_word(enum gnss_antenna antenna); /* NULL = not said */
/* A few words: "no fix", "the receiver does not know the leap seconds yet". */
const char *gnss_status_verdict_phrase(enum gnss_verdict verdict);
/* The same of its last verdict; NULL before the first. */
const char *gnss_status_last_phrase(const struct gnss_status *status);

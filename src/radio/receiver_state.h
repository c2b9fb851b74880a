/* radio/receiver_state: what the receiver's parts share. Private to radio/receiver*.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "radio/alignment.h"
#include "radio/minute_timing.h"
#include "radio/receiver.h"
#include "radio/slots.h"
#include "radio/time_search.h"

#define LEAP_WAIT_SECONDS 100 /* so much of the next minute is needed to be sure */

#define HISTORY_SECONDS 256 /* power of two; four minutes and a bit */

/* The edges as one polarity reads them. */
struct reading {
	struct radio_slots slots;
	struct alignment alignment;
	struct radio_slot history[HISTORY_SECONDS]; /* by number of the second, modulo */
	uint64_t beat_changes;                      /* of slots, when last looked */
};

struct radio_receiver {
	struct radio_config config;
	struct edge_ring ring;
	int64_t now_ns;
	int64_t grid_us; /* all stamps are multiples of it; 0 = none came */
	bool is_sampled; /* the last stamp told no change, at sampled_ns */
	int64_t sampled_ns;
	struct reading readings[2]; /* normal, inverted */
	unsigned active;            /* index of the reading that is believed */
	bool is_aligned;
	uint64_t first_second; /* number of the running minute's first second, when aligned */
	bool length_is_sure;   /* of the minute that ends: leap second or not */
	uint64_t last_verdict_second;
	int64_t minute_number; /* of the running minute */
	struct time_search search;
	struct minute_timing timing;
	bool has_lock; /* lock_guess was the time of minute lock_number */
	int64_t lock_number;
	struct time_guess lock_guess;
	bool minute_is_ready; /* minute waits to be taken */
	struct radio_minute minute;
	bool has_minute;
	uint64_t verdict_counts[3];
};

const struct radio_slot *receiver_slot(const struct radio_receiver *receiver, uint64_t number);
/* The time that the label of minute `number` says, as the marker at the minute's end. */
struct utc_time receiver_marker_utc(const struct radio_receiver *receiver,
                                    const struct time_guess *guess, int64_t age);
bool receiver_is_locked(const struct radio_receiver *receiver); /* confirmed within the hour */
/* How long the running minute is: 60, or 59 or 61 if a leap second is due and seen. When
 * receiver_may_leap, needs LEAP_WAIT_SECONDS from its first on. */
bool receiver_may_leap(const struct radio_receiver *receiver);
unsigned receiver_minute_length(struct radio_receiver *receiver);
/* Weighs the minute that ended and fills receiver->minute. False: the time was found just now, and
 * in a minute that may have a leap second: to be judged again, as receiver_may_leap now says. */
bool receiver_judge_minute(struct radio_receiver *receiver, unsigned length_s);
void receiver_judge_unaligned(struct radio_receiver *receiver);
/* Chances of the frame's symbols, a leap second taken out. */
void receiver_frame_chances(const struct radio_receiver *receiver, uint64_t first_second,
                            unsigned length_s,
                            float chances_out[RADIO_FRAME_SECONDS][RADIO_SYMBOL_COUNT]);

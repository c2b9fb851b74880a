/* refclock/gnss_replay: a recording of a receiver's bytes, played to gnss_receiver.
 * SPDX-License-Identifier: MIT
 *
 * Recordings hold no arrival times. They are made up: each message comes when the time of day that
 * it names has passed since the one before, and a time that does not advance comes at once. */
#pragma once

#include "refclock/gnss_receiver.h"

struct gnss_replay {
	const uint8_t *bytes; /* borrowed */
	size_t length_bytes, used_bytes;
	struct gnss_stream scan;   /* looks ahead for the times of day */
	int64_t day_ns;            /* the last; -1 = none yet */
	enum gnss_frame_kind kind; /* of the message that had the first: the other kind may be of
	                              another time scale */
	struct local_time now;
};

void gnss_replay_init(struct gnss_replay *replay, const uint8_t *bytes, size_t length_bytes,
                      struct local_time start);
/* Plays the bytes up to the end of the next frame. False at the end. *samples_out is what came of
 * them. */
bool gnss_replay_step(struct gnss_replay *replay, struct gnss_receiver *receiver,
                      struct refclock_samples *samples_out);

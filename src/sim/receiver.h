/* sim/receiver: hardware that tells a node the time: a GPS receiver's pulses or its sentences, a
 * radio, another program's samples. SPDX-License-Identifier: MIT
 *
 * It has a time of its own, true or not, and gives a signal each time that this passes a whole
 * interval; the signal comes late and noisily. What a signal looks like follows from the driver of
 * the reference clock that it feeds. Of a time station's radio, when signals come is
 * sim/time_signal's business. */
#pragma once

#include "base/rng.h"
#include "refclock/refclock_options.h"

#define RECEIVER_UNDER_WAY 8 /* signals given and not yet arrived */

struct receiver_options {     /* all numbers, as settings are */
	double offset_s;      /* its time minus true time */
	double ramp;          /* s/s, growth of that */
	double interval_s;    /* 1 */
	double jitter_s;      /* standard deviation of the moment of a signal */
	double late_s;        /* it arrives so much later … */
	double late_jitter_s; /* … give or take this (standard deviation); never early */
	double missing;       /* probability that one does not come */
	double doubled;       /* probability that there is another one, anywhere before the next */
	double wrong;         /* probability that it names the second before or after */
	double torn;          /* shared memory: probability that it is read while it is written */
	double window_s;      /* a PHC: reading it takes so long */
	double stretch_s;     /* a radio: all its pulses end so much later */
	double leap;          /* SHM, SOCK, UBX: what it says of leap seconds, 0..3 as in NTP */
	double is_down;       /* 1 = no signals */
};

struct receiver {
	struct receiver_options options;
	int64_t ramp_since_ns; /* true time since the start */
	struct rng rng;
	uint32_t sequence;
	int64_t named_ns[RECEIVER_UNDER_WAY]; /* what each signal under way says, since the start */
	uint32_t next;
};

struct receiver_plan {     /* of one interval; true times since the start */
	int64_t begins_ns; /* when it is to be asked again */
	unsigned count;    /* 0..2 signals */
	int64_t arrives_ns[2];
	uint32_t slot[2]; /* of named_ns */
};

void receiver_init(struct receiver *receiver, const struct receiver_options *options,
                   uint64_t seed);
/* Folds the ramp so far into the offset: to be called before the options are changed. */
void receiver_fold(struct receiver *receiver, int64_t true_ns);
struct receiver_plan receiver_plan(struct receiver *receiver, int64_t true_ns);
/* named_ns: what it says; of an edge of a line, the level. */
void receiver_add_signal(struct receiver *receiver, struct receiver_plan *plan, int64_t arrives_ns,
                         int64_t named_ns);

#define RECEIVER_BYTES 128

struct receiver_moment {       /* at which a signal arrives */
	int64_t true_ns;       /* since the start of the world … */
	struct utc_time start; /* … which was at this time of UTC, as it counts now */
	int tai_offset_s;      /* TAI - UTC, true */
	struct local_time now; /* of the clock that the signal is stamped by */
};

/* What the driver of this line is fed when the signal in this slot arrives. `bytes` is borrowed by
 * the event. False: no such driver can be fed. */
bool receiver_event(struct receiver *receiver, uint32_t slot, const struct receiver_moment *moment,
                    const struct refclock_options *line, uint8_t bytes[RECEIVER_BYTES],
                    struct refclock_event *event_out);

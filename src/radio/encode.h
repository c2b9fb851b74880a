/* radio/encode: what a station would send, as edges of its carrier, and as bad as asked for.
 * SPDX-License-Identifier: MIT
 *
 * For tests, demonstrations and the simulator. Repeatable: the same config gives the same edges. */
#pragma once

#include "base/attributes.h"
#include "base/instant.h"
#include "base/rng.h"
#include "radio/frame.h"

struct radio_noise {
	double jitter_ms;             /* standard deviation of each edge's time; 0..50 */
	double stretch_ms;            /* by which all pulses end late; -50..50 */
	double width_jitter_ms;       /* standard deviation of that; 0..50 */
	double missing;               /* chance that a second's pulse is lost; 0..1 */
	double wrong;                 /* chance that a second carries another symbol; 0..1 */
	double spikes_per_s;          /* extra pulses and gaps; 0..200 */
	double spike_ms;              /* their mean length; 0..300; 0 = 20 */
	double dropouts_per_hour;     /* 0..3600 */
	double dropout_s;             /* their mean length; 0 = 60 */
	double dropout_toggles_per_s; /* what comes instead: 0 silence, else a random telegraph;
	                                 0..500 */
};

struct radio_signal {
	const struct radio_station *station; /* borrowed as long as the encoder is used */
	struct utc_time from;                /* rounded down to its minute; years 1970..2200 */
	uint32_t minute_count;
	bool is_inverted;
	int8_t dut1_tenths;   /* within what the station can send */
	struct utc_time leap; /* a leap second ends just before it; 0 = none */
	int8_t leap_sign;     /* +1, -1; 0 = none */
	double clock_ppm;     /* by which the clock that times the edges gains; -500..500 */
	double delay_ms;      /* of receiver and path; 0..500 */
	struct radio_noise noise;
	uint64_t seed;
};

#define ENCODE_PENDING_MAX 2048

struct radio_encoder {
	struct radio_signal signal;
	struct rng rng;
	struct utc_time minute; /* of the running frame */
	uint32_t minutes_left;
	uint8_t symbols[RADIO_FRAME_SECONDS_MAX];
	unsigned second, length_s; /* of the running frame */
	int64_t elapsed_s;         /* seconds made since `from`, leap seconds counted */
	int64_t dropout_until_s, next_dropout_s;
	bool is_high; /* of the last edge given */
	unsigned pending_count;
	int64_t pending_ns[ENCODE_PENDING_MAX]; /* toggles to come, sorted */
};

struct radio_edge {
	struct utc_time
		at; /* of a clock that was right at `from` and counts on through leap seconds */
	bool is_high;
};

/* 0, or -EINVAL when the config is out of range. */
NODISCARD int radio_encoder_init(struct radio_encoder *encoder, const struct radio_signal *signal);
/* False at the end. */
bool radio_encoder_next(struct radio_encoder *encoder, struct radio_edge *edge_out);

/* The frame that begins at `minute`: its length, 59..61 s. */
unsigned radio_encode_frame(const struct radio_signal *signal, struct utc_time minute,
                            uint8_t symbols_out[RADIO_FRAME_SECONDS_MAX]);

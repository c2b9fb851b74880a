/* radio/receiver: a long-wave time station: edges of the carrier in, minutes with a verdict out.
 * SPDX-License-Identifier: MIT
 *
 * Reads no clock and no device: the caller says which edge came when, and when time has passed.
 * After each radio_receiver_on_*, call radio_receiver_take until it returns false. See
 * radio/README.md for the idea; facts of the stations in radio/station. */
#pragma once

#include "base/attributes.h"
#include "base/instant.h"
#include "radio/frame.h"

struct radio_receiver;

enum radio_polarity {
	RADIO_POLARITY_AUTO,
	RADIO_POLARITY_NORMAL,   /* high = full carrier */
	RADIO_POLARITY_INVERTED, /* high = carrier reduced or off */
};

struct radio_config {
	const struct radio_station *station; /* borrowed until destroy */
	enum radio_polarity polarity;
	int32_t pivot_year; /* first year of the century that years are taken from; 1970..9000 */
	double odds_nats;   /* a time must be so much likelier than all others; 0 = the default, 18.
	                     * Raised: fewer minutes, later lock. Lowered: false minutes. */
};

enum radio_verdict { RADIO_REFUSED, RADIO_REPAIRED, RADIO_GOOD };

enum radio_reason {
	RADIO_REASON_NONE,
	RADIO_REASON_NO_SIGNAL,     /* hardly any pulse looks like the station's */
	RADIO_REASON_NO_BEAT,       /* pulses, but they do not begin once a second */
	RADIO_REASON_NO_MARKER,     /* no minute marker stands out */
	RADIO_REASON_MARKERS,       /* markers are missing or too many in this minute */
	RADIO_REASON_PARITY,        /* parities[] fail, and too little is known to repair it */
	RADIO_REASON_CALENDAR,      /* no such date or time */
	RADIO_REASON_AMBIGUOUS,     /* several times explain it about as well */
	RADIO_REASON_NOISE,         /* the best time explains it hardly better than noise does */
	RADIO_REASON_CONTRADICTION, /* another time than the minutes before */
	RADIO_REASON_FEW_EDGES,     /* time known, but too few edges to say when it began */
};

enum radio_answer { RADIO_UNKNOWN, RADIO_NO, RADIO_YES };

/* One second, for people to watch. */
struct radio_second {
	int32_t second;          /* of the minute, or -1 when that is unknown */
	uint8_t symbol;          /* enum radio_symbol: the likeliest */
	float chance;            /* of that symbol, by its shape alone */
	float presence;          /* 0..1: looks like the station at all */
	int32_t width_ms;        /* of the pulse; 0 = none began on time */
	struct local_time began; /* where the second was taken to begin */
};

struct radio_minute {
	enum radio_verdict verdict;
	enum radio_reason reason; /* when refused */
	/* When not refused: */
	struct utc_time utc;   /* the minute that begins at the end of this frame */
	struct local_time at;  /* what the edge clock read then */
	double uncertainty_ns; /* standard deviation of `at` */
	double rate_ppm;       /* by which the edge clock gains */
	enum radio_answer summer_time, summer_change, leap_pending;
	int8_t leap; /* announced: +1, -1, 0; 0 also when unknown */
	bool has_dut1;
	int8_t dut1_tenths; /* UT1 - UTC, 0.1 s */
	/* Always: */
	uint8_t length_s;                         /* 59..61 */
	uint8_t symbols[RADIO_FRAME_SECONDS_MAX]; /* as received; length_s of them when aligned */
	bool is_aligned;                          /* symbols[0] is the minute's first */
	struct radio_frame_faults faults;         /* of the symbols alone, without mercy */
	uint8_t wrong_count;                      /* symbols that were repaired */
	uint8_t minute_count;                     /* minutes that were weighed together */
	float odds_nats;                          /* of the best time against all others */
	float signal_nats;                        /* of this minute against noise */
	float presence;   /* 0..1: share of seconds that look like the station */
	float edge_sd_ms; /* of the pulses' beginnings; 0 = unknown */
	bool is_inverted; /* the polarity that was read */
};

enum radio_event_kind { RADIO_EVENT_SECOND, RADIO_EVENT_MINUTE };

struct radio_event {
	enum radio_event_kind kind;
	union {
		struct radio_second second;
		struct radio_minute minute;
	};
};

struct radio_status {
	const struct radio_station *station;
	bool is_locked; /* the time is known and was confirmed within the last hour */
	bool is_aligned;
	bool is_inverted;
	int32_t second;                           /* of the running minute, or -1 */
	uint8_t symbols[RADIO_FRAME_SECONDS_MAX]; /* of the running minute, `second` of them */
	float presence, beat; /* 0..1: of the last minute; share of pulses on the beat */
	uint64_t good_count, repaired_count, refused_count;
	bool has_minute;
	struct radio_minute minute; /* the last */
};

/* The caller owns *receiver_out. 0, -EINVAL (config out of range) or -ENOMEM. */
NODISCARD int radio_receiver_create(const struct radio_config *config,
                                    struct radio_receiver **receiver_out);
void radio_receiver_destroy(struct radio_receiver *receiver); /* NULL is fine */

/* The carrier changed at `at`, to high or low, or is still so. Edges come in order; one that is
 * more than a second before its predecessor, or an hour after, starts everything anew. */
void radio_receiver_on_edge(struct radio_receiver *receiver, struct local_time at, bool is_high);
/* No edge before `now` is still to come. */
void radio_receiver_on_deadline(struct radio_receiver *receiver, struct local_time now);
/* The edge clock was set: it reads step_ns more than it would have. */
void radio_receiver_on_clock_stepped(struct radio_receiver *receiver, int64_t step_ns);
struct local_time radio_receiver_deadline(const struct radio_receiver *receiver);
bool radio_receiver_take(struct radio_receiver *receiver, struct radio_event *event_out);
struct radio_status radio_receiver_status(const struct radio_receiver *receiver);

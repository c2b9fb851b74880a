/* refclock/refclock: one reference clock: what its driver says -> measurements.
 * SPDX-License-Identifier: MIT
 *
 * Numbers pulses, averages, learns a fixed lateness. Knows no other clock: what others know is
 * handed in. Opens nothing, steers nothing. */
#pragma once

#include "base/attributes.h"
#include "estimate/exchange.h"
#include "refclock/refclock_lateness.h"
#include "refclock/refclock_options.h"

struct refclock;

struct refclock_config {
	const struct refclock_options *options; /* borrowed until destroy */
	double precision_s;                     /* of reading the kept clock */
	struct utc_time floor;                  /* no time before it can be true */
};

/* The caller owns *refclock_out. 0, -EINVAL or -ENOMEM. */
NODISCARD int refclock_create(const struct refclock_config *config, struct instant now,
                              struct refclock **refclock_out);
void refclock_destroy(struct refclock *refclock); /* NULL is fine */

/* Hands what came to the driver. event->input must be the driver's; others are ignored. */
void refclock_on_event(struct refclock *refclock, const struct refclock_event *event,
                       struct refclock_samples *samples_out);

/* Time has passed: all that came before `now` has been handed in. */
void refclock_on_time(struct refclock *refclock, struct free_time now,
                      struct refclock_samples *samples_out);

/* ---- samples ---- */

/* A sample on the free clock, UTC. */
struct refclock_reading {
	struct free_time at;
	int64_t offset_ns; /* reference - free clock; of a pulse only modulo its interval */
	bool is_pulse;
	int64_t window_ns;
	double error_s;
	enum leap leap;
};

/* What is known of the offset at a reading without this clock, to number a pulse by. */
struct refclock_help {
	bool has_combined; /* the time that the node keeps … */
	int64_t combined_offset_ns;
	double combined_bound_s;
	bool is_independent; /* … and others than this clock and its number-giver stand for it */
	const struct refclock *giver; /* the clock named by `lock`; NULL = none */
};

enum refclock_verdict {
	REFCLOCK_TAKEN,
	REFCLOCK_NO_NUMBER,  /* nobody can say which second the pulse begins */
	REFCLOCK_AMBIGUOUS,  /* the number-giver is half a pulse off: either second is as likely */
	REFCLOCK_WRONG_EDGE, /* `width`: the other end of the pulse, or a stray one */
	REFCLOCK_NOT_LATER,  /* than the last sample */
	REFCLOCK_ABSURD,     /* more than a century off, or far beyond one's lifetime */
	REFCLOCK_VERDICT_COUNT,
};

/* The options' offset_s is another one now. */
void refclock_on_offset_changed(struct refclock *refclock);
/* Takes one sample. *offset_ns_out: the offset that it was taken for (numbered, corrected); only if
 * it was. */
enum refclock_verdict refclock_on_reading(struct refclock *refclock,
                                          const struct refclock_reading *reading,
                                          const struct refclock_help *help, int64_t *offset_ns_out);

/* The number-giver foretells how late a pulse is; see refclock_samples. */
void refclock_on_pulse_error(struct refclock *refclock, struct utc_time pulse, double error_s);

/* ---- measurements ---- */

struct refclock_measurement {
	struct exchange exchange; /* upper and lower `delay` apart */
	double sd_s;              /* noise of its middle */
	double scatter_s;         /* of single samples */
	double error_max_s;       /* beyond noise: lateness that is not known */
	enum leap leap;
};

/* Polls. True when there is a measurement; asked for when the deadline is reached. frequency of the
 * free clock's offset, known to frequency_sd. */
bool refclock_on_deadline(struct refclock *refclock, struct mono_time now, double frequency,
                          double frequency_sd, struct refclock_measurement *measurement_out);
/* Is its first measurement worth waiting for, before others decide without it? Not of a radio,
 * which takes minutes, nor of a clock that has been silent, or whose pulses nobody could number,
 * for seconds. */
bool refclock_is_awaited(const struct refclock *refclock, struct mono_time now);
struct mono_time refclock_deadline(const struct refclock *refclock);
/* The clock was moved by others: samples so far cannot be compared with new ones. */
void refclock_on_clock_jumped(struct refclock *refclock, struct mono_time now);

/* `offset auto`: at this moment the offset was reference_ns, known to be right within error_s;
 * measured_ns is the measurement's of the same moment, sd_s its noise. Returns by how much the
 * correction has changed: all measurements so far are off by that. */
int64_t refclock_learn_lateness(struct refclock *refclock, int64_t reference_ns, double error_s,
                                int64_t measured_ns, double sd_s, struct mono_time now);
/* There is nobody to compare with at present. */
void refclock_freeze_lateness(struct refclock *refclock);
/* From the last run. */
void refclock_remember_lateness(struct refclock *refclock,
                                const struct refclock_lateness *lateness);

struct refclock_status {
	const struct refclock_options *options;
	uint8_t reach;                  /* 8 last polls, newest in bit 0 */
	int8_t poll_log2_s;             /* of the moment: short at first */
	unsigned empty_count;           /* polls in a row without a measurement */
	unsigned samples_in_poll_count; /* so far */
	uint64_t polls_count, samples_count, refused_count, measurements_count;
	uint64_t verdict_count[REFCLOCK_VERDICT_COUNT];
	enum refclock_verdict last_verdict;
	const char *refusal; /* why the driver refused its last input; NULL = it never did */
	bool has_sample;
	struct free_time last_at;
	int64_t last_offset_ns; /* reference - free clock */
	double scatter_s;
	unsigned filter_count;
	bool is_ambiguous;     /* the number-giver stays half a pulse off */
	double lock_offset_s;  /* number-giver's last sample minus pulse; NaN = none */
	uint32_t doubts_count; /* samples in a row for which the number-giver says another second */
	bool is_following_giver, is_giver_proven_wrong;
	bool is_numbered_alone; /* nobody but the number-giver can say which second it is */
	struct refclock_lateness lateness; /* of `offset auto`, or what was configured */
	int16_t tai_offset_s;
	bool knows_leaps; /* it has said whether a leap second is due */
};
struct refclock_status refclock_status(const struct refclock *refclock);
/* For reports that know the driver; NULL if it has none. */
const void *refclock_driver_state(const struct refclock *refclock);

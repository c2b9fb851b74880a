/* base/instant: readings of the clocks there are, as types that cannot be mixed up.
 * SPDX-License-Identifier: MIT
 *
 * Each is a count of nanoseconds; a duration is a bare int64_t `_ns`. */
#pragma once

#include <stdint.h>

#define NS_PER_S  INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_US INT64_C(1000)

/* CLOCK_MONOTONIC_RAW: never set, never slewed. For deadlines and ages. Its zero means nothing. */
struct mono_time {
	int64_t ns;
};

/* A reading of the clock that this node keeps (CLOCK_REALTIME or the virtual clock), since
 * 1970-01-01. It is what kernel packet timestamps are in. Steps and slews when we say so. */
struct local_time {
	int64_t ns;
};

/* What the kept clock would read had this node never corrected it: a freely running oscillator. All
 * estimating is done on this clock, because only physics changes its rate. See
 * discipline/timeline. */
struct free_time {
	int64_t ns;
};

/* True time, or somebody's claim of it: UTC since 1970-01-01, leap seconds not counted. */
struct utc_time {
	int64_t ns;
};

/* One moment, read off both clocks of the machine as closely together as possible. */
struct instant {
	struct mono_time mono;
	struct local_time local;
};

#define MONO_TIME_NEVER ((struct mono_time){ INT64_MAX })

static inline struct mono_time mono_time_after(struct mono_time start, int64_t duration_ns)
{
	return (struct mono_time){ start.ns + duration_ns };
}

static inline struct mono_time mono_time_earlier(struct mono_time a, struct mono_time b)
{
	return a.ns < b.ns ? a : b;
}

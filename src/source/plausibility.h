/* source/plausibility: which times can be true at all. SPDX-License-Identifier: MIT
 *
 * A server, router, receiver or RTC that says 1970 is not asked again how sure it is. The floor is
 * the newest of what is certain to have passed; the ceiling is generous, since being wrong about it
 * would lock a machine out of the truth. */
#pragma once

#include <stdbool.h>

#include "base/instant.h"

/* 2005-01-01. Late enough to tell a clock that was never set (1970, 1980, 2000), early enough for
 * simulators that play the leap second of 2005, 2008 or later. */
#define PLAUSIBILITY_FIXED_NS (INT64_C(1104537600) * NS_PER_S)
#define PLAUSIBILITY_SPAN_NS                                                                       \
	(INT64_C(50) * 31557600 * NS_PER_S) /* from the floor to the ceiling                       \
	                                     */

/* Below the floor by so much is still believed: clocks of build machines are wrong, too. */
#define PLAUSIBILITY_TOLERANCE_NS (INT64_C(86400) * NS_PER_S)

enum plausibility_reason {
	PLAUSIBILITY_FIXED, /* the constant above */
	PLAUSIBILITY_BUILT, /* this program's age */
	PLAUSIBILITY_SAVED, /* the time that was trusted and saved last */
	PLAUSIBILITY_RTC,   /* with which the clock agrees */
};

struct plausibility_facts {
	struct utc_time built; /* 0 = not known */
	struct utc_time saved; /* 0 = none */
	struct utc_time rtc;   /* 0 = none, or not read */
	struct utc_time clock; /* the machine's own at the start */
	bool is_simulated;     /* libc is replaced: the machine may live in a past of its own */
};

struct plausibility {
	struct utc_time floor, ceiling;  /* ceiling 0 = none */
	enum plausibility_reason reason; /* of the floor */
	bool is_rtc_agreed;              /* the RTC and the clock showed the same at the start */
};

enum plausibility_verdict {
	PLAUSIBLE,
	PLAUSIBILITY_TOO_EARLY,
	PLAUSIBILITY_TOO_LATE,
	PLAUSIBILITY_OTHER_DAY,    /* whole days off what this machine knows */
	PLAUSIBILITY_OTHER_SECOND, /* whole seconds off what it had stood for itself */
};

/* The newest of what counts is the floor. The build date always does, but in a simulation whose
 * clock lies between the fixed floor and it. A saved time beyond the ceiling of what is known
 * without it was saved by somebody who was fooled, and does not count. The RTC counts if it agrees
 * with the clock within a day. */
struct plausibility plausibility_decide(const struct plausibility_facts *facts);
/* Can it be as late as that? Asked for each source, and for the RTC. */
enum plausibility_verdict plausibility_judge(const struct plausibility *plausibility,
                                             struct utc_time claimed);
/* What this machine knows of the moment that a reference clock speaks of. */
struct plausibility_present {
	struct utc_time time; /* by the kept clock … */
	double half_s;        /* … give or take this; INFINITY: nobody has set it yet */
	bool is_common; /* the clock in question has long stood for the same time itself … */
	struct utc_time since; /* … but has been silent since then */
};

/* Of a reference clock, whose own number for the second or the day may be wrong: receivers' week
 * counters overflow and leap seconds come late. No oscillator gains whole seconds, nor is a machine
 * that slept or was set by hand likely to be off by them to within error_s, the claim's own. A leap
 * second that nobody announced is one possibility. */
enum plausibility_verdict plausibility_judge_clock(const struct plausibility *plausibility,
                                                   struct utc_time claimed, double error_s,
                                                   const struct plausibility_present *present);
/* Leap seconds end a UTC month (ITU-R TF.460-6): can the time have changed by so much between these
 * two, or shortly before? */
bool plausibility_may_be_leap(struct utc_time since, struct utc_time when, int64_t change_ns);
/* The floor, or the ceiling, that the claim is beyond. */
struct utc_time plausibility_limit(const struct plausibility *plausibility,
                                   enum plausibility_verdict verdict);
const char *plausibility_reason_text(enum plausibility_reason reason);

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

enum plausibility_reason {
	PLAUSIBILITY_FIXED, /* the constant above */
	PLAUSIBILITY_BUILT, /* this program's age */
	PLAUSIBILITY_SAVED, /* the time that was trusted and saved last */
	PLAUSIBILITY_RTC,
};

struct plausibility_facts {
	struct utc_time built; /* 0 = not known */
	struct utc_time saved; /* 0 = none */
	struct utc_time rtc;   /* 0 = none, or not read */
	struct utc_time clock; /* the machine's own at the start */
};

struct plausibility {
	struct utc_time floor, ceiling;
	enum plausibility_reason reason; /* of the floor */
};

/* The build date counts unless the clock lies between the fixed floor and it: then the machine
 * lives in a past of its own, as simulators do, or its RTC lost years; no source would ever be
 * believed. A clock that was never set at all does not stop it. A saved time beyond the ceiling of
 * what is known without it was saved by somebody who was fooled, and does not count. The RTC counts
 * if it agrees with the clock within a day. */
struct plausibility plausibility_decide(const struct plausibility_facts *facts);
const char *plausibility_reason_text(enum plausibility_reason reason);

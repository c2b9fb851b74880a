/* SPDX-License-Identifier: MIT */
#include "source/plausibility.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

#include "base/attributes.h"
#include "timescale/civil.h"

#define DAY_NS    (INT64_C(86400) * NS_PER_S)
#define AGREES_NS DAY_NS
/* The same between RTC and clock, to tell a wrong day by: an RTC that ran for months is off by so
 * much. */
#define SAME_NS (60 * NS_PER_S)
/* Of a second: two claims nearer to half a second than this could be of either. */
#define SECOND_SHARE 0.4
/* How long after the end of a month a change by one second may be a leap second's. */
#define LEAP_DOUBT_NS (3600 * NS_PER_S)
#define MONTH_MAX_NS  (31 * DAY_NS)

static void raise_floor(struct plausibility *plausibility, struct utc_time floor,
                        enum plausibility_reason reason)
{
	if (floor.ns <= plausibility->floor.ns)
		return;
	plausibility->floor = floor;
	plausibility->reason = reason;
}

static bool is_between(int64_t ns, int64_t low_ns, int64_t high_ns)
{
	return ns >= low_ns && ns <= high_ns;
}

struct plausibility plausibility_decide(const struct plausibility_facts *facts)
{
	const int64_t clock_ns = facts->clock.ns, rtc_ns = facts->rtc.ns;
	struct plausibility plausibility = { .floor = { PLAUSIBILITY_FIXED_NS } };
	const int64_t newest_ns =
		facts->built.ns > PLAUSIBILITY_FIXED_NS ? facts->built.ns : PLAUSIBILITY_FIXED_NS;

	if (!facts->is_simulated || clock_ns < PLAUSIBILITY_FIXED_NS || clock_ns >= facts->built.ns)
		raise_floor(&plausibility, facts->built, PLAUSIBILITY_BUILT);
	plausibility.ceiling.ns = newest_ns + PLAUSIBILITY_SPAN_NS;
	if (facts->saved.ns <= plausibility.ceiling.ns)
		raise_floor(&plausibility, facts->saved, PLAUSIBILITY_SAVED);
	if (rtc_ns <= plausibility.ceiling.ns &&
	    is_between(rtc_ns, clock_ns - AGREES_NS, clock_ns + AGREES_NS))
		raise_floor(&plausibility, (struct utc_time){ rtc_ns - AGREES_NS },
		            PLAUSIBILITY_RTC);
	plausibility.is_rtc_agreed = is_between(rtc_ns, clock_ns - SAME_NS, clock_ns + SAME_NS) &&
	                             clock_ns >= plausibility.floor.ns;
	return plausibility;
}

enum plausibility_verdict plausibility_judge(const struct plausibility *plausibility,
                                             struct utc_time claimed)
{
	if (claimed.ns < plausibility->floor.ns - PLAUSIBILITY_TOLERANCE_NS)
		return PLAUSIBILITY_TOO_EARLY;
	return plausibility->ceiling.ns != 0 && claimed.ns > plausibility->ceiling.ns
	               ? PLAUSIBILITY_TOO_LATE
	               : PLAUSIBLE;
}

static uint8_t month_of(int64_t utc_ns)
{
	return civil_date_of(utc_ns / DAY_NS - (utc_ns % DAY_NS < 0)).month;
}

bool plausibility_may_be_leap(struct utc_time since, struct utc_time when, int64_t change_ns)
{
	return (change_ns == NS_PER_S || change_ns == -NS_PER_S) &&
	       (month_of(since.ns - LEAP_DOUBT_NS) != month_of(when.ns) ||
	        when.ns - since.ns > MONTH_MAX_NS);
}

/* Not less than one, to within the tolerance. */
static bool is_whole(double off_s, double unit_s, double tolerance_s)
{
	const double count = rint(off_s / unit_s);

	return fabs(count) >= 1 && fabs(off_s - count * unit_s) <= tolerance_s;
}

enum plausibility_verdict plausibility_judge_clock(const struct plausibility *plausibility,
                                                   struct utc_time claimed, double error_s,
                                                   const struct plausibility_present *present)
{
	const int64_t off_ns = claimed.ns - present->time.ns;
	const double off_s = (double)off_ns * 1e-9;
	const double tolerance_s = present->half_s + error_s;

	if (present->is_common && tolerance_s < SECOND_SHARE && is_whole(off_s, 1, tolerance_s))
		return plausibility_may_be_leap(present->since, claimed, llrint(off_s) * NS_PER_S)
		               ? PLAUSIBLE
		               : PLAUSIBILITY_OTHER_SECOND;
	return (present->is_common || plausibility->is_rtc_agreed) &&
	                       is_whole(off_s, (double)DAY_NS * 1e-9, (double)SAME_NS * 1e-9)
	               ? PLAUSIBILITY_OTHER_DAY
	               : PLAUSIBLE;
}

struct utc_time plausibility_limit(const struct plausibility *plausibility,
                                   enum plausibility_verdict verdict)
{
	return verdict == PLAUSIBILITY_TOO_EARLY ? plausibility->floor : plausibility->ceiling;
}

const char *plausibility_reason_text(enum plausibility_reason reason)
{
	static const char *const texts[] = {
		[PLAUSIBILITY_FIXED] = "a constant of this program",
		[PLAUSIBILITY_BUILT] = "when this program was built",
		[PLAUSIBILITY_SAVED] = "the last trusted time, saved",
		[PLAUSIBILITY_RTC] = "what the RTC and the clock agree on",
	};

	assert((size_t)reason < ARRAY_COUNT(texts));
	return texts[reason];
}

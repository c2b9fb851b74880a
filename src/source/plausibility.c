/* SPDX-License-Identifier: MIT */
#include "source/plausibility.h"

#include <assert.h>
#include <stddef.h>

#include "base/attributes.h"

#define AGREES_NS (INT64_C(86400) * NS_PER_S)

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

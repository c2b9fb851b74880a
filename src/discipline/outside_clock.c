/* SPDX-License-Identifier: MIT */
#include "discipline/outside_clock.h"

#include <assert.h>

/* A host may slew its clock as fast as the kernel lets it, and that is no stop. Raised: neither are
 * longer stops. */
#define SLEW    0.125
#define STOP_NS (200 * NS_PER_MS)

void outside_clock_init(struct outside_clock *outside, int64_t grain_ns)
{
	assert(grain_ns >= 0);
	*outside = (struct outside_clock){ .grain_ns = grain_ns };
}

void outside_clock_forget(struct outside_clock *outside)
{
	outside->is_known = false;
}

int64_t outside_clock_on_reading(struct outside_clock *outside, struct mono_time before,
                                 struct mono_time after, int64_t reading_ns)
{
	const double passed_ns = (double)(after.ns - outside->last.ns);
	const int64_t known_max_ns = outside->ahead_ns_max + (int64_t)(passed_ns * SLEW);
	const int64_t min_ns = reading_ns - after.ns;
	const int64_t max_ns = reading_ns + outside->grain_ns - before.ns;
	const bool was_known = outside->is_known;

	assert(before.ns <= after.ns);
	outside->is_known = true;
	outside->last = after;
	outside->ahead_ns_max = max_ns;
	if (was_known && min_ns - known_max_ns > STOP_NS)
		return min_ns - known_max_ns;
	if (was_known && known_max_ns < max_ns)
		outside->ahead_ns_max = known_max_ns;
	return 0;
}

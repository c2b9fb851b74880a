/* SPDX-License-Identifier: MIT */
#include "discipline/rtc_start.h"

#define CORRECTION_S 86400.0 /* more than that is no clock's drift */

/* What the file says of the time since it was written. */
static int64_t correction_ns(const struct rtc_file *file, struct utc_time shown)
{
	double fast_s;

	if (!file || !file->is_valid)
		return 0;
	fast_s = file->fast_s +
	         file->gain_ppm * 1e-6 * ((double)(shown.ns - file->reference.ns) * 1e-9);
	return fast_s > -CORRECTION_S && fast_s < CORRECTION_S ? (int64_t)(-fast_s * 1e9) : 0;
}

struct rtc_start rtc_start_decide(const struct rtc_start_facts *facts)
{
	const struct utc_time known = facts->known.ns <= facts->limits->ceiling.ns
	                                      ? facts->known
	                                      : (struct utc_time){ 0 };
	struct rtc_start start = { .verdict = PLAUSIBLE };

	if (facts->shown.ns != 0) {
		start.claimed.ns = facts->shown.ns + correction_ns(facts->file, facts->shown);
		start.verdict = plausibility_judge(facts->limits, start.claimed);
	}
	if (facts->shown.ns != 0 && start.verdict == PLAUSIBLE && start.claimed.ns >= known.ns) {
		start.choice = RTC_START_BY_RTC;
		start.wanted = start.claimed;
	} else if (known.ns > facts->local.ns) {
		start.choice = RTC_START_BY_KNOWN;
		start.wanted = known;
	}
	return start;
}

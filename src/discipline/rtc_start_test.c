/* SPDX-License-Identifier: MIT */
#include "discipline/rtc_start.h"

#include "testing/check.h"

#define DAY_NS  (INT64_C(86400) * NS_PER_S)
#define NOON_NS (INT64_C(1795348800) * NS_PER_S)

static const struct plausibility limits = { .floor = { NOON_NS - 100 * DAY_NS },
	                                    .ceiling = { NOON_NS + 10000 * DAY_NS } };

static struct rtc_start decide(int64_t shown_ns, const struct rtc_file *file, int64_t known_ns,
                               int64_t local_ns)
{
	const struct rtc_start_facts facts = { .shown = { shown_ns },
		                               .file = file,
		                               .limits = &limits,
		                               .known = { known_ns },
		                               .local = { local_ns } };

	return rtc_start_decide(&facts);
}

TEST(rtc_start, takes_the_real_time_clock_less_what_it_gained)
{
	const struct rtc_file file = {
		.is_valid = true, .reference = { NOON_NS - DAY_NS }, .fast_s = 1.5, .gain_ppm = 10
	};
	const struct rtc_start plain = decide(NOON_NS, NULL, 0, 0);
	const struct rtc_start corrected = decide(NOON_NS, &file, NOON_NS - DAY_NS, 0);

	CHECK_EQ(plain.choice, RTC_START_BY_RTC);
	CHECK_EQ(plain.wanted.ns, NOON_NS);
	CHECK_EQ(corrected.choice, RTC_START_BY_RTC);
	CHECK_NEAR((double)(corrected.wanted.ns - NOON_NS), -1.5e9 - 0.864e9, 1e3);
}

TEST(rtc_start, does_not_believe_in_a_drift_of_days)
{
	const struct rtc_file file = { .is_valid = true,
		                       .reference = { NOON_NS - 9000 * DAY_NS },
		                       .gain_ppm = 5000 };
	const struct rtc_file nothing = { .fast_s = 7 };

	CHECK_EQ(decide(NOON_NS, &file, 0, 0).wanted.ns, NOON_NS);
	CHECK_EQ(decide(NOON_NS, &nothing, 0, 0).wanted.ns, NOON_NS);
}

TEST(rtc_start, takes_what_is_known_where_the_real_time_clock_cannot_be_right)
{
	const struct rtc_start empty = decide(DAY_NS, NULL, NOON_NS, DAY_NS);
	const struct rtc_start late = decide(limits.ceiling.ns + DAY_NS, NULL, NOON_NS, DAY_NS);
	const struct rtc_start behind = decide(NOON_NS - DAY_NS, NULL, NOON_NS, DAY_NS);

	CHECK_EQ(empty.verdict, PLAUSIBILITY_TOO_EARLY);
	CHECK_EQ(late.verdict, PLAUSIBILITY_TOO_LATE);
	CHECK_EQ(behind.verdict, PLAUSIBLE); /* but the machine was up a day later */
	CHECK_EQ(empty.choice, RTC_START_BY_KNOWN);
	CHECK_EQ(late.choice, RTC_START_BY_KNOWN);
	CHECK_EQ(behind.choice, RTC_START_BY_KNOWN);
	CHECK_EQ(behind.wanted.ns, NOON_NS);
}

TEST(rtc_start, leaves_the_clock_where_nothing_is_later)
{
	CHECK_EQ(decide(0, NULL, NOON_NS, NOON_NS + 1).choice, RTC_START_LEFT);
	CHECK_EQ(decide(0, NULL, 0, 0).choice, RTC_START_LEFT);
	/* saved by somebody who was fooled */
	CHECK_EQ(decide(0, NULL, limits.ceiling.ns + 1, NOON_NS).choice, RTC_START_LEFT);
}

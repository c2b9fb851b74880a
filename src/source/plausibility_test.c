/* SPDX-License-Identifier: MIT */
#include "source/plausibility.h"
#include "testing/check.h"

#include <math.h>

#define AT(second_) ((struct utc_time){ (int64_t)(second_)*NS_PER_S })
#define BUILT       AT(1795305600) /* 2026-11-22 */
#define LATER       AT(1800000000)

static void check_floor(struct plausibility_facts facts, enum plausibility_reason reason,
                        struct utc_time floor)
{
	const struct plausibility plausibility = plausibility_decide(&facts);

	CHECK_EQ(plausibility.reason, reason);
	CHECK_EQ(plausibility.floor.ns, floor.ns);
	CHECK(plausibility.ceiling.ns > plausibility.floor.ns);
}

TEST(plausibility, takes_the_build_date_when_the_clock_is_later)
{
	check_floor((struct plausibility_facts){ .built = BUILT, .clock = LATER },
	            PLAUSIBILITY_BUILT, BUILT);
	check_floor((struct plausibility_facts){ .built = BUILT, .clock = BUILT },
	            PLAUSIBILITY_BUILT, BUILT);
}

TEST(plausibility, takes_the_build_date_when_the_clock_was_never_set)
{
	check_floor((struct plausibility_facts){ .built = BUILT, .clock = AT(0) },
	            PLAUSIBILITY_BUILT, BUILT);
	check_floor((struct plausibility_facts){ .built = BUILT, .clock = AT(946684800) },
	            PLAUSIBILITY_BUILT, BUILT);
}

TEST(plausibility, takes_the_build_date_when_the_clock_lost_years)
{
	check_floor((struct plausibility_facts){ .built = BUILT, .clock = AT(1262304000) },
	            PLAUSIBILITY_BUILT, BUILT);
}

TEST(plausibility, judges_with_a_day_of_tolerance_below)
{
	const struct plausibility some = { .floor = AT(1000000000), .ceiling = AT(2000000000) };

	CHECK_EQ(plausibility_judge(&some, AT(999913600)), PLAUSIBLE);
	CHECK_EQ(plausibility_judge(&some, AT(999913599)), PLAUSIBILITY_TOO_EARLY);
	CHECK_EQ(plausibility_judge(&some, AT(2000000000)), PLAUSIBLE);
	CHECK_EQ(plausibility_judge(&some, AT(2000000001)), PLAUSIBILITY_TOO_LATE);
	CHECK_EQ(plausibility_judge(&(struct plausibility){ .floor = AT(0) }, AT(4000000000)),
	         PLAUSIBLE);
}

TEST(plausibility, leaves_a_simulation_that_lives_in_2010_alone)
{
	check_floor((struct plausibility_facts){ .built = BUILT,
	                                         .clock = AT(1262304000),
	                                         .is_simulated = true },
	            PLAUSIBILITY_FIXED, (struct utc_time){ PLAUSIBILITY_FIXED_NS });
	check_floor((struct plausibility_facts){ .clock = LATER }, PLAUSIBILITY_FIXED,
	            (struct utc_time){ PLAUSIBILITY_FIXED_NS });
}

TEST(plausibility, takes_a_saved_time_that_is_newer_but_not_absurd)
{
	check_floor((struct plausibility_facts){ .built = BUILT, .saved = LATER, .clock = AT(0) },
	            PLAUSIBILITY_SAVED, LATER);
	check_floor((struct plausibility_facts){ .built = BUILT,
	                                         .saved = AT(1700000000),
	                                         .clock = LATER },
	            PLAUSIBILITY_BUILT, BUILT);
	check_floor((struct plausibility_facts){ .built = BUILT,
	                                         .saved = AT(4102444800),
	                                         .clock = LATER },
	            PLAUSIBILITY_BUILT, BUILT);
}

TEST(plausibility, takes_the_rtc_only_if_it_agrees)
{
	check_floor((struct plausibility_facts){ .built = BUILT,
	                                         .rtc = LATER,
	                                         .clock = AT(1800000100) },
	            PLAUSIBILITY_RTC, AT(1799913600));
	check_floor((struct plausibility_facts){ .built = BUILT,
	                                         .rtc = AT(1900000000),
	                                         .clock = LATER },
	            PLAUSIBILITY_BUILT, BUILT);
	check_floor((struct plausibility_facts){ .built = BUILT, .clock = AT(1) },
	            PLAUSIBILITY_BUILT, BUILT);
}

#define DAY_S    86400
#define NOVEMBER 1795305600 /* 2026-11-22 */
#define JANUARY  1798761600 /* 2027-01-01 */

/* A clock that is known to 1 ms, and one that claims off_ns more. */
static enum plausibility_verdict judge_off(int64_t off_ns, double error_s, bool is_common,
                                           bool is_rtc_agreed)
{
	const struct plausibility some = { .is_rtc_agreed = is_rtc_agreed };
	const struct plausibility_present present = { .time = AT(NOVEMBER),
		                                      .half_s = is_common ? 1e-3 : INFINITY,
		                                      .is_common = is_common,
		                                      .since = AT(NOVEMBER - 16) };

	return plausibility_judge_clock(&some, (struct utc_time){ AT(NOVEMBER).ns + off_ns },
	                                error_s, &present);
}

TEST(plausibility, refuses_a_clock_that_says_another_second_than_it_long_did)
{
	CHECK_EQ(judge_off(NS_PER_S, 0.01, true, false), PLAUSIBILITY_OTHER_SECOND);
	CHECK_EQ(judge_off(-37 * NS_PER_S + 5 * NS_PER_MS, 0.01, true, false),
	         PLAUSIBILITY_OTHER_SECOND);
	CHECK_EQ(judge_off(-1024 * 7 * DAY_S * NS_PER_S, 0.01, true, false),
	         PLAUSIBILITY_OTHER_SECOND);
	/* a guest that was stopped, a clock that somebody set: no whole seconds */
	CHECK_EQ(judge_off(1300 * NS_PER_MS, 0.01, true, false), PLAUSIBLE);
	CHECK_EQ(judge_off(300 * NS_PER_MS, 0.01, true, false), PLAUSIBLE);
	CHECK_EQ(judge_off(0, 0.01, true, false), PLAUSIBLE);
	/* it scatters by more than tells seconds apart, or is new here */
	CHECK_EQ(judge_off(NS_PER_S, 0.5, true, false), PLAUSIBLE);
	CHECK_EQ(judge_off(NS_PER_S, 0.01, false, true), PLAUSIBLE);
}

TEST(plausibility, refuses_a_clock_that_says_another_day_than_the_rtc)
{
	CHECK_EQ(judge_off(DAY_S * NS_PER_S + 20 * NS_PER_S, 0.5, false, true),
	         PLAUSIBILITY_OTHER_DAY);
	CHECK_EQ(judge_off(-7 * DAY_S * NS_PER_S, 0.5, false, true), PLAUSIBILITY_OTHER_DAY);
	CHECK_EQ(judge_off(DAY_S * NS_PER_S, 0.5, true, false), PLAUSIBILITY_OTHER_DAY);
	/* neither, or by an hour: who knows */
	CHECK_EQ(judge_off(DAY_S * NS_PER_S, 0.5, false, false), PLAUSIBLE);
	CHECK_EQ(judge_off((DAY_S + 3600) * NS_PER_S, 0.5, false, true), PLAUSIBLE);
	CHECK_EQ(judge_off(20 * NS_PER_S, 0.5, false, true), PLAUSIBLE);
}

TEST(plausibility, leaves_room_for_a_leap_second_that_nobody_announced)
{
	CHECK(plausibility_may_be_leap(AT(JANUARY - 16), AT(JANUARY + 1), -NS_PER_S));
	CHECK(plausibility_may_be_leap(AT(JANUARY + 16), AT(JANUARY + 60), -NS_PER_S));
	CHECK(plausibility_may_be_leap(AT(JANUARY - DAY_S), AT(JANUARY + DAY_S), NS_PER_S));
	CHECK(!plausibility_may_be_leap(AT(JANUARY - 16), AT(JANUARY + 1), -2 * NS_PER_S));
	CHECK(!plausibility_may_be_leap(AT(NOVEMBER), AT(NOVEMBER + DAY_S), NS_PER_S));
	CHECK(!plausibility_may_be_leap(AT(JANUARY + DAY_S), AT(JANUARY + 2 * DAY_S), NS_PER_S));
}

TEST(plausibility, knows_whether_the_rtc_and_the_clock_agree)
{
	const struct plausibility_facts agreed = { .built = BUILT, .clock = LATER, .rtc = LATER };
	struct plausibility_facts apart = agreed, unset = agreed;

	apart.rtc.ns += 61 * NS_PER_S;
	unset.rtc = unset.clock = AT(0);
	CHECK(plausibility_decide(&agreed).is_rtc_agreed);
	CHECK(!plausibility_decide(&apart).is_rtc_agreed);
	CHECK(!plausibility_decide(&unset).is_rtc_agreed);
}

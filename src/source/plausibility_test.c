/* SPDX-License-Identifier: MIT */
#include "source/plausibility.h"
#include "testing/check.h"

#define AT(second_) ((struct utc_time){ INT64_C(second_) * NS_PER_S })
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

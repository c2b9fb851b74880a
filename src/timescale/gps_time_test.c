/* SPDX-License-Identifier: MIT */
#include "timescale/gps_time.h"

#include <errno.h>

#include "testing/check.h"

#define UTC_S(seconds_) ((struct utc_time){ INT64_C(seconds_) * NS_PER_S })
#define FLOOR           UTC_S(1795305600) /* 2026-11-22 */

TEST(gps_time, turns_dates_into_utc)
{
	const struct gnss_time time = { 2026, 11, 22, 7, 30, 59, -1500 };
	struct utc_time utc;

	CHECK_EQ(gps_time_utc(&time, &utc), 0);
	CHECK_EQ(utc.ns, (INT64_C(1795305600) + 7 * 3600 + 30 * 60 + 59) * NS_PER_S - 1500);
}

TEST(gps_time, has_no_place_for_what_is_no_utc)
{
	struct utc_time utc;

	CHECK_EQ(gps_time_utc(&(struct gnss_time){ 0, 1, 1, 0, 0, 0, 0 }, &utc), -ERANGE);
	CHECK_EQ(gps_time_utc(&(struct gnss_time){ 2016, 12, 31, 23, 59, 60, 0 }, &utc), -ERANGE);
	CHECK_EQ(gps_time_utc(&(struct gnss_time){ 2016, 2, 30, 23, 59, 59, 0 }, &utc), -ERANGE);
	CHECK_EQ(gps_time_utc(&(struct gnss_time){ 2100, 1, 1, 0, 0, 0, 0 }, &utc), -ERANGE);
}

TEST(gps_time, leaves_alone_what_is_in_the_era)
{
	CHECK_EQ(gps_time_in_era(FLOOR, FLOOR).ns, FLOOR.ns);
	CHECK_EQ(gps_time_in_era(UTC_S(2000000000), FLOOR).ns, UTC_S(2000000000).ns);
	CHECK_EQ(gps_time_in_era((struct utc_time){ FLOOR.ns + GPS_TIME_ERA_NS - 1 }, FLOOR).ns,
	         FLOOR.ns + GPS_TIME_ERA_NS - 1);
}

TEST(gps_time, repairs_rollovers_back_and_forward)
{
	const struct utc_time truth = UTC_S(1800000000);

	for (int eras = -2; eras <= 2; eras++)
		CHECK_EQ(gps_time_in_era((struct utc_time){ truth.ns + eras * GPS_TIME_ERA_NS },
		                         FLOOR)
		                 .ns,
		         truth.ns);
}

TEST(gps_time, knows_the_rollover_of_2019)
{
	/* a receiver after 2019-04-07 00:00:00 that shows 1999-08-22, of the first rollover */
	CHECK_EQ(gps_time_in_era(UTC_S(935280000), UTC_S(1546300800)).ns, UTC_S(1554595200).ns);
}

TEST(gps_time, finds_the_week)
{
	/* 2026-11-22 00:00:00 is a Sunday: week 2446 begins 18 s earlier in UTC */
	CHECK_EQ(gps_time_of_week(2446, 18000, 18, FLOOR).ns, FLOOR.ns);
	CHECK_EQ(gps_time_of_week(2446 % 1024, 18000, 18, FLOOR).ns, FLOOR.ns);
	CHECK_EQ(gps_time_of_week(2446, 0, 0, FLOOR).ns, FLOOR.ns);
	CHECK_EQ(gps_time_of_full_week(2446, 18000, 18).ns, FLOOR.ns);
	CHECK_EQ(gps_time_of_week(2446, 1500, 0, UTC_S(1800000000)).ns,
	         FLOOR.ns + 1500 * NS_PER_MS);
}

/* SPDX-License-Identifier: MIT */
#include "radio/summer_time.h"

#include "testing/check.h"
#include "timescale/civil.h"

static bool at(enum radio_summer_rule rule, const char *text)
{
	struct utc_time when;

	CHECK_EQ(civil_time_parse(text, &when), 0);
	return radio_is_summer_time(rule, when);
}

TEST(summer_time, changes_on_europes_last_sundays_at_one_utc)
{
	CHECK(!at(RADIO_SUMMER_EUROPE, "2027-03-28T00:59"));
	CHECK(at(RADIO_SUMMER_EUROPE, "2027-03-28T01:00"));
	CHECK(at(RADIO_SUMMER_EUROPE, "2027-10-31T00:59"));
	CHECK(!at(RADIO_SUMMER_EUROPE, "2027-10-31T01:00"));
	CHECK(at(RADIO_SUMMER_EUROPE, "2024-03-31T01:00")); /* the 31st is itself the Sunday */
	CHECK(!at(RADIO_SUMMER_EUROPE, "2026-10-25T01:00"));
}

TEST(summer_time, changes_in_america_the_day_after_the_sunday_in_utc)
{
	CHECK(!at(RADIO_SUMMER_AMERICA, "2026-03-08T23:59"));
	CHECK(at(RADIO_SUMMER_AMERICA, "2026-03-09T00:00"));
	CHECK(at(RADIO_SUMMER_AMERICA, "2026-11-01T23:59"));
	CHECK(!at(RADIO_SUMMER_AMERICA, "2026-11-02T00:00"));
}

TEST(summer_time, never_comes_where_there_is_none)
{
	CHECK(!at(RADIO_SUMMER_NONE, "2026-07-01T00:00"));
}

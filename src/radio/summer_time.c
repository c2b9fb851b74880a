/* SPDX-License-Identifier: MIT */
#include "radio/summer_time.h"

#include "timescale/civil.h"

#define DAY_S  INT64_C(86400)
#define HOUR_S INT64_C(3600)

/* The nth Sunday of a month (1..), or the last (5: counted back from the end). */
static int64_t sunday_of(int32_t year, uint8_t month, unsigned nth)
{
	const int64_t first = civil_days((struct civil_date){ year, month, 1 });
	const unsigned length = civil_month_days(year, month);
	unsigned day = (7 - civil_weekday(first)) % 7 + 7 * (nth - 1);

	if (day >= length)
		day -= 7;
	return first + day;
}

static int64_t floor_days(int64_t seconds)
{
	return seconds / DAY_S - (seconds % DAY_S < 0);
}

bool radio_is_summer_time(enum radio_summer_rule rule, struct utc_time when)
{
	const int64_t s = when.ns / NS_PER_S;
	const int32_t year = civil_date_of(floor_days(s)).year;

	if (rule == RADIO_SUMMER_EUROPE)
		return s >= sunday_of(year, 3, 5) * DAY_S + HOUR_S &&
		       s < sunday_of(year, 10, 5) * DAY_S + HOUR_S;
	if (rule == RADIO_SUMMER_AMERICA)
		return floor_days(s) > sunday_of(year, 3, 2) &&
		       floor_days(s) <= sunday_of(year, 11, 1);
	return false;
}

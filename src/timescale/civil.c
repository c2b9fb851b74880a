/* SPDX-License-Identifier: MIT */
#include "timescale/civil.h"

#include <assert.h>

/* Counts in years that begin in March, so that the leap day comes last, and in eras of 400 years,
 * which all have the same length. */

#define ERA_DAYS            INT64_C(146097)
#define DAYS_TO_1970        INT64_C(719468) /* from 1 March of year 0 */
#define WEEKDAY_OF_DAY_ZERO 4               /* 1970-01-01 was a Thursday */

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int64_t civil_days(struct civil_date date)
{
	const int64_t year = date.year - (date.month <= 2);
	const int64_t era = floor_div(year, 400);
	const int64_t year_of_era = year - era * 400;
	const int64_t month = (date.month + 9) % 12; /* March = 0 */
	const int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;

	assert(date.month >= 1 && date.month <= 12);
	return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - DAYS_TO_1970;
}

struct civil_date civil_date_of(int64_t days)
{
	const int64_t since = days + DAYS_TO_1970;
	const int64_t era = floor_div(since, ERA_DAYS);
	const int64_t day_of_era = since - era * ERA_DAYS;
	const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
	                             day_of_era / (ERA_DAYS - 1)) /
	                            365;
	const int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	const int64_t month = (5 * day_of_year + 2) / 153;

	return (struct civil_date){
		.year = (int32_t)(year_of_era + era * 400 + (month >= 10)),
		.month = (uint8_t)(month < 10 ? month + 3 : month - 9),
		.day = (uint8_t)(day_of_year - (153 * month + 2) / 5 + 1),
	};
}

bool civil_is_leap_year(int32_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

unsigned civil_month_days(int32_t year, unsigned month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	assert(month >= 1 && month <= 12);
	return days[month - 1] + (month == 2 && civil_is_leap_year(year) ? 1U : 0U);
}

unsigned civil_weekday(int64_t days)
{
	const int64_t since = days + WEEKDAY_OF_DAY_ZERO;

	return (unsigned)(since - 7 * floor_div(since, 7));
}

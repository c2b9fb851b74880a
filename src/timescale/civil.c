/* SPDX-License-Identifier: MIT */
#include "timescale/civil.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

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

static bool read_number(const char **at, unsigned digits, int64_t low, int64_t high, int64_t *out)
{
	int64_t value = 0;

	for (unsigned i = 0; i < digits; i++) {
		const char c = **at;

		if (c < '0' || c > '9')
			return false;
		value = 10 * value + (c - '0');
		(*at)++;
	}
	*out = value;
	return value >= low && value <= high;
}

static bool read_char(const char **at, const char *choices)
{
	return **at != '\0' && strchr(choices, *(*at)++) != NULL;
}

int civil_time_parse(const char *text, struct utc_time *time_out)
{
	int64_t year, month, day, hour, minute, second = 0;

	if (!read_number(&text, 4, 1970, 2199, &year) || !read_char(&text, "-") ||
	    !read_number(&text, 2, 1, 12, &month) || !read_char(&text, "-") ||
	    !read_number(&text, 2, 1, civil_month_days((int32_t)year, (unsigned)month), &day) ||
	    !read_char(&text, "T ") || !read_number(&text, 2, 0, 23, &hour) ||
	    !read_char(&text, ":") || !read_number(&text, 2, 0, 59, &minute))
		return -EINVAL;
	if (*text == ':' && (!read_char(&text, ":") || !read_number(&text, 2, 0, 59, &second)))
		return -EINVAL;
	if (*text == 'Z')
		text++;
	if (*text != '\0')
		return -EINVAL;
	time_out->ns =
		(civil_days((struct civil_date){ (int32_t)year, (uint8_t)month, (uint8_t)day }) *
	                 86400 +
	         hour * 3600 + minute * 60 + second) *
		NS_PER_S;
	return 0;
}

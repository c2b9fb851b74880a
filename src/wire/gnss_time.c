/* SPDX-License-Identifier: MIT */
#include "wire/gnss_time.h"

static bool is_leap_year(unsigned year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool date_exists(const struct gnss_time *time)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (time->month < 1 || time->month > 12 || time->day < 1)
		return false;
	return time->day <= days[time->month - 1] + (time->month == 2 && is_leap_year(time->year));
}

bool gnss_time_exists(const struct gnss_time *time)
{
	if (time->hour > 23 || time->minute > 59 || time->second > 60)
		return false;
	if (time->nanosecond <= -1000000000 || time->nanosecond >= 1000000000)
		return false;
	return time->year == 0 || date_exists(time);
}

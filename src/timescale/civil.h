/* timescale/civil: dates of the proleptic Gregorian calendar and days since 1970-01-01.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/instant.h"

struct civil_date {
	int32_t year;
	uint8_t month; /* 1..12 */
	uint8_t day;   /* 1..31 */
};

/* Any month 1..12; a day outside the month counts on into the neighbours. */
int64_t civil_days(struct civil_date date);
struct civil_date civil_date_of(int64_t days); /* years -9999..9999 */
bool civil_is_leap_year(int32_t year);
unsigned civil_month_days(int32_t year, unsigned month);
unsigned civil_weekday(int64_t days); /* 0 = Sunday .. 6 */
/* "2026-11-22T06:30[:00][Z]", or with a blank for the T: UTC. 0 or -EINVAL. Years 1970..2199. */
NODISCARD int civil_time_parse(const char *text, struct utc_time *time_out);

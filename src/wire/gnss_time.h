/* wire/gnss_time: a date and time of day as receivers write them. SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct gnss_time {
	uint16_t year; /* with the century; 0 = no date was given */
	uint8_t month; /* 1..12 */
	uint8_t day;   /* 1..31, of that month */
	uint8_t hour;
	uint8_t minute;
	uint8_t second;     /* 0..60; 60 = in a leap second */
	int32_t nanosecond; /* -999999999..999999999: UBX rounds the second and may be before it */
};

/* Is there such a date (if there is one) and such a time of day? */
bool gnss_time_exists(const struct gnss_time *time);

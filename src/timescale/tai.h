/* timescale/tai: TAI and the labels that UTC, GPS and PTP give to the same moment.
 * SPDX-License-Identifier: MIT
 *
 * TAI counts every second once, so it is what all conversions go through. POSIX time (struct
 * utc_time) gives 23:59:60 the same number as the 00:00:00 after it; a utc_label does not. Before
 * 1972 UTC is taken to have been TAI - 10 s, as the tz database does: history was rougher.
 * ITU-R TF.460-6; IEEE 1588-2019 annex B; IS-GPS-200 section 3.3.4. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "timescale/leap_table.h"

struct tai_time { /* since 1970-01-01 00:00:00 TAI; also PTP's time */
	int64_t ns;
};

struct utc_label {
	int64_t day;       /* since 1970-01-01 */
	int64_t of_day_ns; /* 0..; 86400 s and more: 23:59:60 */
};

/* 86400 s, or one more or less when a leap second ends the day. */
int64_t tai_day_ns(const struct leap_table *table, int64_t day);

/* of_day_ns must be within the day's length. */
struct tai_time tai_of_label(const struct leap_table *table, struct utc_label label);
struct utc_label tai_label(const struct leap_table *table, struct tai_time tai);

/* Of the two moments that have this number at an inserted second, the later one: 00:00:00. */
struct tai_time tai_of_utc(const struct leap_table *table, struct utc_time utc);
/* *is_leap_out (may be NULL): it is 23:59:60, and the number is that of the second after it. */
struct utc_time tai_utc(const struct leap_table *table, struct tai_time tai, bool *is_leap_out);

#define TAI_MINUS_GPS_NS (INT64_C(19) * NS_PER_S)
#define GPS_EPOCH_NS     (INT64_C(315964800) * NS_PER_S) /* 1980-01-06, a Sunday */
#define GPS_WEEK_NS      (INT64_C(604800) * NS_PER_S)

/* GPS time counts from 1980-01-06 00:00:00 UTC and knows no leap seconds. */
int64_t tai_gps_ns(struct tai_time tai);
struct tai_time tai_of_gps(int64_t gps_ns);

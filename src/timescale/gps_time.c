/* SPDX-License-Identifier: MIT */
#include "timescale/gps_time.h"

#include <errno.h>

#include "timescale/civil.h"

#define EPOCH_S INT64_C(315964800) /* 1980-01-06 */

int gps_time_utc(const struct gnss_time *time, struct utc_time *utc_out)
{
	const struct civil_date date = { time->year, time->month, time->day };
	int64_t second_s;

	if (time->year < 1970 || time->year > 2099 || !gnss_time_exists(time) || time->second > 59)
		return -ERANGE;
	second_s = civil_days(date) * 86400 + time->hour * 3600 + time->minute * 60 + time->second;
	utc_out->ns = second_s * NS_PER_S + time->nanosecond;
	return 0;
}

struct utc_time gps_time_in_era(struct utc_time shown, struct utc_time floor)
{
	const int64_t past_ns = (shown.ns - floor.ns) % GPS_TIME_ERA_NS;

	return (struct utc_time){ floor.ns + (past_ns < 0 ? past_ns + GPS_TIME_ERA_NS : past_ns) };
}

struct utc_time gps_time_of_full_week(uint16_t week, uint32_t tow_ms, int16_t gps_utc_s)
{
	return (struct utc_time){ (EPOCH_S - gps_utc_s + week * INT64_C(604800)) * NS_PER_S +
		                  tow_ms * NS_PER_MS };
}

struct utc_time gps_time_of_week(uint16_t week, uint32_t tow_ms, int16_t gps_utc_s,
                                 struct utc_time near)
{
	return gps_time_in_era(gps_time_of_full_week(week % 1024, tow_ms, gps_utc_s),
	                       (struct utc_time){ near.ns - GPS_TIME_ERA_NS / 2 });
}

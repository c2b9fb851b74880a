/* SPDX-License-Identifier: MIT */
#include "timescale/tai.h"

#define DAY_S         INT64_C(86400)
#define OFFSET_1972_S INT64_C(10)

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* TAI - UTC at a POSIX second, 10 before 1972. */
static int64_t offset_at_s(const struct leap_table *table, int64_t posix_s)
{
	int64_t offset_s = OFFSET_1972_S;

	for (size_t i = 0; i < table->count && table->changes[i].utc_s <= posix_s; i++)
		offset_s = table->changes[i].tai_offset_s;
	return offset_s;
}

int64_t tai_day_ns(const struct leap_table *table, int64_t day)
{
	const int64_t change_s =
		offset_at_s(table, (day + 1) * DAY_S) - offset_at_s(table, (day + 1) * DAY_S - 1);

	return (DAY_S + change_s) * NS_PER_S;
}

struct tai_time tai_of_label(const struct leap_table *table, struct utc_label label)
{
	const int64_t start_s = label.day * DAY_S;

	return (struct tai_time){ (start_s + offset_at_s(table, start_s)) * NS_PER_S +
		                  label.of_day_ns };
}

struct utc_label tai_label(const struct leap_table *table, struct tai_time tai)
{
	const int64_t second = floor_div(tai.ns, NS_PER_S);
	const int64_t rest_ns = tai.ns - second * NS_PER_S;
	int64_t offset_s = OFFSET_1972_S, posix_s, day;
	size_t i = 0;

	for (;
	     i < table->count && table->changes[i].utc_s + table->changes[i].tai_offset_s <= second;
	     i++)
		offset_s = table->changes[i].tai_offset_s;
	posix_s = second - offset_s;
	day = floor_div(posix_s, DAY_S);
	/* past midnight by the old count, and the new one has not begun: the inserted second */
	if (i < table->count && table->changes[i].utc_s <= posix_s)
		day--;
	return (struct utc_label){ .day = day,
		                   .of_day_ns = (posix_s - day * DAY_S) * NS_PER_S + rest_ns };
}

struct tai_time tai_of_utc(const struct leap_table *table, struct utc_time utc)
{
	return (struct tai_time){ utc.ns +
		                  offset_at_s(table, floor_div(utc.ns, NS_PER_S)) * NS_PER_S };
}

struct utc_time tai_utc(const struct leap_table *table, struct tai_time tai, bool *is_leap_out)
{
	const struct utc_label label = tai_label(table, tai);

	if (is_leap_out)
		*is_leap_out = label.of_day_ns >= DAY_S * NS_PER_S;
	return (struct utc_time){ label.day * DAY_S * NS_PER_S + label.of_day_ns };
}

int64_t tai_gps_ns(struct tai_time tai)
{
	return tai.ns - TAI_MINUS_GPS_NS - GPS_EPOCH_NS;
}

struct tai_time tai_of_gps(int64_t gps_ns)
{
	return (struct tai_time){ gps_ns + GPS_EPOCH_NS + TAI_MINUS_GPS_NS };
}

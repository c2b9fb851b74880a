/* SPDX-License-Identifier: MIT */
#include "timescale/civil.h"

#include <errno.h>

#include "testing/check.h"

static void check_date(int64_t days, int year, unsigned month, unsigned day, unsigned weekday)
{
	const struct civil_date date = civil_date_of(days);

	CHECK_EQ(date.year, year);
	CHECK_EQ(date.month, month);
	CHECK_EQ(date.day, day);
	CHECK_EQ(civil_days(date), days);
	CHECK_EQ(civil_weekday(days), weekday);
}

TEST(civil, knows_days_of_note)
{
	check_date(0, 1970, 1, 1, 4);
	check_date(-1, 1969, 12, 31, 3);
	check_date(11016, 2000, 2, 29, 2);
	check_date(20779, 2026, 11, 22, 0);
	check_date(47540, 2100, 2, 28, 0);
	check_date(47541, 2100, 3, 1, 1);
}

TEST(civil, counts_every_day_of_two_centuries)
{
	int64_t days = civil_days((struct civil_date){ 1930, 1, 1 });

	for (int year = 1930; year < 2130; year++) {
		for (unsigned month = 1; month <= 12; month++) {
			for (unsigned day = 1; day <= civil_month_days(year, month); day++)
				check_date(days, year, month, day, civil_weekday(days)), days++;
		}
	}
	CHECK_EQ(days, civil_days((struct civil_date){ 2130, 1, 1 }));
}

TEST(civil, reads_times_and_refuses_others)
{
	static const char *const wrong[] = { "",
		                             "2026-11-22",
		                             "2026-02-29T00:00",
		                             "2026-11-22T24:00",
		                             "2026-11-22T06:30:00+01",
		                             "26-11-22T06:30",
		                             "2026-11-22T06:60",
		                             "2026-11-22T06:30:" };
	struct utc_time when = { 7 };

	for (size_t i = 0; i < ARRAY_COUNT(wrong); i++)
		CHECK_EQ(civil_time_parse(wrong[i], &when), -EINVAL);
	CHECK_EQ(when.ns, 7);
	CHECK_EQ(civil_time_parse("2026-11-22T06:30", &when), 0);
	CHECK_EQ(when.ns, 1795329000 * NS_PER_S);
	CHECK_EQ(civil_time_parse("2026-11-22 06:30:05Z", &when), 0);
	CHECK_EQ(when.ns, 1795329005 * NS_PER_S);
}

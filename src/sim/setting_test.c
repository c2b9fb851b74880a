/* SPDX-License-Identifier: MIT */
#include "sim/setting.h"

#include "testing/check.h"

static double value(enum unit unit, const char *word)
{
	double value_s = 0;

	if (unit_parse(unit, word, &value_s) < 0)
		check_fail(__FILE__, __LINE__, "\"%s\" is refused", word);
	return value_s;
}

TEST(setting, reads_durations)
{
	CHECK_NEAR(value(UNIT_DURATION, "50ns"), 50e-9, 1e-20);
	CHECK_NEAR(value(UNIT_DURATION, "-300ms"), -0.3, 1e-16);
	CHECK_NEAR(value(UNIT_DURATION, "1.5h"), 5400, 0);
	CHECK_NEAR(value(UNIT_DURATION, "30min"), 1800, 0);
	CHECK_NEAR(value(UNIT_DURATION, "2d"), 172800, 0);
	CHECK_NEAR(value(UNIT_DURATION, "0.25"), 0.25, 0);
}

TEST(setting, reads_rates_and_probabilities)
{
	CHECK_NEAR(value(UNIT_RATE, "+10ppm"), 10e-6, 1e-18);
	CHECK_NEAR(value(UNIT_RATE, "5ppb"), 5e-9, 1e-20);
	CHECK_NEAR(value(UNIT_RATE, "1e-9"), 1e-9, 1e-22);
	CHECK_NEAR(value(UNIT_PROBABILITY, "50%"), 0.5, 1e-15);
}

TEST(setting, reads_dates)
{
	CHECK_NEAR(value(UNIT_DATE, "1970-01-01"), 0, 0);
	CHECK_NEAR(value(UNIT_DATE, "2000-02-29T23:59:59"), 951868799, 0);
	CHECK_NEAR(value(UNIT_DATE, "2036-02-07T06:28:16"), 2085978496, 0);
	CHECK_NEAR(value(UNIT_DATE, "1969-12-31"), -86400, 0);
}

TEST(setting, refuses_what_is_none)
{
	static const char *const none[] = { "",    "s",   "12parsecs", "1.2.3s",
		                            "--5", "5 s", "e9",        "0x10" };
	static const char *const no_date[] = { "2026-11", "2026-13-01", "2026/11/01",
		                               "2026-11-22T6:00", "20261-11-1" };
	double unused;

	for (size_t i = 0; i < ARRAY_COUNT(none); i++)
		CHECK(unit_parse(UNIT_DURATION, none[i], &unused) < 0);
	for (size_t i = 0; i < ARRAY_COUNT(no_date); i++)
		CHECK(unit_parse(UNIT_DATE, no_date[i], &unused) < 0);
}

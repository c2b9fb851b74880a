/* SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "base/rng.h"
#include "testing/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

TEST(base_text, prints_numbers_as_printf_does)
{
	static const double values[] = { 0,          1,    -1,       0.5,       1.5,
		                         123456.789, 1e-9, -2.25e-7, 9.9999999, 1e15 };
	struct rng rng;

	rng_init_seed(&rng, 1);
	for (int i = 0; i < 2000; i++) {
		char have[64], want[64];
		struct text out = text_into(have, sizeof have);
		const double value =
			i < 10 ? values[i]
			       : rng_normal(&rng) * pow(10, (double)rng_below(&rng, 12) - 6);

		text_fixed(&out, value, 6);
		snprintf(want, sizeof want, "%.6f", value);
		CHECK_TEXT(have, want);
		out = text_into(have, sizeof have);
		text_scientific(&out, value, 3);
		snprintf(want, sizeof want, "%.3e", value);
		CHECK_TEXT(have, want);
	}
}

TEST(base_text, cuts_what_does_not_fit)
{
	char bytes[5];
	struct text out = text_into(bytes, sizeof bytes);

	text_add(&out, "timeball");
	CHECK(out.is_cut);
	CHECK_TEXT(bytes, "time");
}

TEST(base_text, prints_durations_for_people)
{
	static const struct {
		double ns;
		const char *text;
	} rows[] = { { 0, "0 ns" },       { 12345, "12.3 us" }, { -250e6, "-250 ms" },
		     { 1.2e9, "1.20 s" }, { 999.6, "1.00 us" }, { 86400e9, "86400 s" },
		     { 99960, "100 us" } };

	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		char bytes[32];
		struct text out = text_into(bytes, sizeof bytes);

		text_duration(&out, rows[i].ns);
		CHECK_TEXT(bytes, rows[i].text);
	}
}

TEST(base_text, prints_dates)
{
	static const struct {
		int64_t second;
		const char *text;
	} rows[] = { { 0, "1970-01-01 00:00:00" },
		     { -1, "1969-12-31 23:59:59" },
		     { 951782400, "2000-02-29 00:00:00" },
		     { 2085978496, "2036-02-07 06:28:16" },
		     { 4107542399, "2100-02-28 23:59:59" } };

	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		char bytes[32];
		struct text out = text_into(bytes, sizeof bytes);

		text_date_time(&out, (struct utc_time){ rows[i].second * NS_PER_S });
		CHECK_TEXT(bytes, rows[i].text);
	}
}

TEST(base_text, parses_what_strtod_parses)
{
	static const char *const good[] = { "0",        "1.5",    "-2.25e-7",
		                            "+3",       ".5",     "5.",
		                            "1e300",    "1e-310", "123456789012345678901234567890",
		                            "83333.333" };
	static const char *const bad[] = {
		"", "-", ".", "1e", "1x", "e5", "nan", "inf", "0x1", "1 "
	};
	double have;

	for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
		const double want = strtod(good[i], NULL);

		CHECK_EQ(text_parse_real(good[i], &have), 0);
		CHECK_NEAR(have, want, fabs(want) * 1e-15);
	}
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		CHECK_EQ(text_parse_real(bad[i], &have), -EINVAL);
	CHECK_EQ(text_parse_real("1e999", &have), -ERANGE);
}

TEST(base_text, parses_integers_within_limits)
{
	int64_t value;
	uint64_t size;

	CHECK_EQ(text_parse_s64("-7", -7, 24, &value), 0);
	CHECK_EQ(value, -7);
	CHECK_EQ(text_parse_s64("-8", -7, 24, &value), -ERANGE);
	CHECK_EQ(text_parse_s64("2.5", -7, 24, &value), -EINVAL);
	CHECK_EQ(text_parse_u64("99999999999999999999999", UINT64_MAX - 1, &size), -ERANGE);
	CHECK_EQ(text_parse_u64("", 5, &size), -EINVAL);
}

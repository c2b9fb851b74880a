/* SPDX-License-Identifier: MIT */
#include "timescale/date_text.h"
#include "base/rng.h"
#include "testing/check.h"

#include <errno.h>

static struct leap_table builtin(void)
{
	struct leap_table table;

	leap_table_builtin(&table);
	return table;
}

static const char *written(struct utc_label label, unsigned decimals)
{
	static char bytes[64];
	struct text out = text_into(bytes, sizeof bytes);

	date_text_format(&out, label, decimals);
	return bytes;
}

static void check_reads(const char *string, const char *as)
{
	struct utc_label label = { 0 };

	CHECK_EQ(date_text_parse(string, &label), 0);
	CHECK_TEXT(written(label, 9), as);
}

TEST(date_text, reads_rfc_3339)
{
	check_reads("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520000000");
	check_reads("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57.000000000");
	check_reads("1990-12-31T23:59:60Z", "1990-12-31T23:59:60.000000000");
	check_reads("1990-12-31T15:59:60-08:00", "1990-12-31T23:59:60.000000000");
	check_reads("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870000000");
	check_reads("2026-11-22 01:02:03", "2026-11-22T01:02:03.000000000");
	check_reads("2026-11-22", "2026-11-22T00:00:00.000000000");
	check_reads("2000-02-29t00:00:00.1234567899z", "2000-02-29T00:00:00.123456789");
	check_reads("2000-01-01T00:30:00+01:00", "1999-12-31T23:30:00.000000000");
}

TEST(date_text, refuses_what_is_no_moment)
{
	static const struct {
		const char *string;
		int error;
	} wrong[] = {
		{ "", -EINVAL },
		{ "yesterday", -EINVAL },
		{ "2026-11-22T", -EINVAL },
		{ "2026-11-22T10:00", -EINVAL },
		{ "2026-11-22T10:00:00.", -EINVAL },
		{ "2026-11-22T10:00:00X", -EINVAL },
		{ "2026-11-22T10:00:00Z ", -EINVAL },
		{ "2026-11-22T10:00:00+24:00", -EINVAL },
		{ "26-11-22", -EINVAL },
		{ "2026-13-01", -ERANGE },
		{ "2026-00-01", -ERANGE },
		{ "2026-02-29", -ERANGE },
		{ "2026-02-00", -ERANGE },
		{ "2026-02-01T24:00:00", -ERANGE },
		{ "2026-02-01T00:60:00", -ERANGE },
		{ "2026-02-01T00:00:61", -ERANGE },
		{ "2026-02-01T12:00:60", -ERANGE },
		{ "1699-12-31", -ERANGE },
		{ "2251-01-01", -ERANGE },
	};
	struct utc_label label;

	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		CHECK_EQ(date_text_parse(wrong[i].string, &label), wrong[i].error);
}

static const char *mjd(const struct leap_table *table, struct utc_label label)
{
	static char bytes[64];
	struct text out = text_into(bytes, sizeof bytes);

	date_text_format_mjd(&out, table, label);
	return bytes;
}

TEST(date_text, writes_julian_dates)
{
	const struct leap_table table = builtin();
	char bytes[64];
	struct text out = text_into(bytes, sizeof bytes);

	CHECK_TEXT(mjd(&table, (struct utc_label){ .day = 0 }), "40587.000000000000000");
	CHECK_TEXT(mjd(&table, (struct utc_label){ .day = -40587 }), "0.000000000000000");
	CHECK_TEXT(mjd(&table, (struct utc_label){ .day = -40588, .of_day_ns = 21600 * NS_PER_S }),
	           "-0.750000000000000");
	/* J2000.0's noon */
	date_text_format_jd(&out, &table,
	                    (struct utc_label){ .day = 10957, .of_day_ns = 43200 * NS_PER_S });
	CHECK_TEXT(bytes, "2451545.000000000000000");
	/* the middle of a day of 86401 s */
	CHECK_TEXT(
		mjd(&table, (struct utc_label){ .day = 17166, .of_day_ns = 86401 * NS_PER_S / 2 }),
		"57753.500000000000000");
}

TEST(date_text, comes_back_from_julian_dates)
{
	const struct leap_table table = builtin();
	struct rng rng;

	rng_init_seed(&rng, 3);
	for (int i = 0; i < 50000; i++) {
		const int64_t day = (int64_t)rng_below(&rng, 109573) - 25567; /* 1900..2200 */
		const struct utc_label label = {
			.day = i % 100 == 0 ? 17166 : day,
			.of_day_ns = (int64_t)(rng_u64(&rng) % UINT64_C(86400000000000)),
		};
		struct utc_label back = { 0 };
		char jd[64];
		struct text out = text_into(jd, sizeof jd);

		CHECK_EQ(date_text_parse_mjd(mjd(&table, label), &table, &back), 0);
		CHECK_EQ(back.day, label.day);
		CHECK_EQ(back.of_day_ns, label.of_day_ns);
		date_text_format_jd(&out, &table, label);
		CHECK_EQ(date_text_parse_jd(jd, &table, &back), 0);
		CHECK_EQ(back.day, label.day);
		CHECK_EQ(back.of_day_ns, label.of_day_ns);
	}
}

TEST(date_text, refuses_what_is_no_julian_date)
{
	const struct leap_table table = builtin();
	struct utc_label label;

	CHECK_EQ(date_text_parse_mjd("", &table, &label), -EINVAL);
	CHECK_EQ(date_text_parse_mjd("1e5", &table, &label), -EINVAL);
	CHECK_EQ(date_text_parse_mjd("5.", &table, &label), -EINVAL);
	CHECK_EQ(date_text_parse_mjd("999999", &table, &label), -ERANGE);
	CHECK_EQ(date_text_parse_jd("0", &table, &label), -ERANGE);
	CHECK_EQ(date_text_parse_jd("99999999999999999999", &table, &label), -ERANGE);
}

TEST(date_text, reads_and_writes_seconds)
{
	char bytes[64];
	struct text out = text_into(bytes, sizeof bytes);
	int64_t ns = 0;

	CHECK_EQ(date_text_parse_seconds("-1.25", &ns), 0);
	CHECK_EQ(ns, -1250000000);
	date_text_format_seconds(&out, ns);
	CHECK_TEXT(bytes, "-1.250000000");
	CHECK_EQ(date_text_parse_seconds("1483228800", &ns), 0);
	CHECK_EQ(ns, 1483228800 * NS_PER_S);
	CHECK_EQ(date_text_parse_seconds("99999999999", &ns), -ERANGE);
	CHECK_EQ(date_text_parse_seconds("1.2.3", &ns), -EINVAL);
	CHECK_EQ(date_text_parse_seconds("-", &ns), -EINVAL);
}

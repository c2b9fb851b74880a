/* SPDX-License-Identifier: MIT */
#include "report/report_json.h"
#include "report/stub_node_test.h"
#include "testing/check.h"

#include <math.h>

TEST(report_json, escapes_what_strangers_write)
{
	static const struct {
		const char *string, *json;
	} rows[] = {
		{ "ntp1", "\"ntp1\"" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "\x1b[2J\n\x7f", "\"\\u001b[2J\\u000a\\u007f\"" },
		{ "z\xc3\xbcrich", "\"z\xc3\xbcrich\"" },
		{ "\xff\xc3", "\"\\ufffd\\ufffd\"" },            /* no UTF-8, and a torn one */
		{ "\xc0\xaf", "\"\\ufffd\\ufffd\"" },            /* overlong */
		{ "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"" }, /* a surrogate */
		{ "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"" },
		{ "\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		char bytes[128];
		struct text out = text_into(bytes, sizeof bytes);

		report_json_string(&out, rows[i].string);
		CHECK_TEXT(bytes, rows[i].json);
	}
}

TEST(report_json, writes_reals_shortly_and_unknown_as_null)
{
	static const struct {
		double value;
		const char *json;
	} rows[] = {
		{ 0, "0" },        { 1.5, "1.5" },       { -0.25, "-0.25" },
		{ 2e-7, "2e-07" }, { 1e300, "1e+300" },  { 12345.5, "12345.5" },
		{ NAN, "null" },   { INFINITY, "null" }, { -INFINITY, "null" },
		{ 40, "40" },      { 0.0123, "0.0123" }, { 100, "100" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		char bytes[64];
		struct text out = text_into(bytes, sizeof bytes);

		report_json_real(&out, rows[i].value);
		CHECK_TEXT(bytes, rows[i].json);
	}
}

struct every_type {
	int64_t offset_ns, unknown_ns;
	uint64_t hits_count;
	uint32_t stratum;
	uint8_t reach;
	double skew_ppm, poll_log2_s;
	bool is_on;
	char letter;
	const char *name, *nothing;
	char chars[4];
	struct utc_time when;
};

static const struct report_field fields[] = {
	REPORT_FIELD(struct every_type, offset_ns, "o"),
	REPORT_FIELD(struct every_type, unknown_ns, ""),
	REPORT_FIELD(struct every_type, hits_count, ""),
	REPORT_FIELD(struct every_type, stratum, ""),
	REPORT_FIELD(struct every_type, reach, ""),
	REPORT_FIELD(struct every_type, skew_ppm, ""),
	REPORT_FIELD(struct every_type, poll_log2_s, ""),
	REPORT_FIELD(struct every_type, is_on, ""),
	REPORT_FIELD(struct every_type, letter, ""),
	REPORT_FIELD(struct every_type, name, ""),
	REPORT_FIELD(struct every_type, nothing, ""),
	REPORT_FIELD(struct every_type, chars, ""),
	REPORT_FIELD(struct every_type, when, ""),
};

static void collect(const struct report_subject *subject, struct report_rows *rows)
{
	(void)subject;
	report_rows_add(rows, &(struct every_type){ .offset_ns = -5,
	                                            .unknown_ns = INT64_MAX,
	                                            .hits_count = UINT64_MAX,
	                                            .stratum = 3,
	                                            .reach = 0377,
	                                            .skew_ppm = NAN,
	                                            .poll_log2_s = -2,
	                                            .is_on = true,
	                                            .letter = '*',
	                                            .name = "a",
	                                            .chars = "xyz",
	                                            .when = { 7 } });
	report_rows_add(rows, &(struct every_type){ .name = "b" });
}

TEST(report_json, writes_every_type)
{
	static const struct report report = { .name = "r",
		                              .summary = "s",
		                              .fields = fields,
		                              .field_count = ARRAY_COUNT(fields),
		                              .collect = collect };
	char bytes[4096];
	struct text out = text_into(bytes, sizeof bytes);

	report_json_write(&out, &report, NULL);
	CHECK(!out.is_cut);
	CHECK(strstr(bytes,
	             "{\"report\":\"r\",\"summary\":\"s\",\"fields\":[{\"name\":\"offset_ns\","
	             "\"unit\":\"ns\",\"type\":\"integer\",\"text\":\"o\"},") == bytes);
	CHECK(strstr(bytes, "\"rows\":[{\"offset_ns\":-5,\"unknown_ns\":null,\"hits_count\":"
	                    "18446744073709551615,\"stratum\":3,\"reach\":255,\"skew_ppm\":null,"
	                    "\"poll_log2_s\":-2,\"is_on\":true,\"letter\":\"*\",\"name\":\"a\","
	                    "\"nothing\":null,\"chars\":\"xyz\",\"when\":7},{") != NULL);
	CHECK(strstr(bytes, "\"letter\":\"\",\"name\":\"b\"") != NULL);
	CHECK(strstr(bytes, "\"when\":null}]}") != NULL);
}

TEST(report_json, takes_the_unit_from_the_name)
{
	static const struct {
		const char *name, *unit;
	} rows[] = { { "offset_ns", "ns" }, { "poll_log2_s", "log2_s" },
		     { "uptime_s", "s" },   { "reach", "" },
		     { "skew_ppm", "ppm" }, { "hits_count", "count" },
		     { "s", "" },           { "address", "" } };

	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		CHECK_TEXT(report_field_unit(&(struct report_field){ .name = rows[i].name }),
		           rows[i].unit);
}

/* SPDX-License-Identifier: MIT */
#include "cli/answer.h"
#include "testing/check.h"

#include <errno.h>

static const char *for_people(const char *json, const char *unit, const char *type)
{
	static char bytes[256];
	struct text out = text_into(bytes, sizeof bytes);
	json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);

	answer_value_for_people(&out, value, &(struct answer_field){ "name", unit, type, "" });
	json_decref(value);
	return bytes;
}

TEST(cli_answer, scales_values_for_people)
{
	static const struct {
		const char *json, *unit, *type, *text;
	} rows[] = {
		{ "12345", "ns", "integer", "12.3 us" },
		{ "-250000000", "ns", "integer", "-250 ms" },
		{ "0.0012", "s", "real", "1.20 ms" },
		{ "5400000000000", "ns", "integer", "90 min" },
		{ "86400", "s", "real", "24.0 h" },
		{ "864000", "s", "real", "10.0 d" },
		{ "40.2504", "ppm", "real", "40.250 ppm" },
		{ "6", "log2_s", "integer", "64 s" },
		{ "-2", "log2_s", "integer", "250 ms" },
		{ "255", "", "octal", "377" },
		{ "0", "", "octal", "0" },
		{ "true", "", "boolean", "yes" },
		{ "3", "", "integer", "3" },
		{ "0.5", "", "real", "0.500" },
		{ "1600000000000000000", "ns", "time", "2020-09-13 12:26:40" },
		{ "null", "ns", "integer", "-" },
		{ "\"a\\u001b[2Jb\\u009bc\"", "", "text", "a?[2Jb?c" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
		CHECK_TEXT(for_people(rows[i].json, rows[i].unit, rows[i].type), rows[i].text);
}

static const char *as_csv(const char *json)
{
	static char bytes[256];
	struct text out = text_into(bytes, sizeof bytes);
	json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);

	answer_value_as_csv(&out, value);
	json_decref(value);
	return bytes;
}

TEST(cli_answer, quotes_csv)
{
	CHECK_TEXT(as_csv("\"plain\""), "plain");
	CHECK_TEXT(as_csv("\"a,b\""), "\"a,b\"");
	CHECK_TEXT(as_csv("\"say \\\"no\\\"\""), "\"say \"\"no\"\"\"");
	CHECK_TEXT(as_csv("\"two\\nlines\""), "\"two\nlines\"");
	CHECK_TEXT(as_csv("null"), "");
	CHECK_TEXT(as_csv("-12"), "-12");
	CHECK_TEXT(as_csv("2.5e-07"), "2.5e-7");
	CHECK_TEXT(as_csv("false"), "false");
}

TEST(cli_answer, refuses_what_is_not_ours)
{
	static const char *const strange[] = {
		"",
		"HTTP/1.1 400 Bad Request",
		"[]",
		"{}",
		"{\"report\":\"x\"}",
		"{\"report\":\"x\",\"fields\":[1],\"rows\":[]}",
		"{\"report\":\"x\",\"fields\":[],\"rows\":[1]}",
		"{\"report\":\"x\",\"fields\":[],\"rows\":[]",
		"{\"error\":1}",
	};
	struct answer answer = { 0 };

	for (size_t i = 0; i < ARRAY_COUNT(strange); i++)
		CHECK_EQ(answer_parse(strange[i], &answer), -EBADMSG);
	CHECK(answer.root == NULL);
	CHECK_EQ(answer_parse("{\"report\":\"x\",\"fields\":[],\"rows\":[]}\n", &answer), 0);
	CHECK(answer_is_report(&answer));
	answer_free(&answer);
	CHECK_EQ(answer_parse("{\"error\":\"no\"}", &answer), 0);
	CHECK_TEXT(answer_error(&answer), "no");
	answer_free(&answer);
}

TEST(cli_answer, reads_what_is_missing_as_unknown)
{
	struct answer answer;

	CHECK_EQ(answer_parse(
			 "{\"report\":\"x\",\"fields\":[{\"name\":\"n\"}],\"rows\":[{\"n\":null}]}",
			 &answer),
	         0);
	CHECK(isnan(answer_number(answer_row(&answer, 0), "n")));
	CHECK(isnan(answer_number(answer_row(&answer, 0), "other")));
	CHECK_TEXT(answer_text(answer_row(&answer, 0), "n"), "");
	CHECK(!answer_flag(answer_row(&answer, 0), "n"));
	CHECK_TEXT(answer_field(&answer, 0).unit, "");
	answer_free(&answer);
}

/* SPDX-License-Identifier: MIT */
#include "config/config_option.h"
#include "testing/check.h"

TEST(config_option, writes_numbers_as_people_do)
{
	static const struct {
		double value;
		const char *text;
	} rows[] = { { 0, "0" },         { -7, "-7" },           { 83333.333, "83333.333" },
		     { 1e-4, "0.0001" }, { 1e-9, "1e-9" },       { 2.5e-7, "2.5e-7" },
		     { -0.25, "-0.25" }, { 1e300, "1e300" },     { 4294967295.0, "4294967295" },
		     { 1e5, "100000" },  { 1e10, "10000000000" } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char bytes[64];
		struct text out = text_into(bytes, sizeof bytes);

		config_option_number(&out, rows[i].value);
		CHECK_TEXT(bytes, rows[i].text);
	}
}

TEST(config_option, tells_its_range)
{
	static const struct {
		struct config_option option;
		const char *text;
	} rows[] = { { { .minimum = -7, .maximum = 24, .unit = "log2 s" }, "between -7 and 24" },
		     { { .minimum = 0, .maximum = 3.5, .unit = "s" }, "between 0 and 3.5 s" },
		     { { .minimum = 1, .maximum = INFINITY, .unit = "ppm" }, "at least 1 ppm" },
		     { { .unit = "s" }, "" } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char bytes[64];
		struct text out = text_into(bytes, sizeof bytes);

		config_option_range(&out, &rows[i].option);
		CHECK_TEXT(bytes, rows[i].text);
	}
}

struct values {
	int8_t s8;
	int16_t s16;
	int32_t s32;
	int64_t s64;
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
};

static const struct config_option table[] = {
	{ .name = "s8", CONFIG_AT(struct values, s8) },
	{ .name = "s16", CONFIG_AT(struct values, s16) },
	{ .name = "s32", CONFIG_AT(struct values, s32) },
	{ .name = "s64", CONFIG_AT(struct values, s64) },
	{ .name = "u8", CONFIG_AT(struct values, u8) },
	{ .name = "u16", CONFIG_AT(struct values, u16) },
	{ .name = "u32", CONFIG_AT(struct values, u32) },
	{ .name = NULL },
};

/* Whether `word` goes into this row's member, which nothing but its own width limits. */
static bool takes(size_t row, const char *word, struct values *values)
{
	const struct config_line line = { .file = "f", .number = 1, .text = word };
	struct config_errors errors;
	struct config_cursor cursor;

	config_errors_init(&errors);
	config_cursor_init(&cursor, &line, &errors);
	cursor.directive = "x";
	config_option_parse(&table[row], false, &cursor, values);
	return !cursor.is_failed;
}

TEST(config_option, fills_integers_up_to_their_width)
{
	static const struct {
		const char *least, *most, *below, *above;
	} limits[] = {
		{ "-128", "127", "-129", "128" },
		{ "-32768", "32767", "-32769", "32768" },
		{ "-2147483648", "2147483647", "-2147483649", "2147483648" },
		{ "-9223372036854775807", "9223372036854775807", "-9223372036854775809",
		  "9223372036854775808" },
		{ "0", "255", "-1", "256" },
		{ "-0", "65535", "-1", "65536" },
		{ "0", "4294967295", "-4294967296", "4294967296" },
	};
	struct values values = { 0 };

	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		CHECK(takes(i, limits[i].least, &values));
		CHECK(takes(i, limits[i].most, &values));
		CHECK(!takes(i, limits[i].below, &values));
		CHECK(!takes(i, limits[i].above, &values));
		CHECK(!takes(i, "1x", &values));
	}
	CHECK_EQ(values.s8, INT8_MAX);
	CHECK_EQ(values.s16, INT16_MAX);
	CHECK_EQ(values.s32, INT32_MAX);
	CHECK_EQ(values.s64, INT64_MAX);
	CHECK_EQ(values.u8, UINT8_MAX);
	CHECK_EQ(values.u16, UINT16_MAX);
	CHECK_EQ(values.u32, UINT32_MAX);
}

/* SPDX-License-Identifier: MIT */
#include "report/report_json.h"

#include <math.h>
#include <string.h>

/* The length of the UTF-8 sequence that begins here (RFC 3629 section 4), 0 if there is none. */
static size_t utf8_length(const char *string)
{
	const unsigned char *at = (const unsigned char *)string;
	const size_t length = at[0] < 0x80                    ? 1
	                      : at[0] >= 0xc2 && at[0] < 0xe0 ? 2
	                      : at[0] >= 0xe0 && at[0] < 0xf0 ? 3
	                      : at[0] >= 0xf0 && at[0] < 0xf5 ? 4
	                                                      : 0;

	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] >= 0xa0) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] >= 0x90))
		return 0; /* overlong, a surrogate, beyond U+10FFFF */
	return length;
}

void report_json_string(struct text *out, const char *string)
{
	text_char(out, '"');
	while (*string) {
		const size_t length = utf8_length(string);
		const unsigned char c = (unsigned char)*string;

		if (length == 0) {
			text_add(out, "\\ufffd");
		} else if (c < 0x20 || c == 0x7f) {
			text_add(out, "\\u");
			text_hex(out, c, 4);
		} else {
			if (c == '"' || c == '\\')
				text_char(out, '\\');
			text_add_bytes(out, string, length);
		}
		string += length ? length : 1;
	}
	text_char(out, '"');
}

/* "1.500" -> "1.5", "2.000e-07" -> "2e-07" */
static void add_without_trailing_zeros(struct text *out, const char *number)
{
	const char *exponent = strchr(number, 'e');
	size_t length = exponent ? (size_t)(exponent - number) : strlen(number);

	if (memchr(number, '.', length)) {
		while (number[length - 1] == '0')
			length--;
		length -= number[length - 1] == '.';
	}
	text_add_bytes(out, number, length);
	if (exponent)
		text_add(out, exponent);
}

void report_json_real(struct text *out, double value)
{
	char bytes[48];
	struct text number = text_into(bytes, sizeof bytes);
	const double size = fabs(value);

	if (!isfinite(value)) {
		text_add(out, "null");
		return;
	}
	if (value == 0 || (size >= 1e-3 && size < 1e9))
		text_fixed(&number, value, size >= 1e4 ? 5 : size >= 1 ? 9 : 12);
	else
		text_scientific(&number, value, 9);
	add_without_trailing_zeros(out, bytes);
}

static void json_boolean(struct text *out, bool value)
{
	text_add(out, value ? "true" : "false");
}

static void json_text_or_null(struct text *out, const char *string)
{
	if (string)
		report_json_string(out, string);
	else
		text_add(out, "null");
}

static void json_s64_or_null(struct text *out, int64_t value, int64_t unknown)
{
	if (value == unknown)
		text_add(out, "null");
	else
		text_s64(out, value);
}

static void json_value(struct text *out, const struct report_field *field, const void *row)
{
	const void *at = (const char *)row + field->offset_bytes;

	switch ((enum report_type)field->type) {
	case REPORT_INTEGER:
		json_s64_or_null(out, *(const int64_t *)at, INT64_MAX);
		break;
	case REPORT_COUNT:
		text_u64(out, *(const uint64_t *)at);
		break;
	case REPORT_WORD:
		text_u64(out, *(const uint32_t *)at);
		break;
	case REPORT_OCTAL:
		text_u64(out, *(const uint8_t *)at);
		break;
	case REPORT_REAL:
		report_json_real(out, *(const double *)at);
		break;
	case REPORT_BOOLEAN:
		json_boolean(out, *(const bool *)at);
		break;
	case REPORT_LETTER:
		report_json_string(out, (const char[2]){ *(const char *)at, '\0' });
		break;
	case REPORT_TEXT:
		json_text_or_null(out, *(const char *const *)at);
		break;
	case REPORT_CHARS:
		report_json_string(out, at);
		break;
	case REPORT_TIME:
		json_s64_or_null(out, ((const struct utc_time *)at)->ns, 0);
		break;
	}
}

static void json_member(struct text *out, const char *name, const char *value, char after)
{
	report_json_string(out, name);
	text_char(out, ':');
	report_json_string(out, value);
	text_char(out, after);
}

static void json_field(struct text *out, const struct report_field *field)
{
	text_char(out, '{');
	json_member(out, "name", field->name, ',');
	json_member(out, "unit", report_field_unit(field), ',');
	json_member(out, "type", report_type_name((enum report_type)field->type), ',');
	json_member(out, "text", field->text, '}');
}

struct row_writer {
	const struct report *report;
	struct text *out;
	bool has_rows;
};

static void write_row(void *to, const void *row)
{
	struct row_writer *writer = to;

	text_char(writer->out, writer->has_rows ? ',' : '[');
	writer->has_rows = true;
	for (size_t i = 0; i < writer->report->field_count; i++) {
		const struct report_field *field = &writer->report->fields[i];

		text_char(writer->out, i == 0 ? '{' : ',');
		report_json_string(writer->out, field->name);
		text_char(writer->out, ':');
		json_value(writer->out, field, row);
	}
	text_char(writer->out, '}');
}

void report_json_write(struct text *out, const struct report *report,
                       const struct report_subject *subject)
{
	struct row_writer writer = { .report = report, .out = out };
	struct report_rows rows = { .on_row = write_row, .to = &writer };

	text_char(out, '{');
	json_member(out, "report", report->name, ',');
	json_member(out, "summary", report->summary, ',');
	text_add(out, "\"fields\":");
	for (size_t i = 0; i < report->field_count; i++) {
		text_char(out, i == 0 ? '[' : ',');
		json_field(out, &report->fields[i]);
	}
	text_add(out, "],\"rows\":");
	report->collect(subject, &rows);
	text_add(out, writer.has_rows ? "]}" : "[]}");
}

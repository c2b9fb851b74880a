/* SPDX-License-Identifier: MIT */
#include "cli/answer.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "cli/command.h"
#include "cli/control_client.h"

static bool is_sound_report(const json_t *root)
{
	const json_t *fields = json_object_get(root, "fields");
	const json_t *rows = json_object_get(root, "rows");
	const json_t *item;
	size_t i;

	if (!json_is_string(json_object_get(root, "report")) || !json_is_array(fields) ||
	    !json_is_array(rows))
		return false;
	json_array_foreach(fields, i, item)
	{
		if (!json_is_string(json_object_get(item, "name")))
			return false;
	}
	json_array_foreach(rows, i, item)
	{
		if (!json_is_object(item))
			return false;
	}
	return true;
}

int answer_parse(const char *line, struct answer *answer_out)
{
	json_t *root = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(root) ||
	    !(is_sound_report(root) || json_is_string(json_object_get(root, "error")) ||
	      json_is_string(json_object_get(root, "pong")) ||
	      json_is_string(json_object_get(root, "done")) ||
	      json_is_array(json_object_get(root, "reports")))) {
		json_decref(root);
		return -EBADMSG;
	}
	answer_out->root = root;
	return 0;
}

void answer_free(struct answer *answer)
{
	json_decref(answer->root);
	answer->root = NULL;
}

int answer_ask(const char *path, const char *request, struct answer *answer_out)
{
	char *line = NULL;
	enum control_outcome outcome =
		control_client_ask(path, request, CONTROL_CLIENT_TIMEOUT_MS, &line);
	int error = outcome == CONTROL_ANSWERED ? answer_parse(line, answer_out) : -EIO;

	free(line);
	if (error < 0) {
		control_client_explain(outcome, path);
		return COMMAND_UNREACHABLE;
	}
	return answer_error(answer_out) ? COMMAND_NO : COMMAND_OK;
}

bool answer_is_report(const struct answer *answer)
{
	return is_sound_report(answer->root);
}

const char *answer_error(const struct answer *answer)
{
	return json_string_value(json_object_get(answer->root, "error"));
}

size_t answer_field_count(const struct answer *answer)
{
	return json_array_size(json_object_get(answer->root, "fields"));
}

static const char *text_or_empty(const json_t *object, const char *name)
{
	const char *string = json_string_value(json_object_get(object, name));

	return string ? string : "";
}

struct answer_field answer_field(const struct answer *answer, size_t index)
{
	const json_t *field = json_array_get(json_object_get(answer->root, "fields"), index);

	return (struct answer_field){ .name = text_or_empty(field, "name"),
		                      .unit = text_or_empty(field, "unit"),
		                      .type = text_or_empty(field, "type"),
		                      .text = text_or_empty(field, "text") };
}

size_t answer_row_count(const struct answer *answer)
{
	return json_array_size(json_object_get(answer->root, "rows"));
}

const json_t *answer_row(const struct answer *answer, size_t index)
{
	return json_array_get(json_object_get(answer->root, "rows"), index);
}

double answer_number(const json_t *row, const char *field)
{
	const json_t *value = json_object_get(row, field);

	return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

bool answer_flag(const json_t *row, const char *field)
{
	return json_is_true(json_object_get(row, field));
}

const char *answer_text(const json_t *row, const char *field)
{
	return text_or_empty(row, field);
}

void answer_add_printable(struct text *out, const char *string)
{
	for (const unsigned char *at = (const unsigned char *)string; *at; at++) {
		const bool is_c1 = at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0; /* U+0080..9F */

		if (is_c1)
			at++;
		text_char(out, *at < 0x20 || *at == 0x7f || is_c1 ? '?' : (char)*at);
	}
}

void answer_add_duration(struct text *out, double duration_ns)
{
	const double seconds = duration_ns / NS_PER_S;
	const double size = fabs(seconds);

	if (!(size >= 600)) {
		text_duration(out, duration_ns);
	} else if (size < 2 * 3600) {
		text_fixed(out, seconds / 60, 0);
		text_add(out, " min");
	} else if (size < 48 * 3600) {
		text_fixed(out, seconds / 3600, 1);
		text_add(out, " h");
	} else {
		text_fixed(out, seconds / 86400, 1);
		text_add(out, " d");
	}
}

static void add_octal(struct text *out, unsigned value)
{
	if (value >= 8)
		add_octal(out, value / 8);
	text_char(out, (char)('0' + value % 8));
}

/* "64 s": without the decimals that nobody wants of an interval or an age. */
static void add_seconds(struct text *out, double seconds)
{
	if (seconds == 0 || (seconds >= 1 && seconds < 600)) {
		text_fixed(out, seconds, 0);
		text_add(out, " s");
	} else {
		answer_add_duration(out, seconds * NS_PER_S);
	}
}

static bool is_age(const struct answer_field *field)
{
	const size_t length = strlen(field->name);

	return length >= 5 && strcmp(field->name + length - 5, "age_s") == 0;
}

static void add_number(struct text *out, double value, const struct answer_field *field)
{
	if (strcmp(field->type, "time") == 0) {
		text_date_time(out, (struct utc_time){ llrint(value) });
	} else if (strcmp(field->type, "octal") == 0) {
		add_octal(out, value >= 0 && value < 256 ? (unsigned)value : 0);
	} else if (strcmp(field->unit, "ns") == 0) {
		answer_add_duration(out, value);
	} else if (strcmp(field->unit, "log2_s") == 0) {
		add_seconds(out, exp2(value));
	} else if (is_age(field)) {
		add_seconds(out, value < 1 ? floor(value + 0.5) : value);
	} else if (strcmp(field->unit, "s") == 0) {
		answer_add_duration(out, value * NS_PER_S);
	} else if (strcmp(field->unit, "ppm") == 0) {
		text_fixed(out, value, fabs(value) < 1e-3 ? 6 : 3);
		text_add(out, " ppm");
	} else if (strcmp(field->type, "real") == 0) {
		text_fixed(out, value, 3);
	} else {
		text_fixed(out, value, 0);
	}
}

void answer_value_for_people(struct text *out, const json_t *value,
                             const struct answer_field *field)
{
	if (json_is_string(value))
		answer_add_printable(out, json_string_value(value));
	else if (json_is_boolean(value))
		text_add(out, json_is_true(value) ? "yes" : "no");
	else if (json_is_number(value))
		add_number(out, json_number_value(value), field);
	else
		text_char(out, '-');
}

void answer_value_as_csv(struct text *out, const json_t *value)
{
	const char *string = json_string_value(value);
	char *number;

	if (string && !strpbrk(string, ",\"\r\n")) {
		text_add(out, string);
	} else if (string) {
		text_char(out, '"');
		for (; *string; string++) {
			if (*string == '"')
				text_char(out, '"');
			text_char(out, *string);
		}
		text_char(out, '"');
	} else if (value && !json_is_null(value)) {
		number =
			json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(10));
		text_add(out, number ? number : "");
		free(number);
	}
}

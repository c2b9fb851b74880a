/* cli/answer: the daemon's answer, parsed: a report with its fields and rows, or something short.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "base/text.h"

struct answer {
	json_t *root; /* owned; always an object */
};

struct answer_field {
	const char *name, *unit, *type, *text; /* borrowed from the answer; never NULL */
};

/* 0; -EBADMSG: no answer of a timeballd. */
NODISCARD int answer_parse(const char *line, struct answer *answer_out);
void answer_free(struct answer *answer); /* a zeroed one is fine */

/* Asks for `request` at `path`; says on standard error what went wrong. enum command_exit. The
 * caller frees *answer_out on COMMAND_OK, or on COMMAND_NO: the daemon's own refusal. */
NODISCARD int answer_ask(const char *path, const char *request, struct answer *answer_out);

bool answer_is_report(const struct answer *answer);
const char *answer_error(const struct answer *answer); /* NULL = none */

size_t answer_field_count(const struct answer *answer);
struct answer_field answer_field(const struct answer *answer, size_t index);
size_t answer_row_count(const struct answer *answer);
const json_t *answer_row(const struct answer *answer, size_t index);

/* Of one row; what is missing or null reads as unknown: NAN, 0, false, "". */
double answer_number(const json_t *row, const char *field);
bool answer_flag(const json_t *row, const char *field);
const char *answer_text(const json_t *row, const char *field);

/* A value as people read it: scaled, with its unit, without control characters; "-" when unknown.
 */
void answer_value_for_people(struct text *out, const json_t *value,
                             const struct answer_field *field);
/* As a CSV field (RFC 4180); empty when unknown. */
void answer_value_as_csv(struct text *out, const json_t *value);
/* Copies what can be printed on any terminal; '?' in place of the rest. */
void answer_add_printable(struct text *out, const char *string);
/* "12.3 us", and from ten minutes on "12 min", "3.4 h", "2.0 d". */
void answer_add_duration(struct text *out, double duration_ns);

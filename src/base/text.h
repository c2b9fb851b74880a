/* base/text: builds and reads text in fixed buffers, the same on every machine and locale.
 * SPDX-License-Identifier: MIT
 *
 * Exists because the pure floors may not call printf or strtod. What does not fit is cut at a byte,
 * remembered in is_cut, and the buffer stays terminated. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/instant.h"

struct text {
	char *bytes; /* borrowed; always terminated */
	size_t size_bytes;
	size_t length_bytes;
	bool is_cut;
};

struct text text_into(char *bytes, size_t size_bytes);      /* size >= 1; starts empty */
struct text text_append_to(char *bytes, size_t size_bytes); /* goes on after what stands there */

void text_char(struct text *out, char c);
void text_add(struct text *out, const char *string);
void text_add_bytes(struct text *out, const char *bytes, size_t count);
void text_u64(struct text *out, uint64_t value);
void text_s64(struct text *out, int64_t value);
void text_hex(struct text *out, uint64_t value, unsigned digits); /* exactly `digits`, 1..16 */
/* As printf's "%.*f": rounded to nearest, 0..15 decimals; "nan", "inf", "-inf". Beyond 2^63 it is
 * written with an exponent instead. */
void text_fixed(struct text *out, double value, unsigned decimals);
/* As printf's "%.*e", 0..15 decimals. */
void text_scientific(struct text *out, double value, unsigned decimals);
/* Blanks until `column` bytes stand after `start_length`. */
void text_pad(struct text *out, size_t start_length, size_t column);
/* A duration for people, three significant digits and a unit: "12.3 us", "-250 ms", "1.20 s". */
void text_duration(struct text *out, double duration_ns);
/* "2026-11-22 06:30:00" (UTC; proleptic Gregorian). */
void text_date_time(struct text *out, struct utc_time when);

/* The whole string must be a decimal number within 0..limit, limit_low..limit_high, or a real
 * number (digits, point, exponent). 0, -EINVAL (not a number) or -ERANGE. */
NODISCARD int text_parse_u64(const char *string, uint64_t limit, uint64_t *value_out);
NODISCARD int text_parse_s64(const char *string, int64_t low, int64_t high, int64_t *value_out);
NODISCARD int text_parse_real(const char *string, double *value_out);
/* The same for the next word of the line at `*at`, 63 bytes at most, which is then behind it. Words
 * end at white space. */
NODISCARD int text_next_real(const char **at, double *value_out);

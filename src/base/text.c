/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <string.h>

struct text text_into(char *bytes, size_t size_bytes)
{
	assert(size_bytes >= 1);
	bytes[0] = '\0';
	return (struct text){ .bytes = bytes, .size_bytes = size_bytes };
}

struct text text_append_to(char *bytes, size_t size_bytes)
{
	return (struct text){ .bytes = bytes,
		              .size_bytes = size_bytes,
		              .length_bytes = strlen(bytes) };
}

void text_add_bytes(struct text *out, const char *bytes, size_t count)
{
	const size_t room = out->size_bytes - 1 - out->length_bytes;

	if (count > room) {
		count = room;
		out->is_cut = true;
	}
	memcpy(out->bytes + out->length_bytes, bytes, count);
	out->length_bytes += count;
	out->bytes[out->length_bytes] = '\0';
}

void text_char(struct text *out, char c)
{
	text_add_bytes(out, &c, 1);
}

void text_add(struct text *out, const char *string)
{
	text_add_bytes(out, string, strlen(string));
}

void text_u64(struct text *out, uint64_t value)
{
	char digits[20];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	text_add_bytes(out, digits + at, sizeof digits - at);
}

void text_s64(struct text *out, int64_t value)
{
	if (value < 0)
		text_char(out, '-');
	text_u64(out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void text_hex(struct text *out, uint64_t value, unsigned digits)
{
	assert(digits >= 1 && digits <= 16);
	while (digits-- > 0)
		text_char(out, "0123456789abcdef"[value >> 4 * digits & 15]);
}

static uint64_t power_of_ten(unsigned exponent)
{
	uint64_t power = 1;

	while (exponent-- > 0)
		power *= 10;
	return power;
}

static void digits_after_point(struct text *out, uint64_t fraction, unsigned decimals)
{
	if (decimals > 0)
		text_char(out, '.');
	while (decimals-- > 0)
		text_char(out, (char)('0' + fraction / power_of_ten(decimals) % 10));
}

/* Writes "nan", "inf" or the sign; true when the value is finite and non-negative from here on. */
static bool sign_or_special(struct text *out, double *value)
{
	if (isnan(*value)) {
		text_add(out, "nan");
		return false;
	}
	if (signbit(*value))
		text_char(out, '-');
	*value = fabs(*value);
	if (isinf(*value)) {
		text_add(out, "inf");
		return false;
	}
	return true;
}

void text_fixed(struct text *out, double value, unsigned decimals)
{
	uint64_t whole, scaled, scale;
	double fraction;

	assert(decimals <= 15);
	if (!isfinite(value) || fabs(value) >= 0x1p63) {
		text_scientific(out, value, decimals);
		return;
	}
	if (!sign_or_special(out, &value))
		return;
	scale = power_of_ten(decimals);
	fraction = modf(value, &value);
	whole = (uint64_t)value;
	scaled = (uint64_t)llrint(fraction * (double)scale);
	if (scaled >= scale) {
		scaled -= scale;
		whole++;
	}
	text_u64(out, whole);
	digits_after_point(out, scaled, decimals);
}

void text_scientific(struct text *out, double value, unsigned decimals)
{
	const uint64_t scale = power_of_ten(decimals);
	uint64_t scaled;
	int exponent;

	assert(decimals <= 15);
	if (!sign_or_special(out, &value))
		return;
	exponent = value > 0 ? (int)floor(log10(value)) : 0;
	/* in two steps, since 10^exponent may not be representable for the smallest numbers */
	scaled = (uint64_t)llrint(value * pow(10, -exponent / 2) *
	                          pow(10, -exponent + exponent / 2) * (double)scale);
	if (value > 0 && scaled < scale) { /* log10 was rounded up */
		exponent--;
		scaled = (uint64_t)llrint(value * pow(10, -exponent / 2) *
		                          pow(10, -exponent + exponent / 2) * (double)scale);
	}
	if (scaled >= 10 * scale) {
		scaled = (scaled + 5) / 10;
		exponent++;
	}
	text_u64(out, scaled / scale);
	digits_after_point(out, scaled % scale, decimals);
	text_char(out, 'e');
	text_char(out, exponent < 0 ? '-' : '+');
	exponent = exponent < 0 ? -exponent : exponent;
	if (exponent < 10)
		text_char(out, '0');
	text_u64(out, (uint64_t)exponent);
}

void text_pad(struct text *out, size_t start_length, size_t column)
{
	while (out->length_bytes < start_length + column && !out->is_cut)
		text_char(out, ' ');
}

void text_duration(struct text *out, double duration_ns)
{
	static const char *const units[] = { " ns", " us", " ms", " s" };
	unsigned unit = 0;
	double size = fabs(duration_ns);
	double value = duration_ns;

	if (!isfinite(duration_ns)) {
		text_fixed(out, duration_ns, 0);
		return;
	}
	/* 999.5 would print as 1000: it belongs to the next unit */
	while (unit + 1 < ARRAY_COUNT(units) && size >= 999.5) {
		size /= 1000;
		value /= 1000;
		unit++;
	}
	text_fixed(out, value, size >= 99.95 || unit == 0 ? 0 : size >= 9.995 ? 1 : 2);
	text_add(out, units[unit]);
}

static void two_digits(struct text *out, int64_t value, char before)
{
	if (before)
		text_char(out, before);
	text_char(out, (char)('0' + value / 10));
	text_char(out, (char)('0' + value % 10));
}

void text_date_time(struct text *out, struct utc_time when)
{
	int64_t second = when.ns / NS_PER_S - (when.ns % NS_PER_S < 0);
	int64_t day = second / 86400 - (second % 86400 < 0);
	int64_t era, day_of_era, year_of_era, day_of_year, month, year;

	second -= day * 86400;
	/* civil date from a day count: years begin in March, so that 29 February comes last */
	day += 719468;
	era = (day >= 0 ? day : day - 146096) / 146097;
	day_of_era = day - era * 146097;
	year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	month = (5 * day_of_year + 2) / 153;
	year = year_of_era + era * 400 + (month >= 10);
	text_s64(out, year);
	two_digits(out, month < 10 ? month + 3 : month - 9, '-');
	two_digits(out, day_of_year - (153 * month + 2) / 5 + 1, '-');
	two_digits(out, second / 3600, ' ');
	two_digits(out, second / 60 % 60, ':');
	two_digits(out, second % 60, ':');
}

int text_parse_u64(const char *string, uint64_t limit, uint64_t *value_out)
{
	uint64_t value = 0;

	if (*string == '\0')
		return -EINVAL;
	for (; *string; string++) {
		const unsigned digit = (unsigned)(*string - '0');

		if (*string < '0' || *string > '9')
			return -EINVAL;
		if (value > (UINT64_MAX - digit) / 10)
			value = UINT64_MAX; /* too large, but the rest must still be digits */
		else
			value = value * 10 + digit;
	}
	if (value > limit)
		return -ERANGE;
	*value_out = value;
	return 0;
}

int text_parse_s64(const char *string, int64_t low, int64_t high, int64_t *value_out)
{
	const bool is_negative = *string == '-';
	uint64_t size;
	int64_t value;
	int error;

	error = text_parse_u64(string + (is_negative || *string == '+'), INT64_MAX, &size);
	if (error < 0)
		return error;
	value = is_negative ? -(int64_t)size : (int64_t)size;
	if (value < low || value > high)
		return -ERANGE;
	*value_out = value;
	return 0;
}

/* 18 digits are kept, then scaled once: right to the last bit but one. */
int text_parse_real(const char *string, double *value_out)
{
	const bool is_negative = *string == '-';
	uint64_t digits = 0;
	int exponent = 0;
	bool has_digits = false;
	bool is_after_point = false;
	double value;

	if (*string == '-' || *string == '+')
		string++;
	for (; (*string >= '0' && *string <= '9') || (*string == '.' && !is_after_point);
	     string++) {
		if (*string == '.') {
			is_after_point = true;
			continue;
		}
		has_digits = true;
		if (digits < UINT64_C(100000000000000000))
			digits = digits * 10 + (uint64_t)(*string - '0');
		else
			exponent++;
		exponent -= is_after_point;
	}
	if (!has_digits)
		return -EINVAL;
	if (*string == 'e' || *string == 'E') {
		int64_t given;
		const int error = text_parse_s64(string + 1, -9999, 9999, &given);

		if (error < 0)
			return error;
		exponent += (int)given;
	} else if (*string != '\0') {
		return -EINVAL;
	}
	value = exponent >= 0      ? (double)digits * pow(10, exponent)
	        : exponent >= -300 ? (double)digits / pow(10, -exponent)
	                           : (double)digits / 1e300 / pow(10, -(exponent + 300));
	if (!isfinite(value))
		return -ERANGE;
	*value_out = is_negative ? -value : value;
	return 0;
}

int text_next_real(const char **at, double *value_out)
{
	const char *start = *at + strspn(*at, " \t");
	const size_t length = strcspn(start, " \t\r\n");
	char word[64];

	if (length >= sizeof word)
		return -EINVAL;
	memcpy(word, start, length);
	word[length] = '\0';
	*at = start + length;
	return text_parse_real(word, value_out);
}

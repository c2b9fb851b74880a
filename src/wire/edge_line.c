/* SPDX-License-Identifier: MIT */
#include "wire/edge_line.h"

#include <errno.h>
#include <string.h>

#define SECONDS_MAX INT64_C(9223372035)
#define COUNT_MIN   INT64_C(100000000000)
#define NUMBERS_MAX 4
#define WORD_MAX    16

/* What programs call the two levels; gpiomon of libgpiod 1 says "event: RISING EDGE offset: 17
 * timestamp: [ 5.123456789]", that of 2 "5.123456789 rising gpiochip0 17". */
static const struct {
	const char *word;
	bool is_high;
} level_words[] = {
	{ "rising", true }, { "high", true },     { "on", true },   { "up", true },
	{ "true", true },   { "falling", false }, { "low", false }, { "off", false },
	{ "down", false },  { "false", false },
};

struct number {
	int64_t digits; /* * 10^-decimals */
	int decimals;   /* below 0: an exponent made it larger */
	bool has_fraction;
};

struct cursor {
	const char *at, *end;
	struct number numbers[NUMBERS_MAX];
	unsigned numbers_count;
	unsigned words_count;
	bool has_level, is_high;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_separator(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == ',' || c == ';' || c == ':';
}

static bool is_bracket(char c)
{
	return c == '[' || c == ']' || c == '(' || c == ')' || c == '"' || c == '\'';
}

/* Decimals beyond what fits are dropped; false: before the point there are too many digits. */
static bool read_digits(struct cursor *in, struct number *number)
{
	for (; in->at < in->end && (is_digit(*in->at) || *in->at == '.'); in->at++) {
		if (*in->at == '.') {
			if (number->has_fraction)
				return false;
			number->has_fraction = true;
		} else if (number->digits <= (INT64_MAX - 9) / 10) {
			number->digits = 10 * number->digits + (*in->at - '0');
			number->decimals += number->has_fraction;
		} else if (!number->has_fraction) {
			return false;
		}
	}
	return true;
}

/* "e-05", as some languages write small numbers. */
static bool read_exponent(struct cursor *in, struct number *number)
{
	bool is_negative = false;
	int exponent = 0;

	if (in->at == in->end || (*in->at | 0x20) != 'e')
		return true;
	if (++in->at < in->end && (*in->at == '-' || *in->at == '+'))
		is_negative = *in->at++ == '-';
	if (in->at == in->end || !is_digit(*in->at))
		return false;
	for (; in->at < in->end && is_digit(*in->at) && exponent < 100; in->at++)
		exponent = 10 * exponent + (*in->at - '0');
	number->decimals += is_negative ? exponent : -exponent;
	number->has_fraction = true;
	return true;
}

static bool read_number(struct cursor *in)
{
	struct number number = { 0 };

	if (!read_digits(in, &number) || !read_exponent(in, &number) ||
	    in->numbers_count == NUMBERS_MAX)
		return false;
	in->numbers[in->numbers_count++] = number;
	return true;
}

/* In any case. */
static bool is_word(const char *word, const char *name, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if ((word[i] | 0x20) != name[i])
			return false;
	}
	return name[length] == '\0';
}

static bool read_word(struct cursor *in)
{
	const char *word = in->at;
	size_t length;

	while (in->at < in->end && (is_letter(*in->at) || is_digit(*in->at)))
		in->at++;
	length = (size_t)(in->at - word);
	in->words_count++;
	for (size_t i = 0; length < WORD_MAX && i < ARRAY_COUNT(level_words); i++) {
		if (!is_word(word, level_words[i].word, length))
			continue;
		if (in->has_level)
			return false; /* two of them */
		in->has_level = true;
		in->is_high = level_words[i].is_high;
	}
	return true;
}

static bool read_all(struct cursor *in)
{
	while (in->at < in->end && *in->at != '#') {
		if (is_digit(*in->at)) {
			if (!read_number(in) || (in->at < in->end && is_letter(*in->at)))
				return false;
		} else if (is_letter(*in->at)) {
			if (!read_word(in))
				return false;
		} else if (is_separator(*in->at) || is_bracket(*in->at)) {
			in->at++;
		} else {
			return false;
		}
	}
	return true;
}

static bool fraction_to_ns(const struct number *number, int64_t *ns_out)
{
	int64_t ns = number->digits;
	int shift = 9 - number->decimals;

	for (; shift < 0 && ns > 0; shift++)
		ns /= 10;
	for (; shift > 0 && ns > 0; shift--) {
		if (ns > SECONDS_MAX * NS_PER_S / 10)
			return false;
		ns *= 10;
	}
	*ns_out = ns;
	return ns <= SECONDS_MAX * NS_PER_S;
}

static bool count_to_ns(int64_t count, int64_t per_s, int64_t *ns_out)
{
	if (count / per_s > SECONDS_MAX)
		return false;
	*ns_out = count / per_s * NS_PER_S + count % per_s * (NS_PER_S / per_s);
	return true;
}

/* Counts of milli-, micro- or nanoseconds are too large for seconds of our time: from 1973 on. */
static bool to_ns(const struct number *number, int64_t *ns_out)
{
	int64_t per_s = 1;

	if (number->has_fraction)
		return fraction_to_ns(number, ns_out);
	while (number->digits / per_s >= COUNT_MIN && per_s < NS_PER_S)
		per_s *= 1000;
	return count_to_ns(number->digits, per_s, ns_out);
}

/* Beside a word for the level, the time is the one number with a fraction, or the only one. */
static const struct number *find_time(const struct cursor *in)
{
	const struct number *found = NULL;

	for (unsigned i = 0; i < in->numbers_count; i++) {
		if (!in->numbers[i].has_fraction)
			continue;
		if (found)
			return NULL;
		found = &in->numbers[i];
	}
	return found || in->numbers_count != 1 ? found : &in->numbers[0];
}

static bool is_level(const struct number *number, bool *is_high_out)
{
	int64_t ns;

	if (!to_ns(number, &ns) || (ns != 0 && ns != NS_PER_S))
		return false;
	*is_high_out = ns != 0;
	return true;
}

/* The columns' names: "time,level", "Time [s],Channel 0". */
static bool is_heading(const struct cursor *in, const char *line)
{
	for (unsigned i = 0; i < in->numbers_count; i++) {
		if (in->numbers[i].has_fraction)
			return false;
	}
	return in->words_count > 1 && !in->has_level &&
	       (is_word(line, "time", 4) || is_word(line, "second", 6));
}

static bool is_comment(const struct cursor *in)
{
	return in->at == in->end || *in->at == '#' || *in->at == ';' || *in->at == '%';
}

static void skip_blanks(struct cursor *in)
{
	static const char mark[] = { '\xef', '\xbb', '\xbf' }; /* of UTF-8, on top of a file */

	if (in->end - in->at >= 3 && memcmp(in->at, mark, 3) == 0)
		in->at += 3;
	while (in->at < in->end && (*in->at == ' ' || *in->at == '\t' || *in->at == '\r'))
		in->at++;
}

int edge_line_decode(const char *line, size_t length, struct edge_line *edge_out)
{
	struct cursor in = { .at = line, .end = line + length };
	const struct number *time = in.numbers;
	const char *begin;
	int64_t at_ns;

	skip_blanks(&in);
	begin = in.at;
	if (is_comment(&in))
		return 0;
	if (length > EDGE_LINE_SIZE_MAX || !read_all(&in))
		return -EBADMSG;
	if (is_heading(&in, begin))
		return 0;
	if (in.has_level)
		time = find_time(&in);
	else if (in.words_count > 0 || in.numbers_count != 2 ||
	         !is_level(&in.numbers[1], &in.is_high))
		return -EBADMSG;
	if (!time || !to_ns(time, &at_ns))
		return -EBADMSG;
	edge_out->at_ns = at_ns;
	edge_out->is_high = in.is_high;
	edge_out->count = time->has_fraction ? -1 : time->digits;
	return 1;
}

/* From each change of the level to the next but one is one pulse and one gap: a second, mostly, and
 * noise makes it less. */
int64_t edge_line_unit(const struct edge_line *edges, size_t count)
{
	int64_t changes[EDGE_UNIT_CHANGES], spans[EDGE_UNIT_CHANGES - 2];
	size_t changes_count = 0;

	for (size_t i = 1; i < count && changes_count < EDGE_UNIT_CHANGES; i++) {
		if (edges[i].is_high != edges[i - 1].is_high)
			changes[changes_count++] = edges[i].count;
	}
	if (changes_count < EDGE_UNIT_CHANGES)
		return 0;
	for (size_t i = 0; i < ARRAY_COUNT(spans); i++) {
		const int64_t span = changes[i + 2] - changes[i];
		size_t place = i;

		for (; place > 0 && spans[place - 1] > span; place--)
			spans[place] = spans[place - 1];
		spans[place] = span;
	}
	for (int64_t per_s = 1; per_s <= NS_PER_S; per_s *= 1000) {
		const double median_s = (double)spans[ARRAY_COUNT(spans) / 2] / (double)per_s;

		if (median_s > 0.03 && median_s < 30)
			return per_s;
	}
	return 0;
}

int edge_line_use_unit(struct edge_line *edge, int64_t per_s)
{
	return count_to_ns(edge->count, per_s, &edge->at_ns) ? 0 : -EBADMSG;
}

void edge_line_encode(const struct edge_line *edge, struct text *out)
{
	const uint64_t ns = (uint64_t)(edge->at_ns % NS_PER_S);

	text_s64(out, edge->at_ns / NS_PER_S);
	text_char(out, '.');
	for (uint64_t unit = (uint64_t)NS_PER_S / 10; unit > 0; unit /= 10)
		text_char(out, (char)('0' + ns / unit % 10));
	text_add(out, edge->is_high ? " 1\n" : " 0\n");
}

/* SPDX-License-Identifier: MIT */
#include "wire/edge_line.h"

#include <errno.h>

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
	{ "rising", true },   { "high", true }, { "on", true },   { "up", true },
	{ "falling", false }, { "low", false }, { "off", false }, { "down", false },
};

struct number {
	int64_t whole, ns;
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

/* Digits beyond what fits, or beyond nanoseconds, are an error. */
static bool read_number(struct cursor *in)
{
	struct number number = { 0 };
	int64_t unit = NS_PER_S;

	for (; in->at < in->end && is_digit(*in->at); in->at++) {
		if (number.whole > INT64_MAX / 10 - 1)
			return false;
		number.whole = 10 * number.whole + (*in->at - '0');
	}
	if (in->at < in->end && *in->at == '.') {
		number.has_fraction = true;
		for (in->at++; in->at < in->end && is_digit(*in->at); in->at++) {
			unit /= 10;
			if (unit == 0)
				return false;
			number.ns += unit * (*in->at - '0');
		}
	}
	if (in->numbers_count == NUMBERS_MAX)
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

/* Counts of milli-, micro- or nanoseconds are too large for seconds of our time: from 1973 on. */
static bool to_ns(const struct number *number, int64_t *ns_out)
{
	int64_t per_s = 1;

	while (!number->has_fraction && number->whole / per_s >= COUNT_MIN && per_s < NS_PER_S)
		per_s *= 1000;
	if (number->whole / per_s > SECONDS_MAX)
		return false;
	*ns_out = number->whole / per_s * NS_PER_S + number->whole % per_s * (NS_PER_S / per_s) +
	          number->ns;
	return true;
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

static bool is_level(const struct number *number)
{
	return !number->has_fraction && (number->whole == 0 || number->whole == 1);
}

/* The columns' names: "time,level", "Time [s],Channel 0". */
static bool is_heading(const struct cursor *in, const char *line)
{
	for (unsigned i = 0; i < in->numbers_count; i++) {
		if (in->numbers[i].has_fraction)
			return false;
	}
	return in->words_count > 1 && !in->has_level && is_word(line, "time", 4);
}

int edge_line_decode(const char *line, size_t length, struct edge_line *edge_out)
{
	struct cursor in = { .at = line, .end = line + length };
	const struct number *time = in.numbers;
	int64_t at_ns;

	while (in.at < in.end && is_separator(*in.at))
		in.at++;
	if (in.at == in.end || *in.at == '#')
		return 0;
	if (length > EDGE_LINE_SIZE_MAX || !read_all(&in))
		return -EBADMSG;
	if (is_heading(&in, line))
		return 0;
	if (in.has_level)
		time = find_time(&in);
	else if (in.words_count > 0 || in.numbers_count != 2 || !is_level(&in.numbers[1]))
		return -EBADMSG;
	if (!time || !to_ns(time, &at_ns))
		return -EBADMSG;
	edge_out->at_ns = at_ns;
	edge_out->is_high = in.has_level ? in.is_high : in.numbers[1].whole == 1;
	return 1;
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

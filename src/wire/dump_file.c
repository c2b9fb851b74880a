/* SPDX-License-Identifier: MIT */
#include "wire/dump_file.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/instant.h"
#include "base/text.h"

#define LINE_MAX    300
#define WORDS_MAX   7
#define SECONDS_MAX 1e6
#define TIME_S_MAX  INT64_C(9000000000)
#define REACH_SIZE  8

static void put_octal(struct text *out, unsigned value)
{
	char digits[8];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + (value & 7));
		value >>= 3;
	} while (value > 0);
	text_add_bytes(out, digits + at, sizeof digits - at);
}

static void put_sample(struct text *out, const struct dump_sample *sample)
{
	const double values[] = { sample->offset_s,     sample->original_offset_s,
		                  sample->delay_s,      sample->dispersion_s,
		                  sample->root_delay_s, sample->root_dispersion_s };
	char digits[16];
	struct text fraction = text_into(digits, sizeof digits);

	text_s64(out, sample->at_ns / NS_PER_S);
	text_u64(&fraction, (uint64_t)(NS_PER_S + sample->at_ns % NS_PER_S));
	digits[0] = '.';
	text_add(out, digits);
	for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
		text_char(out, ' ');
		text_scientific(out, values[i], 6);
	}
	text_char(out, '\n');
}

size_t dump_file_encode(const struct dump_file *dump, char bytes[DUMP_FILE_SIZE_MAX])
{
	struct text out = text_into(bytes, DUMP_FILE_SIZE_MAX);

	text_add(&out, "SRC0\n");
	text_add(&out, dump->name);
	text_add(&out, dump->is_authenticated ? "\n1 " : "\n0 ");
	put_octal(&out, dump->reach);
	text_char(&out, ' ');
	text_u64(&out, REACH_SIZE);
	text_char(&out, ' ');
	text_u64(&out, dump->stratum);
	text_char(&out, ' ');
	text_u64(&out, dump->leap);
	text_char(&out, '\n');
	text_u64(&out, dump->count);
	text_add(&out, " 0\n"); /* a run of asymmetry that our estimator does not count */
	for (size_t i = 0; i < dump->count; i++)
		put_sample(&out, &dump->samples[i]);
	assert(!out.is_cut);
	return out.length_bytes;
}

struct lines {
	const char *at, *end;
	char line[LINE_MAX];
	char *words[WORDS_MAX];
};

/* The next line; false at the end, and for one that is none of ours. */
static bool next_line(struct lines *lines)
{
	const char *end = memchr(lines->at, '\n', (size_t)(lines->end - lines->at));
	const size_t length = end ? (size_t)(end - lines->at) : 0;

	if (!end || length >= sizeof lines->line || memchr(lines->at, '\0', length))
		return false;
	memcpy(lines->line, lines->at, length);
	lines->line[length] = '\0';
	lines->at = end + 1;
	return true;
}

/* The next line, in exactly so many words. */
static bool next_words(struct lines *lines, size_t wanted)
{
	size_t count = 0;

	if (!next_line(lines))
		return false;
	for (char *at = lines->line; *at != '\0';) {
		if (count == wanted)
			return false;
		lines->words[count++] = at;
		at += strcspn(at, " ");
		if (*at != '\0')
			*at++ = '\0';
	}
	return count == wanted;
}

static bool read_number(const char *word, uint64_t limit, uint64_t *value_out)
{
	return text_parse_u64(word, limit, value_out) == 0;
}

static bool read_octal(const char *word, uint8_t *value_out)
{
	unsigned value = 0;

	for (; *word >= '0' && *word <= '7' && value <= UINT8_MAX; word++)
		value = value * 8 + (unsigned)(*word - '0');
	*value_out = (uint8_t)value;
	return *word == '\0' && value <= UINT8_MAX;
}

static bool read_flags(struct lines *lines, struct dump_file *dump)
{
	uint64_t authenticated, size, stratum, leap;

	if (!next_words(lines, 5) || !read_number(lines->words[0], 1, &authenticated) ||
	    !read_octal(lines->words[1], &dump->reach) ||
	    !read_number(lines->words[2], 64, &size) ||
	    !read_number(lines->words[3], 16, &stratum) || !read_number(lines->words[4], 3, &leap))
		return false;
	dump->is_authenticated = authenticated == 1;
	dump->stratum = (uint8_t)stratum;
	dump->leap = (uint8_t)leap;
	return true;
}

/* Seconds and, behind a point, nine digits of a second at most. */
static bool read_time(char *word, int64_t *ns_out)
{
	char *point = strchr(word, '.');
	uint64_t seconds, fraction = 0;
	size_t digits = 0;

	if (point) {
		*point = '\0';
		digits = strlen(point + 1);
		if (digits > 9 || !read_number(point + 1, NS_PER_S - 1, &fraction))
			return false;
	}
	if (!read_number(word, TIME_S_MAX, &seconds))
		return false;
	for (; point && digits < 9; digits++)
		fraction *= 10;
	*ns_out = (int64_t)(seconds * NS_PER_S + fraction);
	return true;
}

static bool read_sample(struct lines *lines, struct dump_sample *sample)
{
	double *const values[] = { &sample->offset_s,     &sample->original_offset_s,
		                   &sample->delay_s,      &sample->dispersion_s,
		                   &sample->root_delay_s, &sample->root_dispersion_s };

	if (!next_words(lines, 7) || !read_time(lines->words[0], &sample->at_ns))
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(values); i++) {
		if (text_parse_real(lines->words[i + 1], values[i]) != 0 ||
		    !(fabs(*values[i]) < SECONDS_MAX) || (i >= 2 && *values[i] < 0))
			return false;
	}
	return true;
}

int dump_file_decode(const char *bytes, size_t length_bytes, struct dump_file *dump_out)
{
	struct lines lines = { .at = bytes, .end = bytes + length_bytes };
	uint64_t count, run;

	memset(dump_out, 0, sizeof *dump_out);
	if (!next_line(&lines) || strcmp(lines.line, "SRC0") != 0 || !next_line(&lines) ||
	    strlen(lines.line) >= sizeof dump_out->name)
		return -EBADMSG;
	memcpy(dump_out->name, lines.line, strlen(lines.line) + 1);
	if (!read_flags(&lines, dump_out) || !next_words(&lines, 2) ||
	    !read_number(lines.words[0], DUMP_SAMPLES_MAX, &count) || count == 0 ||
	    text_parse_u64(*lines.words[1] == '-' ? lines.words[1] + 1 : lines.words[1], 1000,
	                   &run) != 0)
		return -EBADMSG;
	for (size_t i = 0; i < count; i++) {
		struct dump_sample *sample = &dump_out->samples[i];

		if (!read_sample(&lines, sample) || (i > 0 && sample->at_ns <= sample[-1].at_ns))
			return -EBADMSG;
	}
	dump_out->count = count;
	return 0;
}

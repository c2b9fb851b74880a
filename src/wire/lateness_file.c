/* SPDX-License-Identifier: MIT */
#include "wire/lateness_file.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/text.h"

#define SECONDS_MAX 86400.0
#define WORDS       4
#define LINE_MAX    96

static bool is_within(double value, double low, double high)
{
	return value >= low && value <= high; /* false for NaN */
}

/* Cuts the line into its four words, in place. */
static bool split(char *line, char *words[WORDS])
{
	size_t count = 0;

	for (char *at = line; *at != '\0';) {
		at += strspn(at, " \t");
		if (*at == '\0')
			break;
		if (count == WORDS)
			return false;
		words[count++] = at;
		at += strcspn(at, " \t");
		if (*at != '\0')
			*at++ = '\0';
	}
	return count == WORDS;
}

static bool read_line(const char *bytes, size_t length, struct lateness_file_line *line)
{
	char copy[LINE_MAX];
	char *words[WORDS];

	if (length >= sizeof copy || memchr(bytes, '\0', length))
		return false;
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	if (!split(copy, words) || strlen(words[0]) >= sizeof line->refid)
		return false;
	memset(line->refid, 0, sizeof line->refid);
	memcpy(line->refid, words[0], strlen(words[0]));
	return text_parse_real(words[1], &line->offset_s) == 0 &&
	       text_parse_real(words[2], &line->sd_s) == 0 &&
	       text_parse_real(words[3], &line->error_s) == 0 &&
	       is_within(line->offset_s, -SECONDS_MAX, SECONDS_MAX) &&
	       is_within(line->sd_s, 0, SECONDS_MAX) && is_within(line->error_s, 0, SECONDS_MAX);
}

int lateness_file_find(const void *bytes, size_t length_bytes, const char *refid,
                       struct lateness_file_line *line_out)
{
	const char *text = bytes;
	int error = -ENOENT;

	for (size_t at = 0; at < length_bytes;) {
		const char *end = memchr(text + at, '\n', length_bytes - at);
		struct lateness_file_line line;

		if (!end || !read_line(text + at, (size_t)(end - (text + at)), &line))
			return -EBADMSG;
		if (error != 0 && strcmp(line.refid, refid) == 0) {
			*line_out = line;
			error = 0;
		}
		at = (size_t)(end - text) + 1;
	}
	return error;
}

bool lateness_file_add(char text[LATENESS_FILE_SIZE_MAX], const struct lateness_file_line *line)
{
	const size_t before = strlen(text);
	struct text out = text_append_to(text, LATENESS_FILE_SIZE_MAX);

	text_add(&out, line->refid);
	text_char(&out, ' ');
	text_fixed(&out, fmax(fmin(line->offset_s, SECONDS_MAX), -SECONDS_MAX), 9);
	text_char(&out, ' ');
	text_fixed(&out, fmin(line->sd_s, SECONDS_MAX), 9);
	text_char(&out, ' ');
	text_fixed(&out, fmin(line->error_s, SECONDS_MAX), 9);
	text_char(&out, '\n');
	if (out.is_cut)
		text[before] = '\0';
	return !out.is_cut;
}

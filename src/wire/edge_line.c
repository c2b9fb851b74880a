/* SPDX-License-Identifier: MIT */
#include "wire/edge_line.h"

#include <errno.h>

#define SECONDS_MAX INT64_C(9223372035)

struct cursor {
	const char *at, *end;
};

static void skip_blanks(struct cursor *in)
{
	while (in->at < in->end && (*in->at == ' ' || *in->at == '\t' || *in->at == '\r'))
		in->at++;
}

static bool is_at_digit(const struct cursor *in)
{
	return in->at < in->end && *in->at >= '0' && *in->at <= '9';
}

static bool is_at_end(const struct cursor *in)
{
	return in->at == in->end || *in->at == '#';
}

static bool read_seconds(struct cursor *in, int64_t *seconds_out)
{
	int64_t seconds = 0;

	if (!is_at_digit(in))
		return false;
	for (; is_at_digit(in); in->at++) {
		seconds = 10 * seconds + (*in->at - '0');
		if (seconds > SECONDS_MAX)
			return false;
	}
	*seconds_out = seconds;
	return true;
}

static bool read_fraction(struct cursor *in, int64_t *ns_out)
{
	int64_t ns = 0, unit = NS_PER_S;

	if (in->at < in->end && *in->at == '.') {
		in->at++;
		for (; is_at_digit(in); in->at++) {
			unit /= 10;
			if (unit == 0)
				return false;
			ns += unit * (*in->at - '0');
		}
	}
	*ns_out = ns;
	return true;
}

int edge_line_decode(const char *line, size_t length, struct edge_line *edge_out)
{
	struct cursor in = { line, line + length };
	int64_t seconds, ns;
	char level;

	skip_blanks(&in);
	if (is_at_end(&in))
		return 0;
	if (length > EDGE_LINE_SIZE_MAX || !read_seconds(&in, &seconds) || !read_fraction(&in, &ns))
		return -EBADMSG;
	if (in.at == in.end || (*in.at != ' ' && *in.at != '\t'))
		return -EBADMSG;
	skip_blanks(&in);
	if (is_at_end(&in))
		return -EBADMSG;
	level = *in.at++;
	skip_blanks(&in);
	if ((level != '0' && level != '1') || !is_at_end(&in))
		return -EBADMSG;
	edge_out->at_ns = seconds * NS_PER_S + ns;
	edge_out->is_high = level == '1';
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

/* SPDX-License-Identifier: MIT */
#include "wire/edge_line.h"

#include <errno.h>

#include "testing/check.h"

static int decode(const char *line, struct edge_line *edge)
{
	return edge_line_decode(line, strlen(line), edge);
}

TEST(edge_line, reads_what_it_wrote)
{
	const struct edge_line edge = { 1763793000 * NS_PER_S + 25, true };
	char line[64];
	struct text out = text_into(line, sizeof line);
	struct edge_line again;

	edge_line_encode(&edge, &out);
	CHECK_TEXT(line, "1763793000.000000025 1\n");
	CHECK_EQ(edge_line_decode(line, out.length_bytes - 1, &again), 1);
	CHECK_EQ(again.at_ns, edge.at_ns);
	CHECK_EQ(again.is_high, true);
}

TEST(edge_line, takes_short_fractions_blanks_and_comments)
{
	struct edge_line edge;

	CHECK_EQ(decode("  12.5\t0  # dip\r", &edge), 1);
	CHECK_EQ(edge.at_ns, 12500000000);
	CHECK_EQ(edge.is_high, false);
	CHECK_EQ(decode("7 1", &edge), 1);
	CHECK_EQ(edge.at_ns, 7 * NS_PER_S);
	CHECK_EQ(decode("", &edge), 0);
	CHECK_EQ(decode(" # 1.0 1", &edge), 0);
}

TEST(edge_line, understands_what_other_programs_write)
{
	static const struct {
		const char *line;
		int64_t at_ns;
		bool is_high;
	} lines[] = {
		{ "event:  RISING EDGE offset: 17 timestamp: [    1795329000.123456789]",
		  1795329000123456789, true },
		{ "event: FALLING EDGE offset: 17 timestamp: [5.000000001]", 5000000001, false },
		{ "53045.231474092\trising\tgpiochip0 17", 53045231474092, true },
		{ "53045.231474092 falling \"GPIO17\"", 53045231474092, false },
		{ "1795329000.5,1", 1795329000500000000, true },
		{ "1795329000.5; low", 1795329000500000000, false },
		{ "1795329000123 1", 1795329000123000000, true },
		{ "1795329000123456 0", 1795329000123456000, false },
		{ "1795329000123456789 1", 1795329000123456789, true },
		{ "12 high", 12000000000, true },
	};
	struct edge_line edge;

	for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
		CHECK_EQ(decode(lines[i].line, &edge), 1);
		CHECK_EQ(edge.at_ns, lines[i].at_ns);
		CHECK_EQ(edge.is_high, lines[i].is_high);
	}
	CHECK_EQ(decode("time,level", &edge), 0);
	CHECK_EQ(decode("Time [s],Channel 0", &edge), 0);
	CHECK_EQ(decode("Timestamp;Level", &edge), 0);
	CHECK_EQ(decode("Dear Sir", &edge), -EBADMSG);
}

TEST(edge_line, refuses_what_is_no_edge)
{
	static const char *const lines[] = { "1.0",
		                             "1.0 2",
		                             "1.0 10",
		                             "-1.0 1",
		                             "1.0.0 1",
		                             "x",
		                             "1.01",
		                             "1.0123456789 1",
		                             "1.0 ",
		                             "1.0 1 1",
		                             "1e9 1",
		                             ".5 1",
		                             "9223372036 1",
		                             "99999999999999999999 1",
		                             "0x10 1",
		                             "rising",
		                             "1.0 rising falling",
		                             "1.0 2.0 rising",
		                             "1 2 rising",
		                             "1.0 1 rising x9 2.0",
		                             "level 1.5",
		                             "1.0 yes" };
	struct edge_line edge = { 5, true };

	for (size_t i = 0; i < ARRAY_COUNT(lines); i++)
		CHECK_EQ(decode(lines[i], &edge), -EBADMSG);
	CHECK_EQ(edge.at_ns, 5);
}

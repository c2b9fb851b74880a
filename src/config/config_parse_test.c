/* SPDX-License-Identifier: MIT */
#include "config/config_parse.h"
#include "testing/check.h"

#include <errno.h>
#include <stdlib.h>

/* A small grammar that has one of everything. */
enum mode { MODE_FAST, MODE_SLOW };

struct item {
	char name[8];
	int8_t poll_log2_s;
	bool is_good;
	uint8_t family;
};

struct target {
	double rate;
	int32_t limit;
	uint16_t port;
	uint64_t seed;
	bool is_on, is_loud;
	enum mode mode;
	struct address bind;
	struct item items[3];
	size_t items_count;
	unsigned finished_count;
};

static void finish_item(struct config_cursor *cursor, void *item)
{
	if (strcmp(((struct item *)item)->name, "bad") == 0) {
		struct text out = config_cursor_fail(cursor);

		text_add(&out, "bad is no name");
	}
}

static void parse_odd(struct config_cursor *cursor, void *target)
{
	while (config_cursor_next(cursor))
		((struct target *)target)->finished_count++;
}

static const char *const modes[] = { "fast", "slow", NULL };

static const struct config_option item_table[] = {
	{ .name = "poll",
	  CONFIG_AT(struct item, poll_log2_s),
	  .minimum = -7,
	  .maximum = 24,
	  .normal = 6 },
	{ .name = "good", CONFIG_AT(struct item, is_good) },
	{ .name = "six", CONFIG_SETS_AT(struct item, family, ADDRESS_IPV6) },
	{ .name = "later", .type = CONFIG_NOT_HERE },
	{ .name = "lateflag", .type = CONFIG_NOT_HERE_FLAG },
	{ .name = NULL },
};

static const struct config_option switch_table[] = {
	{ .name = "loud", CONFIG_AT(struct target, is_loud) },
	{ .name = NULL },
};

static const struct config_directive directives[] = {
	{ .name = "rate",
	  CONFIG_ARGUMENTS({ .name = "rate",
	                     CONFIG_AT(struct target, rate),
	                     .unit = "ppm",
	                     .minimum = 0.5,
	                     .maximum = 1e5,
	                     .normal = 3.5,
	                     .is_clamped = true }) },
	{ .name = "limits",
	  CONFIG_ARGUMENTS({ .name = "limit", CONFIG_AT(struct target, limit), .normal = -1 },
	                   { .name = "port",
	                     CONFIG_AT(struct target, port),
	                     .maximum = 1000,
	                     .normal = 7,
	                     .is_optional = true }) },
	{ .name = "seed", CONFIG_ARGUMENTS({ .name = "seed", CONFIG_AT(struct target, seed) }) },
	{ .name = "mode",
	  CONFIG_ARGUMENTS({ .name = "mode", CONFIG_AT(struct target, mode), .words = modes }) },
	{ .name = "bind", CONFIG_ARGUMENTS({ .name = "bind", CONFIG_AT(struct target, bind) }) },
	{ .name = "switch", CONFIG_PRESENCE(struct target, is_on), .options = switch_table },
	{ .name = "item",
	  CONFIG_ARGUMENTS({ .name = "name", CONFIG_AT(struct item, name) }),
	  .options = item_table,
	  CONFIG_REPEATED(struct target, items, items_count),
	  .finish = finish_item },
	{ .name = "odd", .parse = parse_odd, .usage = "[words]" },
	{ .name = NULL },
};

static const struct config_known known[] = {
	{ .name = "refclock" },
	{ .name = "linux_hz", .is_obsolete = true },
	{ .name = NULL },
};

static struct target target;
static struct config_errors errors;

/* Parses the lines of one text, split at \n, as file "f". */
static int parse(const char *text, struct config_listing *listing)
{
	static char copy[8192];
	struct config_line lines[64];
	struct config_grammar grammar = { .known = known };
	size_t count = 0;

	CHECK(strlen(text) < sizeof copy);
	strcpy(copy, text);
	for (char *line = copy; line && count < ARRAY_COUNT(lines); count++) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		lines[count] = (struct config_line){ "f", (unsigned)count + 1, line, false };
		line = end ? end + 1 : NULL;
	}
	memset(&target, 0, sizeof target);
	config_errors_init(&errors);
	config_grammar_add(&grammar, directives, &target);
	config_directive_defaults(directives, &target);
	return config_parse(&grammar, lines, count, &errors, listing);
}

TEST(config_parse, fills_in_defaults)
{
	CHECK_EQ(parse("", NULL), 0);
	CHECK_NEAR(target.rate, 3.5, 0);
	CHECK_EQ(target.limit, -1);
	CHECK_EQ(target.port, 7);
	CHECK(!target.is_on);
	CHECK_EQ(target.mode, MODE_FAST);
	CHECK_EQ(target.items_count, 0);
}

TEST(config_parse, skips_comments_and_blank_lines)
{
	CHECK_EQ(parse("# seed 1\n! x\n; y\n  % z\n\n \t \n#", NULL), 0);
	CHECK_EQ(target.seed, 0);
	CHECK_EQ(errors.count, 0);
}

TEST(config_parse, ignores_case_and_collapses_blanks)
{
	CHECK_EQ(parse("  SEED\t\t 12 \r\n Item  A  GOOD Poll   -7 six\nMODE Slow", NULL), 0);
	CHECK_EQ(target.seed, 12);
	CHECK_EQ(target.mode, MODE_SLOW);
	CHECK_EQ(target.items_count, 1);
	CHECK_TEXT(target.items[0].name, "A");
	CHECK_EQ(target.items[0].poll_log2_s, -7);
	CHECK(target.items[0].is_good);
	CHECK_EQ(target.items[0].family, ADDRESS_IPV6);
}

TEST(config_parse, lets_the_last_line_win_as_a_whole)
{
	CHECK_EQ(parse("limits 5 9\nlimits 6\nswitch loud\nswitch", NULL), 0);
	CHECK_EQ(target.limit, 6);
	CHECK_EQ(target.port, 7);
	CHECK(target.is_on);
	CHECK(!target.is_loud);
}

TEST(config_parse, appends_repeated_lines)
{
	CHECK_EQ(parse("item a\nitem b poll 3\nitem c", NULL), 0);
	CHECK_EQ(target.items_count, 3);
	CHECK_EQ(target.items[1].poll_log2_s, 3);
	CHECK_EQ(target.items[2].poll_log2_s, 6);
}

static const struct {
	const char *text;
	const char *message;
} mistakes[] = {
	{ "item a poll 99", "f:1:13: poll must be between -7 and 24, not 99" },
	{ "item a poll x", "f:1:13: poll must be a whole number between -7 and 24, not 'x'" },
	{ "item a poll 2.5", "f:1:13: poll must be a whole number between -7 and 24, not '2.5'" },
	{ "item a poll", "f:1:12: poll needs a value between -7 and 24" },
	{ "item", "f:1:5: item needs <name>; write: item <name> [options]" },
	{ "item abcdefgh", "f:1:6: item's name may have at most 7 bytes" },
	{ "item a goood", "f:1:8: unknown option 'goood' of item; did you mean 'good'" },
	{ "item a zzz", "f:1:8: unknown option 'zzz' of item; write: item <name> [options]" },
	{ "item a # x", "f:1:8: unknown option '#' of item; a comment needs a line of its own" },
	{ "item bad", "f:1:9: bad is no name" },
	{ "item a\nitem b\nitem c\nitem d", "f:4:1: there may be at most 3 lines of this kind" },
	{ "rate fast", "f:1:6: rate must be a number between 0.5 and 100000 ppm, not 'fast'" },
	{ "rate 1 2", "f:1:8: unexpected word '2' after rate; write: rate <rate>" },
	{ "rate 1 # faster",
	  "f:1:8: unexpected word '#' after rate; a comment needs a line of its own" },
	{ "limits", "f:1:7: limits needs <limit>; write: limits <limit> [port]" },
	{ "limits x", "f:1:8: limits's limit must be a whole number, not 'x'" },
	{ "limits 99999999999", "f:1:8: limits's limit must be smaller in size, not 99999999999" },
	{ "limits 1 -1", "f:1:10: limits's port must be between 0 and 1000, not -1" },
	{ "limits 1 99999", "f:1:10: limits's port must be between 0 and 1000, not 99999" },
	{ "mode medium", "f:1:6: mode must be fast or slow, not 'medium'" },
	{ "bind host", "f:1:6: bind must be an IPv4 or IPv6 address, not 'host'" },
	{ "switch on", "f:1:8: unknown option 'on' of switch; write: switch [options]" },
	{ "sede 1", "f:1:1: unknown directive 'sede'; did you mean 'seed'" },
	{ "  refclok", "f:1:3: unknown directive 'refclok'; did you mean 'refclock'" },
	{ "xyzzy", "f:1:1: unknown directive 'xyzzy'; correct it or take the line out" },
	{ "a\x1b[2J\xff", "f:1:1: unknown directive 'a?[2J?'; correct it or take the line out" },
};

TEST(config_parse, says_what_is_wrong_and_where)
{
	for (size_t i = 0; i < ARRAY_COUNT(mistakes); i++) {
		CHECK_EQ(parse(mistakes[i].text, NULL), -EINVAL);
		CHECK_EQ(errors.errors_count, 1);
		CHECK_EQ(errors.count, 1);
		CHECK(!errors.items[0].is_warning);
		CHECK_TEXT(errors.items[0].text, mistakes[i].message);
	}
}

TEST(config_parse, reports_all_mistakes_in_one_go)
{
	CHECK_EQ(
		parse("item a poll 99 poll x good\nseed -1\n# fine\nseed 3\nbogus\nrefclock PPS\nmode 3",
	              NULL),
		-EINVAL);
	CHECK_EQ(errors.errors_count, 5);
	CHECK_EQ(errors.warnings_count, 1);
	CHECK_EQ(errors.count, 6);
	CHECK_TEXT(errors.items[1].text,
	           "f:1:21: poll must be a whole number between -7 and 24, not 'x'");
	CHECK_TEXT(errors.items[3].text,
	           "f:5:1: unknown directive 'bogus'; correct it or take the line out");
	CHECK_TEXT(errors.items[4].text,
	           "f:6:1: warning: refclock is known from chrony but not there yet; "
	           "the line is ignored");
}

TEST(config_parse, counts_mistakes_beyond_the_room_for_them)
{
	struct config_line lines[CONFIG_ERRORS_MAX + 10];
	struct config_grammar grammar = { 0 };

	for (size_t i = 0; i < ARRAY_COUNT(lines); i++)
		lines[i] = (struct config_line){ .file = "f", .number = 1, .text = "x" };
	config_errors_init(&errors);
	config_grammar_add(&grammar, directives, &target);
	CHECK_EQ(config_parse(&grammar, lines, ARRAY_COUNT(lines), &errors, NULL), -EINVAL);
	CHECK_EQ(errors.errors_count, CONFIG_ERRORS_MAX + 10);
	CHECK_EQ(errors.count, CONFIG_ERRORS_MAX);
}

TEST(config_parse, warns_of_what_is_known_but_not_there)
{
	CHECK_EQ(parse("item a later 5 lateflag good\nLINUX_HZ 100", NULL), 0);
	CHECK(target.items[0].is_good);
	CHECK_EQ(errors.warnings_count, 3);
	CHECK_TEXT(errors.items[0].text,
	           "f:1:8: warning: item option later is known from chrony but not "
	           "there yet; it is ignored");
	CHECK_TEXT(errors.items[2].text,
	           "f:2:1: warning: linux_hz is obsolete; the line is ignored");
}

TEST(config_parse, brings_clamped_values_into_range)
{
	CHECK_EQ(parse("rate 5e5", NULL), 0);
	CHECK_NEAR(target.rate, 1e5, 0);
	CHECK_TEXT(errors.items[0].text,
	           "f:1:6: warning: rate 5e5 is taken as 100000, the most there is");
}

TEST(config_parse, only_drops_optional_lines)
{
	const struct config_line lines[] = { { "f", 1, "item a poll 99", true },
		                             { "f", 2, "item b", true } };
	struct config_grammar grammar = { 0 };

	memset(&target, 0, sizeof target);
	config_errors_init(&errors);
	config_grammar_add(&grammar, directives, &target);
	CHECK_EQ(config_parse(&grammar, lines, 2, &errors, NULL), 0);
	CHECK_EQ(target.items_count, 1);
	CHECK_TEXT(target.items[0].name, "b");
	CHECK_TEXT(errors.items[0].text,
	           "f:1:13: warning: this line is left out: poll must be between -7 "
	           "and 24, not 99");
}

TEST(config_parse, takes_lines_up_to_the_limit)
{
	char text[CONFIG_LINE_MAX + 2];
	const struct config_line line = { "f", 1, text, false };
	struct config_grammar grammar = { 0 };

	memset(text, ' ', sizeof text);
	memcpy(text, "seed 5", 6);
	text[CONFIG_LINE_MAX] = '\0';
	config_errors_init(&errors);
	config_grammar_add(&grammar, directives, &target);
	CHECK_EQ(config_parse(&grammar, &line, 1, &errors, NULL), 0);
	text[CONFIG_LINE_MAX] = ' ';
	text[CONFIG_LINE_MAX + 1] = '\0';
	CHECK_EQ(config_parse(&grammar, &line, 1, &errors, NULL), -EINVAL);
	CHECK_TEXT(errors.items[0].text, "f:1:1: the line is longer than 2047 bytes; shorten it");
}

TEST(config_parse, lists_the_lines_in_use)
{
	struct config_listing listing;

	config_listing_init(&listing);
	CHECK_EQ(parse("seed 1\n\nSeed   2 \nitem  A good\nitem B\nrefclock  SHM 0\nodd a  b",
	               &listing),
	         0);
	CHECK_EQ(listing.count, 6);
	CHECK_EQ(listing.rows[0].use, CONFIG_OVERRIDDEN);
	CHECK_EQ(listing.rows[1].use, CONFIG_IN_USE);
	CHECK_TEXT(listing.rows[1].directive, "seed");
	CHECK_TEXT(listing.rows[1].value, "2");
	CHECK_EQ(listing.rows[1].line, 3);
	CHECK_TEXT(listing.rows[2].value, "A good");
	CHECK_EQ(listing.rows[2].use, CONFIG_IN_USE);
	CHECK_EQ(listing.rows[4].use, CONFIG_NOT_YET);
	CHECK_TEXT(listing.rows[4].value, "SHM 0");
	CHECK_TEXT(listing.rows[5].value, "a b");
	config_listing_free(&listing);
	CHECK_EQ(listing.count, 0);
}

TEST(config_parse, takes_seeds_of_64_bits)
{
	CHECK_EQ(parse("seed 18446744073709551614", NULL), 0);
	CHECK(target.seed == UINT64_MAX - 1);
	CHECK_EQ(parse("seed 18446744073709551616", NULL), -EINVAL);
}

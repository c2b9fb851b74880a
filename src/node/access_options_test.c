/* SPDX-License-Identifier: MIT */
#include "node/access_options.h"
#include "testing/check.h"

#include <stdlib.h>

static struct access access;
static struct config_errors errors;

/* One line "allow …"; true when it was right. */
static bool parse(const char *text)
{
	const struct config_line line = { .file = "f", .number = 1, .text = text };
	struct config_cursor cursor;

	config_errors_init(&errors);
	config_cursor_init(&cursor, &line, &errors);
	config_cursor_next(&cursor);
	cursor.directive = "allow";
	access_options_parse(&cursor, &access, true);
	return !cursor.is_failed;
}

static const struct {
	const char *text;
	const char *network;
	unsigned prefix_bits;
} networks[] = {
	{ "allow 1.2.3.4", "1.2.3.4", 32 },
	{ "allow 1.2.3.4/8", "1.0.0.0", 8 },
	{ "allow 1.2.3.4/31", "1.2.3.4", 31 },
	{ "allow 1.2.3.5/31", "1.2.3.4", 31 },
	{ "allow 1", "1.0.0.0", 8 },
	{ "allow 1.2", "1.2.0.0", 16 },
	{ "allow 1.2.3", "1.2.3.0", 24 },
	{ "allow 1.2.3/22", "1.2.0.0", 22 },
	{ "allow 1.2/22", "1.2.0.0", 22 },
	{ "allow 0/0", "0.0.0.0", 0 },
	{ "allow ::/0", "::", 0 },
	{ "allow 2001:db8::1", "2001:db8::1", 128 },
	{ "allow 2001:db8:ffff::/33", "2001:db8:8000::", 33 },
	{ "allow ALL 10/8", "10.0.0.0", 8 },
};

TEST(access_options, reads_networks)
{
	for (size_t i = 0; i < ARRAY_COUNT(networks); i++) {
		char text[ADDRESS_TEXT_SIZE];

		access.count = 0;
		CHECK(parse(networks[i].text));
		CHECK_EQ(access.count, 1);
		CHECK_TEXT(address_format(&access.rules[0].network, text), networks[i].network);
		CHECK_EQ(access.rules[0].prefix_bits, networks[i].prefix_bits);
		CHECK(access.rules[0].is_allowed);
	}
}

TEST(access_options, means_everybody_without_a_network)
{
	static const char *const lines[] = { "allow", "allow all" };

	access.count = 0;
	CHECK(!access_is_allowed(&access, &(struct address){ .family = ADDRESS_IPV4 }));
	for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
		access.count = 0;
		CHECK(parse(lines[i]));
		CHECK(access_is_allowed(&access, &(struct address){ .family = ADDRESS_IPV4 }));
		CHECK(access_is_allowed(&access, &(struct address){ .family = ADDRESS_IPV6 }));
	}
}

static const struct {
	const char *text;
	const char *message;
} mistakes[] = {
	{ "allow host.example",
	  "f:1:7: allow needs an address or a network such as 192.168.0.0/16 or 2001:db8::/32, not "
	  "'host.example' (host names are not there yet)" },
	{ "allow 1.2.3.4.5",
	  "f:1:7: allow needs an address or a network such as 192.168.0.0/16 or 2001:db8::/32, not "
	  "'1.2.3.4.5' (host names are not there yet)" },
	{ "allow 1.256",
	  "f:1:7: allow needs an address or a network such as 192.168.0.0/16 or 2001:db8::/32, not "
	  "'1.256' (host names are not there yet)" },
	{ "allow 1.2.3.4/33",
	  "f:1:7: allow: the number of bits behind / must be between 0 and 32, not '33'" },
	{ "allow 1/x",
	  "f:1:7: allow: the number of bits behind / must be between 0 and 32, not 'x'" },
	{ "allow ::/129",
	  "f:1:7: allow: the number of bits behind / must be between 0 and 128, not '129'" },
	{ "allow 1 2", "f:1:9: unexpected word '2' after allow" },
	{ "allow # all", "f:1:7: allow needs an address or a network such as 192.168.0.0/16 or "
	                 "2001:db8::/32, not '#' (host names are not there yet)" },
	{ "allow 10/8 # lan",
	  "f:1:12: unexpected word '#' after allow; a comment needs a line of its own" },
};

TEST(access_options, says_what_is_wrong)
{
	for (size_t i = 0; i < ARRAY_COUNT(mistakes); i++) {
		access.count = 0;
		CHECK(!parse(mistakes[i].text));
		CHECK_EQ(errors.errors_count, 1);
		CHECK_TEXT(errors.items[0].text, mistakes[i].message);
		CHECK_EQ(access.count, 0);
	}
}

TEST(access_options, stops_when_there_is_no_more_room)
{
	char text[32];

	access.count = 0;
	for (unsigned i = 0; i <= ACCESS_RULES_MAX; i++) {
		struct text out = text_into(text, sizeof text);

		text_add(&out, "allow 10.0.");
		text_u64(&out, i / 256);
		text_char(&out, '.');
		text_u64(&out, i % 256);
		CHECK_EQ(parse(text), i < ACCESS_RULES_MAX);
	}
	CHECK_TEXT(errors.items[0].text,
	           "f:1:15: there may be at most 256 rules; combine neighbouring networks");
}

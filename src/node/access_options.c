/* SPDX-License-Identifier: MIT */
#include "node/access_options.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

/* "1", "1.2", "1.2.3", "1.2.3.4": the octets that are there. False when it is no such form. */
static bool parse_octets(const char *word, struct access_rule *rule)
{
	unsigned count = 0;

	while (count < 4) {
		unsigned octet = 0;
		size_t digits = 0;

		for (; word[digits] >= '0' && word[digits] <= '9' && digits < 4; digits++)
			octet = octet * 10 + (unsigned)(word[digits] - '0');
		if (digits == 0 || octet > 255)
			return false;
		rule->network.bytes[count++] = (uint8_t)octet;
		word += digits;
		if (*word != '.')
			break;
		word++;
	}
	rule->network.family = ADDRESS_IPV4;
	rule->prefix_bits = (uint8_t)(8 * count);
	return *word == '\0';
}

static bool parse_network(const char *word, struct access_rule *rule)
{
	if (parse_octets(word, rule))
		return true;
	memset(&rule->network, 0, sizeof rule->network);
	rule->prefix_bits = 128;
	return address_parse(word, &rule->network) == 0 && rule->network.family == ADDRESS_IPV6;
}

static void clear_behind_mask(struct access_rule *rule)
{
	for (unsigned bit = rule->prefix_bits; bit < 128; bit++)
		rule->network.bytes[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
}

/* Network, then "/bits" if there are any. False: reported. */
static bool parse_rule(struct config_cursor *cursor, struct access_rule *rule)
{
	char *slash = strchr(cursor->word, '/');
	uint64_t bits;
	bool is_network;
	struct text out;

	if (slash)
		*slash = '\0';
	is_network = parse_network(cursor->word, rule);
	if (slash)
		*slash = '/';
	if (!is_network) {
		out = config_cursor_fail(cursor);
		text_add(&out, cursor->directive);
		text_add(
			&out,
			" needs an address or a network such as 192.168.0.0/16 or 2001:db8::/32, not ");
		config_cursor_quote(&out, cursor->word);
		text_add(&out, " (host names are not there yet)");
		return false;
	}
	if (slash) {
		const uint64_t most = rule->network.family == ADDRESS_IPV4 ? 32 : 128;

		if (text_parse_u64(slash + 1, most, &bits) < 0) {
			out = config_cursor_fail(cursor);
			text_add(&out, cursor->directive);
			text_add(&out, ": the number of bits behind / must be between 0 and ");
			text_u64(&out, most);
			text_add(&out, ", not ");
			config_cursor_quote(&out, slash + 1);
			return false;
		}
		rule->prefix_bits = (uint8_t)bits;
	}
	clear_behind_mask(rule);
	return true;
}

void access_options_parse(struct config_cursor *cursor, struct access *access, bool is_allowed)
{
	struct access_rule rule = { .is_allowed = is_allowed };
	bool is_all = false;
	const char *word = config_cursor_next(cursor);

	if (word && strcasecmp(word, "all") == 0) {
		is_all = true;
		word = config_cursor_next(cursor);
	}
	if (word && !parse_rule(cursor, &rule))
		return;
	config_cursor_expect_end(cursor);
	if (cursor->is_failed)
		return;
	if (access_add(access, &rule, is_all) == -ENOSPC) {
		struct text out = config_cursor_fail(cursor);

		text_add(&out, "there may be at most ");
		text_u64(&out, ACCESS_RULES_MAX);
		text_add(&out, " rules; combine neighbouring networks");
	}
}

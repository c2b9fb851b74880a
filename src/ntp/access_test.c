/* SPDX-License-Identifier: MIT */
#include "ntp/access.h"
#include "testing/check.h"

#include <errno.h>

static struct access_rule rule(const char *network, unsigned prefix_bits, bool is_allowed)
{
	struct access_rule rule = { .prefix_bits = (uint8_t)prefix_bits, .is_allowed = is_allowed };

	if (network)
		CHECK_EQ(address_parse(network, &rule.network), 0);
	return rule;
}

static void allow(struct access *access, const char *network, unsigned prefix_bits)
{
	const struct access_rule added = rule(network, prefix_bits, true);

	CHECK_EQ(access_add(access, &added, false), 0);
}

static void deny(struct access *access, const char *network, unsigned prefix_bits)
{
	const struct access_rule added = rule(network, prefix_bits, false);

	CHECK_EQ(access_add(access, &added, false), 0);
}

static bool is_in(const struct access *access, const char *address)
{
	struct address parsed = { 0 };

	CHECK_EQ(address_parse(address, &parsed), 0);
	return access_is_allowed(access, &parsed);
}

TEST(ntp_access, lets_nobody_in_when_nothing_is_said)
{
	const struct access access = { 0 };

	CHECK(!is_in(&access, "127.0.0.1"));
	CHECK(!is_in(&access, "::1"));
	CHECK(!access_has_allowed(&access));
	CHECK(!access_is_allowed(&access, &(struct address){ .family = ADDRESS_NONE }));
}

TEST(ntp_access, lets_everybody_in_with_a_bare_allow)
{
	struct access access = { 0 };

	allow(&access, NULL, 0);
	CHECK(is_in(&access, "203.0.113.9"));
	CHECK(is_in(&access, "2001:db8::9"));
	CHECK(access_has_allowed(&access));
	CHECK(!access_is_allowed(&access, &(struct address){ .family = ADDRESS_NONE }));
}

TEST(ntp_access, heeds_the_most_specific_rule_in_any_order)
{
	struct access first = { 0 }, second = { 0 };

	allow(&first, "192.0.2.0", 24);
	deny(&first, "192.0.2.128", 25);
	allow(&first, "192.0.2.200", 32);
	allow(&second, "192.0.2.200", 32);
	deny(&second, "192.0.2.128", 25);
	allow(&second, "192.0.2.0", 24);
	for (const struct access *access = &first; access;
	     access = access == &first ? &second : NULL) {
		CHECK(is_in(access, "192.0.2.5"));
		CHECK(!is_in(access, "192.0.2.129"));
		CHECK(is_in(access, "192.0.2.200"));
		CHECK(!is_in(access, "192.0.3.5"));
		CHECK(!is_in(access, "c000:205::"));
	}
}

TEST(ntp_access, replaces_a_rule_by_a_later_equal_one)
{
	struct access access = { 0 };

	allow(&access, "192.0.2.0", 24);
	deny(&access, "192.0.2.77", 24); /* bits beyond the prefix do not count */
	CHECK_EQ(access.count, 1);
	CHECK(!is_in(&access, "192.0.2.5"));
	CHECK(!access_has_allowed(&access));
}

TEST(ntp_access, clears_what_lies_inside_with_all)
{
	struct access access = { 0 };
	const struct access_rule all = rule("10.0.0.0", 8, true);

	deny(&access, "10.1.0.0", 16);
	deny(&access, "10.1.2.3", 32);
	deny(&access, "11.0.0.0", 8);
	deny(&access, NULL, 0);
	CHECK_EQ(access_add(&access, &all, true), 0);
	CHECK_EQ(access.count, 4); /* 11/8, both families' 0, 10/8 */
	CHECK(is_in(&access, "10.1.2.3"));
	CHECK(!is_in(&access, "11.0.0.1"));
	CHECK(!is_in(&access, "9.0.0.1"));
}

TEST(ntp_access, clears_both_families_with_a_bare_all)
{
	struct access access = { 0 };
	const struct access_rule all = rule(NULL, 0, true);

	deny(&access, "10.1.0.0", 16);
	deny(&access, "2001:db8::", 32);
	CHECK_EQ(access_add(&access, &all, true), 0);
	CHECK_EQ(access.count, 2);
	CHECK(is_in(&access, "10.1.2.3"));
	CHECK(is_in(&access, "2001:db8::1"));
}

TEST(ntp_access, refuses_prefixes_beyond_the_family)
{
	struct access access = { 0 };
	const struct access_rule four = rule("10.0.0.0", 33, true), six = rule("::", 129, true),
				 none = rule(NULL, 1, true);

	CHECK_EQ(access_add(&access, &four, false), -EINVAL);
	CHECK_EQ(access_add(&access, &six, false), -EINVAL);
	CHECK_EQ(access_add(&access, &none, false), -EINVAL);
	CHECK_EQ(access.count, 0);
}

TEST(ntp_access, says_when_it_is_full_and_stays_as_it_was)
{
	struct access access = { 0 };
	struct access_rule one = rule("10.0.0.0", 32, true);
	const struct access_rule both = rule(NULL, 0, false);

	while (access.count < ACCESS_RULES_MAX - 1) {
		one.network.bytes[2] = (uint8_t)(access.count >> 8);
		one.network.bytes[3] = (uint8_t)access.count;
		CHECK_EQ(access_add(&access, &one, false), 0);
	}
	CHECK_EQ(access_add(&access, &both, false), -ENOSPC); /* takes two places, one is left */
	CHECK_EQ(access.count, ACCESS_RULES_MAX - 1);
	CHECK(is_in(&access, "10.0.0.0"));
	allow(&access, "192.0.2.0", 24);
	CHECK_EQ(access_add(&access, &both, false), -ENOSPC);
	allow(&access, "192.0.2.0", 24); /* replacing needs no place */
	CHECK_EQ(access_add(&access, &both, true), 0);
	CHECK_EQ(access.count, 2);
}

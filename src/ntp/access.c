/* SPDX-License-Identifier: MIT */
#include "ntp/access.h"

#include <errno.h>

/* At most one rule stands for each network, and families are kept apart, so that the longest prefix
 * that fits an address is the rule for it. */

static unsigned prefix_bits_max(uint8_t family)
{
	return family == ADDRESS_IPV4 ? 32 : family == ADDRESS_IPV6 ? 128 : 0;
}

/* Is `rule` about the same network as `other`, or (where narrower ones count) about a part of it?
 */
static bool is_replaced(const struct access_rule *rule, const struct access_rule *other,
                        bool is_all)
{
	if (rule->prefix_bits < other->prefix_bits ||
	    (rule->prefix_bits > other->prefix_bits && !is_all))
		return false;
	return address_is_within(&rule->network, &other->network, other->prefix_bits);
}

static int add_one(struct access *access, const struct access_rule *rule, bool is_all)
{
	size_t kept = 0;

	for (size_t i = 0; i < access->count; i++)
		kept += !is_replaced(&access->rules[i], rule, is_all);
	if (kept == ACCESS_RULES_MAX)
		return -ENOSPC;

	kept = 0;
	for (size_t i = 0; i < access->count; i++) {
		if (!is_replaced(&access->rules[i], rule, is_all))
			access->rules[kept++] = access->rules[i];
	}
	access->rules[kept++] = *rule;
	access->count = kept;
	return 0;
}

int access_add(struct access *access, const struct access_rule *rule, bool is_all)
{
	struct access_rule half = *rule;
	struct access both = *access; /* so that not just one half gets in */
	int error;

	if (rule->prefix_bits > prefix_bits_max(rule->network.family))
		return -EINVAL;
	if (rule->network.family != ADDRESS_NONE)
		return add_one(access, rule, is_all);

	half.network.family = ADDRESS_IPV4;
	error = add_one(&both, &half, is_all);
	half.network.family = ADDRESS_IPV6;
	if (error == 0)
		error = add_one(&both, &half, is_all);
	if (error == 0)
		*access = both;
	return error;
}

bool access_is_allowed(const struct access *access, const struct address *address)
{
	const struct access_rule *best = NULL;

	for (size_t i = 0; i < access->count; i++) {
		const struct access_rule *rule = &access->rules[i];

		if ((!best || rule->prefix_bits > best->prefix_bits) &&
		    address_is_within(address, &rule->network, rule->prefix_bits))
			best = rule;
	}
	return best && best->is_allowed;
}

bool access_has_allowed(const struct access *access)
{
	for (size_t i = 0; i < access->count; i++) {
		if (access->rules[i].is_allowed)
			return true;
	}
	return false;
}

/* ntp/access: who may be answered: allow and deny rules, the most specific one counts.
 * SPDX-License-Identifier: MIT
 *
 * chrony's semantics: a later rule for the same network replaces the earlier; `all` also removes
 * the narrower rules inside the network; nothing said = denied. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/address.h"
#include "base/attributes.h"

#define ACCESS_RULES_MAX 256

struct access_rule {
	struct address network; /* ADDRESS_NONE: both families, prefix 0 */
	uint8_t prefix_bits;
	bool is_allowed;
};

struct access {
	size_t count;
	struct access_rule rules[ACCESS_RULES_MAX];
};

/* 0, -EINVAL (prefix too long for the family) or -ENOSPC. */
NODISCARD int access_add(struct access *access, const struct access_rule *rule, bool is_all);
bool access_is_allowed(const struct access *access, const struct address *address);
bool access_has_allowed(const struct access *access); /* is anybody let in at all? */

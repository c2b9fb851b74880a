/* config/config_diff: which lines came and which went from one configuration to the next.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "config/config_directive.h"
#include "config/config_listing.h"

struct config_diff_row {
	const struct config_listing_row *row; /* borrowed from its listing */
	bool is_added;                        /* else it went */
};

struct config_diff {
	struct config_diff_row *rows; /* owned; those that went, then those that came */
	size_t count;
};

/* Lines of like words are the same line, wherever they stand; those that a later line overrides do
 * not count. 0 or -ENOMEM. */
NODISCARD int config_diff_make(const struct config_listing *before,
                               const struct config_listing *after, struct config_diff *diff_out);
void config_diff_free(struct config_diff *diff); /* empties it; an empty one is fine */

/* Of the directives in the table that may change while the program runs (is_live): copies what
 * `after` says differently than `before` to `into`, and leaves the rest of that alone. Those with a
 * parse function of their own and those that repeat are not copied. True: something was. */
bool config_diff_carry(const struct config_directive *table, const void *before, const void *after,
                       void *into);

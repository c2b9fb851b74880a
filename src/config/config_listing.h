/* config/config_listing: the configuration as it was understood, line by line, for people.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

enum config_use {
	CONFIG_IN_USE,
	CONFIG_OVERRIDDEN,    /* a later line says otherwise */
	CONFIG_NOT_YET,       /* known from chrony, without effect here */
	CONFIG_AFTER_RESTART, /* the file says so, the running program not yet */
};

struct config_listing_row {
	const char *directive; /* in lower case; static */
	const char
		*value;   /* the rest of the line, blanks collapsed; "" when there is none; owned */
	const char *file; /* borrowed from the lines that were parsed */
	unsigned line;    /* from 1 */
	enum config_use use;
	bool is_optional; /* of the line: it came from a *.sources file */
};

struct config_listing {
	size_t count, capacity;
	struct config_listing_row *rows; /* owned; in the order of the lines */
};

void config_listing_init(struct config_listing *listing);
void config_listing_free(struct config_listing *listing); /* empties it; an empty one is fine */

/* Copies the value. 0 or -ENOMEM. */
NODISCARD int config_listing_add(struct config_listing *listing,
                                 const struct config_listing_row *row);
/* Copies the rows without the names of their files. 0 or -ENOMEM. */
NODISCARD int config_listing_copy(const struct config_listing *from,
                                  struct config_listing *listing);
/* Marks the earlier rows of this directive as overridden. */
void config_listing_override(struct config_listing *listing, const char *directive);

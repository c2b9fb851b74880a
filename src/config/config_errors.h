/* config/config_errors: everything that is wrong with a configuration, gathered in one go.
 * SPDX-License-Identifier: MIT
 *
 * Prints nothing: each entry is a finished sentence with its place in front, e.g.
 * "chrony.conf:12:8: minpoll must be between -7 and 24, not 99". */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define CONFIG_ERRORS_MAX     128
#define CONFIG_ERROR_TEXT_MAX 384

struct config_error {
	bool is_warning;
	char text[CONFIG_ERROR_TEXT_MAX]; /* whole; warnings say "warning: " after the place */
};

struct config_errors {
	size_t errors_count, warnings_count; /* all that there were, also those that did not fit */
	size_t count;                        /* of items, <= CONFIG_ERRORS_MAX, in order found */
	struct config_error items[CONFIG_ERRORS_MAX + 1]; /* the last one takes what is dropped */
};

void config_errors_init(struct config_errors *errors);

/* Counts one and starts its text with the place; the caller adds the sentence. The place:
 * file "" or NULL = none; line 0 and column 0 are left out. */
struct text config_errors_add(struct config_errors *errors, bool is_warning, const char *file,
                              unsigned line, unsigned column);

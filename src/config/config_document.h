/* config/config_document: the manual's entry for a directive, made from its own table.
 * SPDX-License-Identifier: MIT
 *
 * scdoc(5) source: a heading word in bold, arguments underlined, then text, range and default. */
#pragma once

#include "base/text.h"
#include "config/config_directive.h"

/* `directive` is a row of `table`; options that an earlier row has too are not told again. 16 KiB
 * hold any directive there is; `out` tells if it was cut. */
void config_document(struct text *out, const struct config_directive *table,
                     const struct config_directive *directive);
/* The options of a table alone; NULL = none. */
void config_document_options(struct text *out, const struct config_option *table);
void config_document_word(struct text *out, const char *word); /* in bold */

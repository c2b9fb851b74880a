/* config/config_parse: lines of chrony.conf into structs. SPDX-License-Identifier: MIT
 *
 * Knows no directive itself: the grammar brings the tables. Reads no file: the caller has expanded
 * the includes. Grammar: chrony.conf(5); names in any case, blanks collapsed, comments only as
 * whole lines, an unknown word is an error. */
#pragma once

#include <stddef.h>

#include "base/attributes.h"
#include "config/config_directive.h"
#include "config/config_errors.h"
#include "config/config_line.h"
#include "config/config_listing.h"

#define CONFIG_SECTIONS_MAX 4

/* A directive that chrony has and we do not. */
struct config_known {
	const char *name; /* NULL ends a table */
	bool is_obsolete; /* without effect in chrony as well */
};

struct config_grammar {
	size_t sections_count;
	struct {
		const struct config_directive *directives;
		void *target;
	} sections[CONFIG_SECTIONS_MAX];
	const struct config_known *known; /* NULL = none */
};

void config_grammar_add(struct config_grammar *grammar, const struct config_directive *directives,
                        void *target);
/* The directive of this name, in any case, or NULL. */
const struct config_directive *config_grammar_find(const struct config_grammar *grammar,
                                                   const char *name);
const struct config_known *config_grammar_find_known(const struct config_grammar *grammar,
                                                     const char *name);

/* Defaults are the caller's business: targets are only changed by the lines. Goes on after each
 * mistake, so that `errors` names all of them. `listing` may be NULL; else each good line adds a
 * row. 0; -EINVAL: there are errors (now or before), the targets must not be used; -ENOMEM. */
NODISCARD int config_parse(const struct config_grammar *grammar, const struct config_line *lines,
                           size_t count, struct config_errors *errors,
                           struct config_listing *listing);

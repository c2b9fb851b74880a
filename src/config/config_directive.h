/* config/config_directive: one kind of line, as a row of data: its arguments, its options, and
 * where they go. SPDX-License-Identifier: MIT
 *
 * Tables end with a row without a name. A directive is single-valued (the last line wins, as a
 * whole), or repeated (each line appends an item to an array), or has its own parse function. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "config/config_option.h"

struct config_directive {
	const char *name;
	const struct config_option *arguments; /* in this order, before the options; NULL = none */
	const struct config_option *options;   /* words in any order; NULL = none */
	const char *text;

	bool has_flag; /* the line's presence sets a bool member */
	size_t flag_offset;

	size_t item_size; /* repeated: arguments and options are members of an item; 0 = not */
	size_t items_offset, items_count_offset, items_max;

	bool adds_up; /* a later line does not reset what an earlier one set */
	bool is_live; /* a reload changes it in the running program; else that takes a restart */

	/* Odd grammars: takes the words itself; `usage` shows what comes behind the name. */
	void (*parse)(struct config_cursor *cursor, void *target);
	const char *usage;

	/* After the words, unless one was wrong: what spans several of them. NULL = nothing.
	 * `filled` is the item or the target. */
	void (*finish)(struct config_cursor *cursor, void *filled);
};

/* .CONFIG_ARGUMENTS({ … }, { … }) */
#define CONFIG_ARGUMENTS(...)                                                                      \
	.arguments = (const struct config_option[])                                                \
	{                                                                                          \
		__VA_ARGS__,                                                                       \
		{                                                                                  \
			.name = NULL                                                               \
		}                                                                                  \
	}

#define CONFIG_PRESENCE(struct_, member_)                                                          \
	.has_flag = true, .flag_offset = offsetof(struct_, member_)

#define CONFIG_REPEATED(struct_, items_, count_)                                                   \
	.item_size = sizeof(((struct_ *)0)->items_[0]), .items_offset = offsetof(struct_, items_), \
	.items_count_offset = offsetof(struct_, count_),                                           \
	.items_max = sizeof(((struct_ *)0)->items_) / sizeof(((struct_ *)0)->items_[0])

/* Stores the defaults of all rows; arrays start empty, members without a row are not touched. */
void config_directive_defaults(const struct config_directive *table, void *target);

/* Takes the words behind the name. Mistakes are reported; what they leave in `target` is undefined,
 * but an item with a mistake is not counted. */
void config_directive_parse(const struct config_directive *directive, struct config_cursor *cursor,
                            void *target);

/* "makestep <threshold> <limit>" */
void config_directive_usage(struct text *out, const struct config_directive *directive);

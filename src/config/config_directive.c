/* SPDX-License-Identifier: MIT */
#include "config/config_directive.h"

#include <string.h>
#include <strings.h>

#include "config/config_nearest.h"

static void reset_line(const struct config_directive *directive, void *filled)
{
	config_option_reset_all(directive->arguments, filled);
	config_option_reset_all(directive->options, filled);
}

void config_directive_defaults(const struct config_directive *table, void *target)
{
	for (; table->name; table++) {
		if (table->item_size > 0)
			*(size_t *)(void *)((char *)target + table->items_count_offset) = 0;
		else
			reset_line(table, target);
		if (table->has_flag)
			*((bool *)target + table->flag_offset) = false;
	}
}

static void add_word(struct text *out, const struct config_option *option)
{
	text_add(out, option->is_optional ? " [" : " <");
	text_add(out, option->name);
	text_char(out, option->is_optional ? ']' : '>');
}

void config_directive_usage(struct text *out, const struct config_directive *directive)
{
	text_add(out, directive->name);
	for (const struct config_option *row = directive->arguments; row && row->name; row++)
		add_word(out, row);
	if (directive->options)
		text_add(out, " [options]");
	if (directive->usage) {
		text_char(out, ' ');
		text_add(out, directive->usage);
	}
}

static void explain_usage(struct text *out, const struct config_directive *directive)
{
	text_add(out, "; write: ");
	config_directive_usage(out, directive);
}

static void fail_unknown_word(const struct config_directive *directive,
                              struct config_cursor *cursor)
{
	struct config_nearest nearest = config_nearest_to(cursor->word);
	const char *hint = config_cursor_comment_hint(cursor);
	struct text out = config_cursor_fail(cursor);

	for (const struct config_option *row = directive->options; row && row->name; row++)
		config_nearest_offer(&nearest, row->name);
	text_add(&out, directive->options ? "unknown option " : "unexpected word ");
	config_cursor_quote(&out, cursor->word);
	text_add(&out, directive->options ? " of " : " after ");
	text_add(&out, directive->name);
	if (hint) {
		text_add(&out, hint);
	} else if (nearest.best) {
		text_add(&out, "; did you mean '");
		text_add(&out, nearest.best);
		text_char(&out, '\'');
	} else {
		explain_usage(&out, directive);
	}
}

/* False when the line has ended too early. */
static bool parse_arguments(const struct config_directive *directive, struct config_cursor *cursor,
                            void *filled)
{
	for (const struct config_option *row = directive->arguments; row && row->name; row++) {
		if (config_cursor_has_next(cursor)) {
			config_option_parse(row, true, cursor, filled);
		} else if (row->is_optional) {
			return true;
		} else {
			struct text out;

			config_cursor_next(cursor);
			out = config_cursor_fail(cursor);
			text_add(&out, directive->name);
			text_add(&out, " needs <");
			text_add(&out, row->name);
			text_char(&out, '>');
			explain_usage(&out, directive);
			return false;
		}
	}
	return true;
}

static void parse_options(const struct config_directive *directive, struct config_cursor *cursor,
                          void *filled)
{
	while (config_cursor_next(cursor)) {
		const struct config_option *row = directive->options;

		while (row && row->name && strcasecmp(row->name, cursor->word) != 0)
			row++;
		if (!row || !row->name) {
			fail_unknown_word(directive, cursor);
			return; /* whether it takes a value is not known either */
		}
		config_option_parse(row, false, cursor, filled);
	}
}

/* The place of the next item, emptied; NULL when there is no more room. */
static void *next_item(const struct config_directive *directive, struct config_cursor *cursor,
                       void *target, size_t *count)
{
	void *item = (char *)target + directive->items_offset + *count * directive->item_size;

	if (*count == directive->items_max) {
		struct text out = config_cursor_fail(cursor);

		text_add(&out, "there may be at most ");
		text_u64(&out, directive->items_max);
		text_add(&out, " lines of this kind");
		return NULL;
	}
	memset(item, 0, directive->item_size);
	return item;
}

void config_directive_parse(const struct config_directive *directive, struct config_cursor *cursor,
                            void *target)
{
	size_t *count = (void *)((char *)target + directive->items_count_offset);
	void *filled = target;

	if (directive->parse) {
		directive->parse(cursor, target);
		return;
	}
	if (directive->item_size > 0)
		filled = next_item(directive, cursor, target, count);
	if (!filled)
		return;
	if (!directive->adds_up)
		reset_line(directive, filled);
	if (directive->has_flag)
		*((bool *)target + directive->flag_offset) = true;
	if (parse_arguments(directive, cursor, filled))
		parse_options(directive, cursor, filled);
	if (!cursor->is_failed && directive->finish)
		directive->finish(cursor, filled);
	if (!cursor->is_failed && directive->item_size > 0)
		++*count;
}

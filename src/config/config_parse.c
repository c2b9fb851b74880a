/* SPDX-License-Identifier: MIT */
#include "config/config_parse.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "config/config_nearest.h"

void config_grammar_add(struct config_grammar *grammar, const struct config_directive *directives,
                        void *target)
{
	assert(grammar->sections_count < CONFIG_SECTIONS_MAX);
	grammar->sections[grammar->sections_count].directives = directives;
	grammar->sections[grammar->sections_count++].target = target;
}

static const struct config_directive *find(const struct config_grammar *grammar, const char *name,
                                           void **target_out)
{
	for (size_t i = 0; i < grammar->sections_count; i++) {
		const struct config_directive *row = grammar->sections[i].directives;

		for (; row->name; row++) {
			if (strcasecmp(row->name, name) == 0) {
				*target_out = grammar->sections[i].target;
				return row;
			}
		}
	}
	return NULL;
}

const struct config_directive *config_grammar_find(const struct config_grammar *grammar,
                                                   const char *name)
{
	void *target;

	return find(grammar, name, &target);
}

const struct config_known *config_grammar_find_known(const struct config_grammar *grammar,
                                                     const char *name)
{
	for (const struct config_known *row = grammar->known; row && row->name; row++) {
		if (strcasecmp(row->name, name) == 0)
			return row;
	}
	return NULL;
}

static void fail_unknown(const struct config_grammar *grammar, struct config_cursor *cursor)
{
	struct config_nearest nearest = config_nearest_to(cursor->word);
	struct text out = config_cursor_fail(cursor);

	for (size_t i = 0; i < grammar->sections_count; i++) {
		const struct config_directive *row = grammar->sections[i].directives;

		for (; row->name; row++)
			config_nearest_offer(&nearest, row->name);
	}
	for (const struct config_known *row = grammar->known; row && row->name; row++)
		config_nearest_offer(&nearest, row->name);
	text_add(&out, "unknown directive ");
	config_cursor_quote(&out, cursor->word);
	if (nearest.best) {
		text_add(&out, "; did you mean '");
		text_add(&out, nearest.best);
		text_char(&out, '\'');
	} else {
		text_add(&out, "; correct it or take the line out");
	}
}

static void warn_known(const struct config_known *known, struct config_cursor *cursor)
{
	struct text out = config_cursor_warn(cursor);

	text_add(&out, known->name);
	text_add(&out, known->is_obsolete
	                       ? " is obsolete; the line is ignored"
	                       : " is known from chrony but not there yet; the line is ignored");
}

/* The words behind the name, one blank between them. */
static int list(const struct config_line *line, const char *name, enum config_use use,
                struct config_listing *listing)
{
	struct config_errors *const none = NULL; /* this walk reports nothing */
	struct config_cursor cursor;
	char value[CONFIG_LINE_MAX + 1];
	struct text out = text_into(value, sizeof value);

	if (!listing)
		return 0;
	config_cursor_init(&cursor, line, none);
	config_cursor_next(&cursor);
	while (config_cursor_next(&cursor)) {
		if (out.length_bytes > 0)
			text_char(&out, ' ');
		text_add(&out, cursor.word);
	}
	return config_listing_add(listing,
	                          &(struct config_listing_row){ .directive = name,
	                                                        .value = value,
	                                                        .file = line->file,
	                                                        .line = line->number,
	                                                        .use = use,
	                                                        .is_optional = line->is_optional });
}

static int parse_line(const struct config_grammar *grammar, const struct config_line *line,
                      struct config_errors *errors, struct config_listing *listing)
{
	const struct config_directive *directive;
	const struct config_known *known;
	struct config_cursor cursor;
	void *target;

	config_cursor_init(&cursor, line, errors);
	if (strnlen(line->text, CONFIG_LINE_MAX + 1) > CONFIG_LINE_MAX) {
		struct text out = config_cursor_fail(&cursor);

		text_add(&out, "the line is longer than 2047 bytes; shorten it");
		return 0;
	}
	if (!config_cursor_next(&cursor))
		return 0;
	directive = find(grammar, cursor.word, &target);
	known = directive ? NULL : config_grammar_find_known(grammar, cursor.word);
	if (known) {
		warn_known(known, &cursor);
		return list(line, known->name, CONFIG_NOT_YET, listing);
	}
	if (!directive) {
		fail_unknown(grammar, &cursor);
		return 0;
	}
	cursor.directive = directive->name;
	config_directive_parse(directive, &cursor, target);
	if (cursor.is_failed)
		return 0;
	if (listing && !directive->parse && !directive->adds_up && directive->item_size == 0)
		config_listing_override(listing, directive->name);
	return list(line, directive->name, cursor.is_not_yet ? CONFIG_NOT_YET : CONFIG_IN_USE,
	            listing);
}

int config_parse(const struct config_grammar *grammar, const struct config_line *lines,
                 size_t count, struct config_errors *errors, struct config_listing *listing)
{
	for (size_t i = 0; i < count; i++) {
		const int error = parse_line(grammar, &lines[i], errors, listing);

		if (error < 0)
			return error;
	}
	return errors->errors_count > 0 ? -EINVAL : 0;
}

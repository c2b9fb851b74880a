/* SPDX-License-Identifier: MIT */
#include "config/config_cursor.h"

#include <string.h>

#define QUOTED_MAX 64 /* bytes of a word that a message shows */

void config_cursor_init(struct config_cursor *cursor, const struct config_line *line,
                        struct config_errors *errors)
{
	cursor->line = line;
	cursor->errors = errors;
	cursor->directive = "";
	cursor->at_byte = 0;
	cursor->column = 1;
	cursor->is_failed = false;
	cursor->is_not_yet = false;
	cursor->word[0] = '\0';
}

static bool is_comment_start(char c)
{
	return c == '!' || c == ';' || c == '#' || c == '%';
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

const char *config_cursor_next(struct config_cursor *cursor)
{
	const char *const text = cursor->line->text;
	const bool is_first = cursor->at_byte == 0;
	const size_t behind = cursor->at_byte;
	size_t at = behind;
	size_t length = 0;

	while (is_blank(text[at]))
		at++;
	if (text[at] == '\0' || (is_first && is_comment_start(text[at]))) {
		cursor->column = (unsigned)behind + 1;
		return NULL;
	}
	cursor->column = (unsigned)at + 1;
	for (; text[at] != '\0' && !is_blank(text[at]) && length < CONFIG_LINE_MAX; at++)
		cursor->word[length++] = text[at];
	cursor->word[length] = '\0';
	cursor->at_byte = at;
	return cursor->word;
}

bool config_cursor_has_next(const struct config_cursor *cursor)
{
	size_t at = cursor->at_byte;

	while (is_blank(cursor->line->text[at]))
		at++;
	return cursor->line->text[at] != '\0';
}

static struct text report(struct config_cursor *cursor, bool is_warning)
{
	const struct config_line *line = cursor->line;

	return config_errors_add(cursor->errors, is_warning, line->file, line->number,
	                         cursor->column);
}

struct text config_cursor_fail(struct config_cursor *cursor)
{
	struct text out;

	cursor->is_failed = true;
	out = report(cursor, cursor->line->is_optional);
	if (cursor->line->is_optional)
		text_add(&out, "this line is left out: ");
	return out;
}

struct text config_cursor_warn(struct config_cursor *cursor)
{
	return report(cursor, true);
}

void config_cursor_quote(struct text *out, const char *word)
{
	text_char(out, '\'');
	for (size_t i = 0; word[i] != '\0'; i++) {
		const unsigned char c = (unsigned char)word[i];

		if (i == QUOTED_MAX) {
			text_add(out, "...");
			break;
		}
		/* a stranger's bytes must not steer the terminal that shows the message */
		text_char(out, c < ' ' || c >= 0x7f ? '?' : (char)c);
	}
	text_char(out, '\'');
}

const char *config_cursor_comment_hint(const struct config_cursor *cursor)
{
	return is_comment_start(cursor->word[0]) ? "; a comment needs a line of its own" : NULL;
}

void config_cursor_expect_end(struct config_cursor *cursor)
{
	const char *hint;
	struct text out;

	if (!config_cursor_next(cursor))
		return;
	hint = config_cursor_comment_hint(cursor);
	out = config_cursor_fail(cursor);
	text_add(&out, "unexpected word ");
	config_cursor_quote(&out, cursor->word);
	text_add(&out, " after ");
	text_add(&out, cursor->directive);
	if (hint)
		text_add(&out, hint);
}

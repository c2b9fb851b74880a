/* config/config_cursor: goes through one line word by word and says what is wrong with a word.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "config/config_errors.h"
#include "config/config_line.h"

struct config_cursor {
	const struct config_line *line;
	struct config_errors *errors;
	const char *directive; /* the name that errors speak of; "" before it is known */
	size_t at_byte;        /* first byte that was not looked at yet */
	unsigned column; /* of the present word, from 1; at the end: just behind the last word */
	bool is_failed;  /* some word of this line was wrong */
	bool is_not_yet; /* the line is right and has no effect, and that was said */
	char word[CONFIG_LINE_MAX + 1];
};

/* Text longer than CONFIG_LINE_MAX is cut: the caller checks first. */
void config_cursor_init(struct config_cursor *cursor, const struct config_line *line,
                        struct config_errors *errors);

/* The next word, in cursor->word until the next call; NULL at the end of the line. The first word
 * of a comment line is the end: chrony's comments begin with ! ; # or % and take a whole line. */
const char *config_cursor_next(struct config_cursor *cursor);
bool config_cursor_has_next(const struct config_cursor *cursor); /* behind the first word */

/* Reports the present word; the caller adds the sentence. On an optional line the error is a
 * warning, yet the line counts as failed and must have no effect. */
struct text config_cursor_fail(struct config_cursor *cursor);
struct text config_cursor_warn(struct config_cursor *cursor);
/* "…, not 'WORD'" and the like: quoted, made printable, cut when it is very long. */
void config_cursor_quote(struct text *out, const char *word);
/* Takes the next word if there is one and reports that it is too many. */
void config_cursor_expect_end(struct config_cursor *cursor);
/* A sentence's end when the present word looks like a comment behind a directive, else NULL. */
const char *config_cursor_comment_hint(const struct config_cursor *cursor);

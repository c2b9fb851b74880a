/* cli/style: colours on terminals that have them. SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdio.h>

enum style {
	STYLE_PLAIN,
	STYLE_GOOD,
	STYLE_BAD,
	STYLE_WARN,
	STYLE_STRONG,
	STYLE_FAINT,
	STYLE_COOL
};

struct look {
	bool is_coloured;
	bool is_utf8; /* the terminal shows more than ASCII */
};

/* Colour when standard output is a terminal and NO_COLOR is not set (no-color.org). */
struct look style_look(void);
/* SGR sequences; "" when not coloured. */
const char *style_begin(struct look look, enum style style);
const char *style_end(struct look look);
/* By the state letter of a source. */
enum style style_of_letter(char letter);

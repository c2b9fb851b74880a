/* SPDX-License-Identifier: MIT */
#include "cli/style.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct look style_look(void)
{
	const char *term = getenv("TERM");
	const char *none = getenv("NO_COLOR");

	setlocale(LC_CTYPE, "");
	return (struct look){
		.is_coloured = isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0 &&
		               !(none && *none),
		.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
	};
}

const char *style_begin(struct look look, enum style style)
{
	static const char *const sequences[] = {
		[STYLE_PLAIN] = "",        [STYLE_GOOD] = "\x1b[1;32m", [STYLE_BAD] = "\x1b[1;31m",
		[STYLE_WARN] = "\x1b[33m", [STYLE_STRONG] = "\x1b[1m",  [STYLE_FAINT] = "\x1b[2m",
		[STYLE_COOL] = "\x1b[36m",
	};

	return look.is_coloured ? sequences[style] : "";
}

const char *style_end(struct look look)
{
	return look.is_coloured ? "\x1b[0m" : "";
}

enum style style_of_letter(char letter)
{
	switch (letter) {
	case '*':
		return STYLE_GOOD;
	case '+':
		return STYLE_PLAIN;
	case 'x':
		return STYLE_BAD;
	default:
		return STYLE_FAINT;
	}
}

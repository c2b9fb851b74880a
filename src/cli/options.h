/* cli/options: the words after a command that all commands understand. SPDX-License-Identifier: MIT
 */
#pragma once

#include <stdbool.h>

#include "base/attributes.h"

struct options {
	const char *socket;   /* of the daemon */
	bool is_json, is_csv; /* at most one */
	const char *word;     /* the first word that is no option, or NULL */
	double seconds;       /* --seconds N; 0 = not given */
};

enum options_allowed { /* a set */
	               OPTIONS_WORD = 1,
	               OPTIONS_SOCKET = 2,
	               OPTIONS_JSON = 4,
	               OPTIONS_CSV = 8,
	               OPTIONS_SECONDS = 16,
};

/* 0, or COMMAND_USAGE after a sentence on standard error. */
NODISCARD int options_parse(int argc, char **argv, unsigned allowed, struct options *options_out);

/* What a command says of an option of its own that it cannot take; value: NULL = none was given.
 * Cut to the text's size. */
void options_misunderstood(char text_out[200], const char *option, const char *value);

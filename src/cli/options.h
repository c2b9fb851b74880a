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

/* 0, or COMMAND_USAGE after a sentence on standard error. Allows one word when has_word. */
NODISCARD int options_parse(int argc, char **argv, bool has_word, struct options *options_out);

/* config/config_line: one line of configuration and where it stands. SPDX-License-Identifier: MIT
 */
#pragma once

#include <stdbool.h>

#define CONFIG_LINE_MAX 2047 /* bytes in a line, its end not counted */

struct config_line {
	const char *file; /* name for messages; borrowed, as is the text */
	unsigned number;  /* from 1 */
	const char *text; /* terminated; a line break at its end is a blank like others */
	bool is_optional; /* an error in it drops the line with a warning (*.sources files) */
};

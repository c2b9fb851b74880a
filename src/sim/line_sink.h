/* sim/line_sink: where lines of text go that a pure folder may not print itself.
 * SPDX-License-Identifier: MIT */
#pragma once

struct line_sink {
	void (*line)(void *to,
	             const char *line); /* without the line break; NULL = nobody listens */
	void *to;
};

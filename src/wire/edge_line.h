/* wire/edge_line: edge files: what a radio's pin did, one change a line. SPDX-License-Identifier:
 * MIT
 *
 * "SECONDS.NANOSECONDS 0|1": when (since 1970-01-01 by the clock that timed it, or since anything
 * else; up to nine decimals), and the new level: 1 = full carrier, 0 = reduced. From # on all is
 * comment; empty lines are fine. What other programs write is understood as well: gpiomon's lines
 * (libgpiod 1 and 2), comma or semicolon between the two, rising/falling, high/low, on/off or
 * up/down for the level, whole milli-, micro- or nanoseconds since 1970, the columns' names on
 * top. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/text.h"

#define EDGE_LINE_SIZE_MAX 256 /* longer lines are no edges */

struct edge_line {
	int64_t at_ns; /* 0..9223372035 s */
	bool is_high;
};

/* One line without its end. 1: an edge; 0: nothing, a comment; -EBADMSG. */
NODISCARD int edge_line_decode(const char *line, size_t length, struct edge_line *edge_out);
void edge_line_encode(const struct edge_line *edge, struct text *out); /* with its line end */

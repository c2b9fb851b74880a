/* wire/edge_line: edge files: what a radio's pin did, one change a line. SPDX-License-Identifier:
 * MIT
 *
 * "SECONDS.NANOSECONDS 0|1": when (since 1970-01-01 by the clock that timed it, or since anything
 * else; decimals beyond nine are dropped), and the new level: 1 = full carrier, 0 = reduced. From #
 * on all is comment, so is a line that begins with ; or %; empty lines are fine. What other
 * programs write is understood as well: gpiomon's lines (libgpiod 1 and 2), comma or semicolon
 * between the two, rising/falling, high/low, on/off, up/down or true/false for the level, numbers
 * with an exponent, whole milli-, micro- or nanoseconds, the columns' names on top. */
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
	int64_t count; /* the time, if it has no fraction: of a unit yet to be found; else -1.
	                  Decoded as seconds if it is below 1e11, else as a fraction of them since
	                  1970 */
};

/* One line without its end. 1: an edge; 0: nothing, a comment; -EBADMSG. */
NODISCARD int edge_line_decode(const char *line, size_t length, struct edge_line *edge_out);
/* The unit of counts that begin anywhere, by the pulses, which come once a second: 1, 1e3, 1e6 or
 * 1e9 a second; 0: not to be told, by fewer than EDGE_UNIT_CHANGES changes of the level or none of
 * these. */
#define EDGE_UNIT_CHANGES 16
int64_t edge_line_unit(const struct edge_line *edges, size_t count);
/* Sets at_ns of an edge that has a count. 0, or -EBADMSG: out of range. */
NODISCARD int edge_line_use_unit(struct edge_line *edge, int64_t per_s);
void edge_line_encode(const struct edge_line *edge, struct text *out); /* with its line end */

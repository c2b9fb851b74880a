/* cli/screen: a terminal that is redrawn, and the wish to stop. SPDX-License-Identifier: MIT
 *
 * Uses a handful of ECMA-48 sequences that every terminal of today knows; the alternate screen, so
 * that the user's own text comes back. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

#include "base/attributes.h"

struct screen {
	bool is_terminal; /* else: print lines, screen_draw does nothing */
	bool is_open;
	bool is_stopped; /* q was pressed or a signal came: go home */
	int signal;      /* the signal that came, or 0 */
	int signals;     /* descriptor; -1 = none */
	struct termios before;
};

/* From here on SIGINT, SIGTERM and SIGHUP only set is_stopped. 0 or -errno. */
NODISCARD int screen_init(struct screen *screen);
void screen_open(struct screen *screen);  /* takes the terminal, if it is one */
void screen_close(struct screen *screen); /* gives everything back; may be called twice */

/* Shows the lines of `frame` (UTF-8, SGR sequences), cut to the size of the terminal. */
void screen_draw(struct screen *screen, const char *frame);
/* Sleeps until then (CLOCK_MONOTONIC) or until the user wants to stop, whichever is first. */
void screen_wait_until(struct screen *screen, int64_t mono_ns);
int64_t screen_now_ns(void); /* CLOCK_MONOTONIC */

/* One line cut to `columns`, its SGR sequences kept; appended at `out`, which has room for
 * strlen(line) + 1. Returns the bytes written. For tests. */
size_t screen_cut(const char *line, size_t length, size_t columns, char *out);

/* daemon/once: -q and -Q: measure, set or print, and end. SPDX-License-Identifier: MIT */
#pragma once

#include "daemon/daemon.h"

#define ONCE_PATIENCE_S 15 /* without -t */

bool once_is_on(const struct command_line *line);
/* Asks each source in a burst. */
void once_prepare(struct daemon_config *config);
/* After each event: is there an answer? Then it is said, -q steps the clock by it, whatever it is,
 * and the daemon is over. */
void once_check(struct daemon *daemon);
/* At the end: says so when there was none. */
void once_conclude(const struct daemon *daemon);

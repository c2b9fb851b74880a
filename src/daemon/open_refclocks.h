/* daemon/open_refclocks: the devices of the reference clocks, and words about them.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "daemon/daemon.h"

/* What cannot be opened is told and tried again: a clock less is no reason not to start. */
void open_refclocks(struct daemon *daemon);
/* error 0: it works again. */
void open_refclocks_say(const struct daemon *daemon, uint32_t refclock, int error);

/* daemon/open_clock: chooses the clock that is kept. SPDX-License-Identifier: MIT */
#pragma once

#include "daemon/daemon.h"

/* `virtualclock`, or none with -x and -Q, or the kernel's; without the right to set that one it
 * says so and only watches. 0 or -errno. */
NODISCARD int open_clock(struct daemon *daemon);

/* os/clock_watch: told when CLOCK_REALTIME is set, by whomever and by however little, or the
 * machine wakes from sleep. SPDX-License-Identifier: MIT
 *
 * A timer that never ends and that the kernel cancels when its clock is set: timerfd_create(2),
 * TFD_TIMER_CANCEL_ON_SET. Leap seconds and what we set ourselves are told as well. */
#pragma once

#include <stdbool.h>

#include "base/attributes.h"

/* A descriptor that is readable when there is something to take, or -errno. -ENOTSUP where a
 * library is preloaded: simulators that replace the clock in this way do not know such timers and
 * abort. */
NODISCARD int clock_watch_open(void);
/* Was the clock set since this was last asked? */
bool clock_watch_take(int watch);

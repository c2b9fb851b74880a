/* os/kernel_clock: the system clock, kept through clock_adjtime(2). SPDX-License-Identifier: MIT
 *
 * Frequency through tick and freq, steps through ADJ_SETOFFSET; the kernel's own PLL and its old
 * adjtime() are switched off at open. Error bounds, leap state and TAI - UTC are told to the kernel
 * with each command. */
#pragma once

#include "os/clock.h"

/* may_mark_synchronised (`rtcsync`): STA_UNSYNC is cleared while synchronised, upon which the
 * kernel copies the time to the RTC every 11 minutes. 0, -EPERM (no CAP_SYS_TIME; nothing was
 * changed), -ENOMEM or another -errno. */
NODISCARD int kernel_clock_open(bool may_mark_synchronised, struct clock **clock_out);

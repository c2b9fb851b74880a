/* os/null_clock: the system clock, only watched, never touched (-x). SPDX-License-Identifier: MIT
 */
#pragma once

#include "os/clock.h"

/* 0 or -ENOMEM. */
NODISCARD int null_clock_open(struct clock **clock_out);

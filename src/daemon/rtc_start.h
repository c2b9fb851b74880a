/* daemon/rtc_start: which time the clock is set to at the start (-s). SPDX-License-Identifier: MIT
 */
#pragma once

#include "daemon/daemon.h"

/* Sets the clock from the RTC, corrected by what `rtcfile` knows of it (NULL: nothing); or from the
 * time that was saved last, if that is later than the RTC's and the clock's. A time that cannot be
 * is refused with a sentence. May wait for some two seconds. */
void rtc_start_set_clock(struct daemon *daemon, const struct rtc_file *file);

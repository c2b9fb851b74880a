/* daemon/rtc_service: the machine's real-time clock: the clock is set from it at the start (-s), it
 * is measured for the node (rtcfile) and set as the node says. SPDX-License-Identifier: MIT */
#pragma once

#include <poll.h>

#include "base/instant.h"

struct daemon;

/* While still root, after the clock is open: opens the device if it is to be tracked, and with -s
 * sets the clock, for which it waits some two seconds for an edge. What is wrong is said, and the
 * daemon goes on without. */
void rtc_service_open(struct daemon *daemon);

struct pollfd rtc_service_poll(struct daemon *daemon);
struct mono_time rtc_service_deadline(const struct daemon *daemon);
/* After poll, also when nothing was ready. */
void rtc_service_on_ready(struct daemon *daemon, const struct pollfd *polled);

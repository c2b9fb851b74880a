/* os/rtc_device: the real-time clock that goes on counting while the machine is off, by the ioctls
 * of linux/rtc.h. SPDX-License-Identifier: MIT
 *
 * It tells only which second it is; when that second began is seen at the edge: the device's update
 * interrupt, or, from devices that have none, two readings in turn that differ. Nothing here waits:
 * the descriptor is polled for interrupts, the deadline says when to look. One program at a time
 * can have the device open.
 *
 * Seconds are those of the calendar date that the device shows, as if that were UTC; of one that
 * keeps local time, rtc_device_utc tells which moment is meant. */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/instant.h"
#include "os/clock.h"
#include "os/rtc_search.h"

struct rtc_device {
	int fd;              /* -1 = closed */
	bool has_interrupts; /* else it is read again and again */
	bool is_listening;
	bool is_first;            /* the next interrupt may be of the switching on, and no edge */
	struct rtc_search search; /* without interrupts */
};

#define RTC_DEVICE_DEFAULT "/dev/rtc"

/* NULL: the default, or /dev/rtc0 where nobody made that name. 0 or -errno: -ENOENT (there is
 * none), -EACCES, -EBUSY (another program has it). The device is closed then. */
NODISCARD int rtc_device_open(struct rtc_device *device, const char *path);
void rtc_device_close(struct rtc_device *device); /* closed already is fine */

/* Which second it shows. 0; -EINVAL: a date that does not exist, as after the battery failed; or
 * -errno. */
NODISCARD int rtc_device_read(const struct rtc_device *device, int64_t *second_out);
/* Needs CAP_SYS_TIME. 0 or -errno. */
NODISCARD int rtc_device_set(const struct rtc_device *device, int64_t second);
/* How far into a second a device of this kind is to be set to it: half way for the PC's (rtc_cmos),
 * which goes on to the next one half a second after it was set; at its beginning for all others
 * (hwclock(8), --delay). */
int64_t rtc_device_set_late_ns(const struct rtc_device *device);

/* From now on edges are looked for; the first comes within some two seconds. */
void rtc_device_listen(struct rtc_device *device, struct mono_time now);
void rtc_device_rest(struct rtc_device *device);

struct pollfd rtc_device_poll(const struct rtc_device *device); /* fd -1 = nothing to wait for */
struct mono_time rtc_device_deadline(const struct rtc_device *device);

/* When the descriptor is ready or the deadline has come; `now` was read then and there. 0: there
 * was an edge; -EAGAIN: not yet; else -errno: as of read. What waking up cost is not in edge_out.
 */
NODISCARD int rtc_device_take(struct rtc_device *device, bool is_ready, struct mono_time now,
                              struct rtc_edge *edge_out);

/* Listens and waits for an edge; *at_out is when it was seen, by `clock` too. 0; -ETIMEDOUT: the
 * device does not go; or as of take. */
NODISCARD int rtc_device_wait(struct rtc_device *device, struct clock *clock,
                              struct rtc_edge *edge_out, struct instant *at_out);

/* What the kernel says, without the device, that the first one shows. 0 or -errno. */
NODISCARD int rtc_device_glance(int64_t *second_out);

/* The same second as UTC and as shown by a device that keeps local time, by the machine's time
 * zone. In the hour that the end of summer time repeats, which of both is left to libc. */
int64_t rtc_device_utc(int64_t shown_s, bool is_local);
int64_t rtc_device_shown(int64_t utc_s, bool is_local);

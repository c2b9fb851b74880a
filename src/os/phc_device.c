/* SPDX-License-Identifier: MIT */
#include "os/phc_device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/ptp_clock.h>
#include <linux/sockios.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/instant.h"

#define READINGS 10 /* tries; the quickest ones count */
/* A window that is longer than the shortest by this part is as good. Raised: fewer are. */
#define QUICK_PART 8

static int64_t nanoseconds(const struct ptp_clock_time *time)
{
	return time->sec * NS_PER_S + time->nsec;
}

static struct timespec timespec_of(const struct ptp_clock_time *time)
{
	return (struct timespec){ .tv_sec = (time_t)time->sec, .tv_nsec = (long)time->nsec };
}

static int clock_of_interface(const char *name)
{
	struct ethtool_ts_info info = { .cmd = ETHTOOL_GET_TS_INFO };
	struct ifreq request = { .ifr_data = (void *)&info };
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	int error = 0;

	if (fd < 0)
		return -errno;
	memcpy(request.ifr_name, name, strnlen(name, sizeof request.ifr_name - 1));
	if (ioctl(fd, SIOCETHTOOL, &request) != 0)
		error = -errno;
	(void)close(fd);
	if (error != 0)
		return error;
	return info.phc_index >= 0 ? info.phc_index : -ENODEV;
}

int phc_device_open(const char *path_or_interface, bool is_crossts_off, struct phc_device *phc_out)
{
	const char *path = path_or_interface;
	char found[32];

	if (!strchr(path, '/')) {
		const int index = clock_of_interface(path);

		if (index < 0)
			return index;
		(void)snprintf(found, sizeof found, "/dev/ptp%d", index);
		path = found;
	}
	*phc_out =
		(struct phc_device){ .fd = open(path, O_RDWR), .is_crossts_off = is_crossts_off };
	if (phc_out->fd < 0 && (errno == EACCES || errno == EROFS)) /* reading is allowed to more */
		phc_out->fd = open(path, O_RDONLY);
	if (phc_out->fd < 0)
		return -errno;
	(void)fcntl(phc_out->fd, F_SETFD, FD_CLOEXEC);
	return 0;
}

void phc_device_close(struct phc_device *phc)
{
	if (phc->fd >= 0)
		(void)close(phc->fd);
	phc->fd = -1;
}

static int read_precise(int fd, struct phc_device_reading *reading_out)
{
	struct ptp_sys_offset_precise precise = { 0 };

	if (ioctl(fd, PTP_SYS_OFFSET_PRECISE, &precise) != 0)
		return -errno;
	reading_out->before = reading_out->after = timespec_of(&precise.sys_realtime);
	reading_out->phc_ns = nanoseconds(&precise.device);
	return 0;
}

/* Each reading is system, hardware, system. */
static int64_t window_ns(const struct ptp_clock_time reading[3])
{
	return nanoseconds(&reading[2]) - nanoseconds(&reading[0]);
}

/* The hardware's time less that of the middle of the window. */
static int64_t ahead_ns(const struct ptp_clock_time reading[3])
{
	return nanoseconds(&reading[1]) - nanoseconds(&reading[0]) - window_ns(reading) / 2;
}

/* Those that were hardly slower are as good: their mean has less noise. */
static void take_quickest(const struct ptp_clock_time (*readings)[3], size_t count,
                          struct phc_device_reading *reading_out)
{
	const struct ptp_clock_time *quickest = NULL;
	int64_t rest_ns = 0, quick_count = 0;

	for (size_t i = 0; i < count; i++) {
		if (window_ns(readings[i]) >= 0 &&
		    (!quickest || window_ns(readings[i]) < window_ns(quickest)))
			quickest = readings[i];
	}
	if (!quickest)
		return;
	for (size_t i = 0; i < count; i++) {
		if (window_ns(readings[i]) < 0 ||
		    window_ns(readings[i]) > window_ns(quickest) + window_ns(quickest) / QUICK_PART)
			continue;
		rest_ns += ahead_ns(readings[i]) - ahead_ns(quickest);
		quick_count++;
	}
	*reading_out = (struct phc_device_reading){
		.before = timespec_of(&quickest[0]),
		.after = timespec_of(&quickest[2]),
		.phc_ns = nanoseconds(&quickest[1]) + rest_ns / quick_count,
	};
}

static int read_extended(int fd, struct phc_device_reading *reading_out)
{
	struct ptp_sys_offset_extended extended = { .n_samples = READINGS };

	if (ioctl(fd, PTP_SYS_OFFSET_EXTENDED, &extended) != 0)
		return -errno;
	take_quickest((const struct ptp_clock_time(*)[3])extended.ts, READINGS, reading_out);
	return 0;
}

/* system, hardware, system, hardware … system */
static int read_plain(int fd, struct phc_device_reading *reading_out)
{
	struct ptp_sys_offset plain = { .n_samples = READINGS };
	struct ptp_clock_time readings[READINGS][3];

	if (ioctl(fd, PTP_SYS_OFFSET, &plain) != 0)
		return -errno;
	for (size_t i = 0; i < READINGS; i++)
		memcpy(readings[i], &plain.ts[2 * i], sizeof readings[i]);
	take_quickest((const struct ptp_clock_time(*)[3])readings, READINGS, reading_out);
	return 0;
}

int phc_device_read(struct phc_device *phc, struct phc_device_reading *reading_out)
{
	struct phc_device_reading reading = { .phc_ns = INT64_MIN };
	int error = -ENOTTY;

	if (!phc->is_crossts_off) {
		error = read_precise(phc->fd, &reading);
		phc->is_crossts_off = error == -ENOTTY || error == -EOPNOTSUPP || error == -EINVAL;
	}
	if (error != 0 && !phc->is_extended_off) {
		error = read_extended(phc->fd, &reading);
		phc->is_extended_off = error == -ENOTTY || error == -EOPNOTSUPP || error == -EINVAL;
	}
	if (error != 0)
		error = read_plain(phc->fd, &reading);
	if (error == 0 && reading.phc_ns == INT64_MIN)
		error = -EAGAIN; /* the clock was set meanwhile: no reading went forwards */
	if (error == 0)
		*reading_out = reading;
	return error;
}

int phc_device_stamp_edges(struct phc_device *phc, uint32_t pin, uint32_t channel, bool is_falling)
{
	struct ptp_clock_caps can = { 0 };
	struct ptp_pin_desc function = { .index = pin, .func = PTP_PF_EXTTS, .chan = channel };
	struct ptp_extts_request request = { .index = channel };

	if (ioctl(phc->fd, PTP_CLOCK_GETCAPS, &can) != 0)
		return -errno;
	if (can.n_pins > 0 && ioctl(phc->fd, PTP_PIN_SETFUNC, &function) != 0)
		return -errno;
	request.flags = PTP_ENABLE_FEATURE | (is_falling ? PTP_FALLING_EDGE : PTP_RISING_EDGE);
	return ioctl(phc->fd, PTP_EXTTS_REQUEST, &request) == 0 ? 0 : -errno;
}

int phc_device_take_edge(struct phc_device *phc, uint32_t channel, int64_t *phc_ns_out)
{
	struct ptp_extts_event event;
	const ssize_t length = read(phc->fd, &event, sizeof event);

	if (length != (ssize_t)sizeof event)
		return length < 0 ? -errno : -EIO;
	if (event.index != channel)
		return -EAGAIN;
	*phc_ns_out = nanoseconds(&event.t);
	return 0;
}

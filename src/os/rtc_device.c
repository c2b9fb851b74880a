/* SPDX-License-Identifier: MIT */
#include "os/rtc_device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/rtc.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "timescale/civil.h"

#define SECONDS_OF_DAY 86400
#define PATIENCE_NS    (5 * NS_PER_S / 2) /* the first edge does not count */

static int open_path(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

int rtc_device_open(struct rtc_device *device, const char *path)
{
	*device = (struct rtc_device){ .fd = open_path(path ? path : RTC_DEVICE_DEFAULT) };
	if (device->fd < 0 && errno == ENOENT && !path)
		device->fd = open_path("/dev/rtc0");
	if (device->fd < 0)
		return -errno;
	device->has_interrupts = ioctl(device->fd, RTC_UIE_ON, 0) == 0;
	(void)ioctl(device->fd, RTC_UIE_OFF, 0);
	return 0;
}

void rtc_device_close(struct rtc_device *device)
{
	rtc_device_rest(device);
	if (device->fd >= 0)
		(void)close(device->fd);
	device->fd = -1;
}

static bool is_date(const struct rtc_time *shown)
{
	return shown->tm_mon >= 0 && shown->tm_mon < 12 && shown->tm_mday >= 1 &&
	       shown->tm_mday <=
	               (int)civil_month_days(shown->tm_year + 1900, (unsigned)shown->tm_mon + 1) &&
	       shown->tm_hour >= 0 && shown->tm_hour < 24 && shown->tm_min >= 0 &&
	       shown->tm_min < 60 && shown->tm_sec >= 0 && shown->tm_sec < 60;
}

int rtc_device_read(const struct rtc_device *device, int64_t *second_out)
{
	struct rtc_time shown = { 0 };
	struct civil_date date;

	if (ioctl(device->fd, RTC_RD_TIME, &shown) != 0)
		return -errno;
	if (!is_date(&shown))
		return -EINVAL;
	date = (struct civil_date){ .year = shown.tm_year + 1900,
		                    .month = (uint8_t)(shown.tm_mon + 1),
		                    .day = (uint8_t)shown.tm_mday };
	*second_out = civil_days(date) * SECONDS_OF_DAY + shown.tm_hour * INT64_C(3600) +
	              shown.tm_min * INT64_C(60) + shown.tm_sec;
	return 0;
}

int rtc_device_set(const struct rtc_device *device, int64_t second)
{
	const int64_t day = second / SECONDS_OF_DAY;
	const int rest = (int)(second % SECONDS_OF_DAY);
	const struct civil_date date = civil_date_of(day);
	const struct rtc_time time = {
		.tm_year = date.year - 1900,
		.tm_mon = date.month - 1,
		.tm_mday = date.day,
		.tm_hour = rest / 3600,
		.tm_min = rest / 60 % 60,
		.tm_sec = rest % 60,
		.tm_wday = (int)civil_weekday(day),
	};

	return ioctl(device->fd, RTC_SET_TIME, &time) == 0 ? 0 : -errno;
}

/* The kernel names the driver of a device in sysfs. */
int64_t rtc_device_set_late_ns(const struct rtc_device *device)
{
	static const char cmos[] = "rtc_cmos";
	char path[64], name[sizeof cmos] = { 0 };
	struct stat facts;
	ssize_t length;
	int fd;

	if (fstat(device->fd, &facts) != 0)
		return 0;
	(void)snprintf(path, sizeof path, "/sys/dev/char/%u:%u/name", major(facts.st_rdev),
	               minor(facts.st_rdev));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	length = read(fd, name, sizeof name - 1);
	(void)close(fd);
	return length > 0 && strcmp(name, cmos) == 0 ? NS_PER_S / 2 : 0;
}

void rtc_device_listen(struct rtc_device *device, struct mono_time now)
{
	if (device->fd < 0 || device->is_listening)
		return;
	if (device->has_interrupts && ioctl(device->fd, RTC_UIE_ON, 0) != 0)
		device->has_interrupts = false;
	device->is_listening = true;
	device->is_first = true;
	rtc_search_begin(&device->search, now);
}

void rtc_device_rest(struct rtc_device *device)
{
	if (device->is_listening && device->has_interrupts)
		(void)ioctl(device->fd, RTC_UIE_OFF, 0);
	device->is_listening = false;
}

struct pollfd rtc_device_poll(const struct rtc_device *device)
{
	return (struct pollfd){ .fd = device->is_listening && device->has_interrupts ? device->fd
		                                                                     : -1,
		                .events = POLLIN };
}

struct mono_time rtc_device_deadline(const struct rtc_device *device)
{
	return device->is_listening && !device->has_interrupts ? device->search.next
	                                                       : MONO_TIME_NEVER;
}

/* The kernel counts the interrupts since the last reading in the upper bytes. More than one: we
 * woke too late to say when the last one was. */
static int take_interrupt(struct rtc_device *device, struct rtc_edge *edge_out)
{
	unsigned long interrupts = 0;
	const bool is_first = device->is_first;

	if (read(device->fd, &interrupts, sizeof interrupts) != (ssize_t)sizeof interrupts)
		return errno == EAGAIN || errno == EINTR ? -EAGAIN : -errno;
	device->is_first = false;
	if (is_first || interrupts >> 8 != 1)
		return -EAGAIN;
	edge_out->early_ns_max = 0;
	return rtc_device_read(device, &edge_out->second);
}

static int take_reading(struct rtc_device *device, struct mono_time now, struct rtc_edge *edge_out)
{
	int64_t second;
	const int error = rtc_device_read(device, &second);

	if (error != 0) {
		rtc_search_on_failure(&device->search, now);
		return error;
	}
	return rtc_search_on_reading(&device->search, now, second, edge_out) ? 0 : -EAGAIN;
}

int rtc_device_take(struct rtc_device *device, bool is_ready, struct mono_time now,
                    struct rtc_edge *edge_out)
{
	if (!device->is_listening)
		return -EAGAIN;
	if (device->has_interrupts)
		return is_ready ? take_interrupt(device, edge_out) : -EAGAIN;
	return device->search.next.ns <= now.ns ? take_reading(device, now, edge_out) : -EAGAIN;
}

int rtc_device_wait(struct rtc_device *device, struct clock *clock, struct rtc_edge *edge_out,
                    struct instant *at_out)
{
	const struct mono_time end = mono_time_after(clock_mono_now(), PATIENCE_NS);
	int error;

	rtc_device_listen(device, clock_mono_now());
	do {
		struct pollfd set = rtc_device_poll(device);
		const int64_t left_ns = mono_time_earlier(rtc_device_deadline(device), end).ns -
		                        clock_mono_now().ns;

		(void)poll(&set, 1, left_ns > 0 ? (int)(left_ns / NS_PER_MS + 1) : 0);
		*at_out = clock_read(clock);
		error = rtc_device_take(device, set.revents != 0, at_out->mono, edge_out);
	} while (error == -EAGAIN && at_out->mono.ns < end.ns);
	rtc_device_rest(device);
	return error == -EAGAIN ? -ETIMEDOUT : error;
}

int rtc_device_glance(int64_t *second_out)
{
	FILE *file = fopen("/sys/class/rtc/rtc0/since_epoch", "re");
	long long second = 0;
	int count;

	if (!file)
		return -errno;
	count = fscanf(file, "%lld", &second);
	(void)fclose(file);
	if (count != 1)
		return -EINVAL;
	*second_out = second;
	return 0;
}

int64_t rtc_device_utc(int64_t shown_s, bool is_local)
{
	struct tm parts;
	time_t shown = (time_t)shown_s;

	if (!is_local || !gmtime_r(&shown, &parts))
		return shown_s;
	parts.tm_isdst = -1;
	return mktime(&parts);
}

int64_t rtc_device_shown(int64_t utc_s, bool is_local)
{
	struct tm parts;
	time_t utc = (time_t)utc_s;

	if (!is_local || !localtime_r(&utc, &parts))
		return utc_s;
	return timegm(&parts);
}

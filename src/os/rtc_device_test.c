/* SPDX-License-Identifier: MIT */
#include "os/rtc_device.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "testing/check.h"

/* 2026-07-01T10:00:00: in Paris two hours ahead of UTC. */
#define SUMMER_S INT64_C(1782900000)

TEST(rtc_device, says_what_stands_in_the_way)
{
	struct rtc_device device;

	CHECK_EQ(rtc_device_open(&device, "/nonexistent/rtc"), -ENOENT);
	CHECK_EQ(device.fd, -1);
	rtc_device_close(&device);
}

TEST(rtc_device, fails_to_read_what_is_no_clock)
{
	struct rtc_device device;
	int64_t second = 7;

	CHECK_EQ(rtc_device_open(&device, "/dev/null"), 0);
	CHECK(!device.has_interrupts);
	CHECK(rtc_device_read(&device, &second) < 0);
	CHECK_EQ(second, 7);
	CHECK(rtc_device_set(&device, SUMMER_S) < 0);
	CHECK_EQ(rtc_device_set_late_ns(&device), 0);
	rtc_device_close(&device);
}

TEST(rtc_device, knows_local_time)
{
	const char *zone = getenv("TZ");

	CHECK_EQ(rtc_device_utc(SUMMER_S, false), SUMMER_S);
	CHECK_EQ(rtc_device_shown(SUMMER_S, false), SUMMER_S);
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	CHECK_EQ(rtc_device_utc(SUMMER_S, true), SUMMER_S - 7200);
	CHECK_EQ(rtc_device_shown(SUMMER_S, true), SUMMER_S + 7200);
	if (zone)
		setenv("TZ", zone, 1);
	else
		unsetenv("TZ");
	tzset();
}

/* SPDX-License-Identifier: MIT */
#include "os/hwclock_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "testing/check.h"

static enum hwclock_zone zone_of(const char *content)
{
	char path[] = "/tmp/hwclock_file_test_XXXXXX";
	const int fd = mkstemp(path);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
	enum hwclock_zone zone;

	CHECK(file != NULL);
	(void)fputs(content, file);
	(void)fclose(file);
	zone = hwclock_file_zone(path);
	(void)unlink(path);
	return zone;
}

TEST(hwclock_file, knows_which_time_the_clock_keeps)
{
	CHECK_EQ(zone_of("0.0 0 0.0\n0\nUTC\n"), HWCLOCK_UTC);
	CHECK_EQ(zone_of("-1.5 1795340000 0.0\n1795340000\nLOCAL"), HWCLOCK_LOCAL);
	CHECK_EQ(zone_of("0.0 0 0.0\n0\n"), HWCLOCK_NONSENSE);
	CHECK_EQ(zone_of(""), HWCLOCK_NONSENSE);
	CHECK_EQ(hwclock_file_zone("/nonexistent/adjtime"), HWCLOCK_NOT_SAID);
}

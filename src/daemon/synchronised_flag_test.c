/* SPDX-License-Identifier: MIT */
#include "daemon/synchronised_flag.h"
#include "testing/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

TEST(synchronised_flag, is_raised_once_and_only_in_its_directory)
{
	char place[] = "/tmp/timeball-flag-XXXXXX", directory[64], file[80];
	struct synchronised_flag flag = { 0 };
	struct stat status;

	CHECK(mkdtemp(place) != NULL);
	(void)snprintf(directory, sizeof directory, "%s/timesync", place);
	(void)snprintf(file, sizeof file, "%s/synchronized", directory);
	synchronised_flag_prepare(&flag, directory, getuid(), getgid());
	CHECK(flag.directory != NULL);
	CHECK(stat(file, &status) != 0);
	synchronised_flag_raise(&flag);
	CHECK_EQ(stat(file, &status), 0);
	CHECK_EQ(unlink(file), 0);
	synchronised_flag_raise(&flag);
	CHECK(stat(file, &status) != 0);
	synchronised_flag_prepare(&flag, "/no/such/place/timesync", getuid(), getgid());
	CHECK(flag.directory == NULL);
	synchronised_flag_raise(&flag);
	CHECK_EQ(rmdir(directory), 0);
	CHECK_EQ(rmdir(place), 0);
}

/* SPDX-License-Identifier: MIT */
#include "os/leap_files.h"
#include "testing/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	CHECK(file != NULL);
	fputs(text, file);
	CHECK_EQ(fclose(file), 0);
}

TEST(leap_files, are_not_needed)
{
	struct leap_files files;

	leap_files_load(NULL, "", &files);
	CHECK_EQ(files.table.origin, LEAP_ORIGIN_BUILTIN);
	CHECK(!files.zone.name && !files.list.name);
}

TEST(leap_files, say_what_is_wrong_with_them)
{
	char path[] = "/tmp/timeball-leap-XXXXXX";
	const int fd = mkstemp(path);
	struct leap_files files;

	CHECK(fd >= 0);
	close(fd);
	leap_files_load("no/such/zone", "/no/such/file", &files);
	CHECK(!files.zone.is_loaded && !files.list.is_loaded);
	CHECK(files.zone.problem[0] != '\0' && files.list.problem[0] != '\0');
	CHECK_EQ(files.table.origin, LEAP_ORIGIN_BUILTIN);
	write_file(path, "2272060800 10\nwhat\n");
	leap_files_load(NULL, path, &files);
	CHECK_TEXT(files.list.problem, "line 2: it is no leap-seconds.list");
	/* contradicts history: there was none in July 1973 */
	write_file(path, "2272060800 10\n2287785600 11\n2319321600 12\n");
	leap_files_load(NULL, path, &files);
	CHECK(files.list.is_loaded);
	CHECK_EQ(files.list.verdict, LEAP_CANDIDATE_HISTORY);
	CHECK_EQ(files.table.count, 27);
	CHECK_EQ(unlink(path), 0);
}

TEST(leap_files, are_known_again_unless_they_changed)
{
	char path[] = "/tmp/timeball-leap-XXXXXX";
	const int fd = mkstemp(path);
	struct leap_files_stamp before, after, none;

	CHECK(fd >= 0);
	close(fd);
	leap_files_look("no/such/zone", "", &none);
	leap_files_look(NULL, path, &before);
	leap_files_look(NULL, path, &after);
	CHECK(leap_files_is_same(&before, &after));
	CHECK(!leap_files_is_same(&before, &none));
	write_file(path, "2272060800 10\n");
	leap_files_look(NULL, path, &after);
	CHECK(!leap_files_is_same(&before, &after));
	CHECK_EQ(unlink(path), 0);
	leap_files_look(NULL, path, &after);
	CHECK(leap_files_is_same(&none, &after));
}

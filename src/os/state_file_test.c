/* SPDX-License-Identifier: MIT */
#include "os/state_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "testing/check.h"

/* A fresh folder for each test; what stands in it is removed by leave(). */
struct place {
	char folder[64], path[96], other[96];
};

static struct place enter(void)
{
	struct place place = { .folder = "/tmp/timeball-test-XXXXXX" };

	CHECK(mkdtemp(place.folder) != NULL);
	(void)snprintf(place.path, sizeof place.path, "%s/drift", place.folder);
	(void)snprintf(place.other, sizeof place.other, "%s/other", place.folder);
	return place;
}

static void leave(const struct place *place)
{
	(void)unlink(place->path);
	(void)unlink(place->other);
	(void)rmdir(place->path);
	CHECK_EQ(rmdir(place->folder), 0); /* nothing else was left behind */
}

static void put(const char *path, const char *bytes)
{
	FILE *file = fopen(path, "w");

	CHECK(file != NULL);
	CHECK(fputs(bytes, file) >= 0);
	CHECK_EQ(fclose(file), 0);
}

static void check_holds(const char *path, const char *bytes)
{
	char have[64] = { 0 };
	size_t length = 0;

	CHECK_EQ(state_file_load(path, have, sizeof have - 1, &length), 0);
	CHECK_EQ(length, strlen(bytes));
	CHECK_TEXT(have, bytes);
}

TEST(state_file, loads_what_it_saved)
{
	const struct place place = enter();

	CHECK_EQ(state_file_save(place.path, "1.5 0.2\n", 8, 0644), 0);
	check_holds(place.path, "1.5 0.2\n");
	CHECK_EQ(state_file_save(place.path, "2\n", 2, 0644), 0);
	check_holds(place.path, "2\n");
	leave(&place);
}

TEST(state_file, takes_a_file_that_just_fits)
{
	const struct place place = enter();
	char have[4];
	size_t length = 0;

	put(place.path, "1234");
	CHECK_EQ(state_file_load(place.path, have, 4, &length), 0);
	CHECK_EQ(length, 4);
	CHECK_EQ(state_file_load(place.path, have, 3, &length), -EFBIG);
	leave(&place);
}

TEST(state_file, says_when_there_is_none)
{
	const struct place place = enter();
	char have[4];
	size_t length = 77;

	CHECK_EQ(state_file_load(place.path, have, sizeof have, &length), -ENOENT);
	CHECK_EQ(length, 77);
	leave(&place);
}

TEST(state_file, follows_no_link_when_loading)
{
	const struct place place = enter();
	char have[16];
	size_t length = 0;

	put(place.other, "1 1\n");
	CHECK_EQ(symlink(place.other, place.path), 0);
	CHECK_EQ(state_file_load(place.path, have, sizeof have, &length), -ELOOP);
	leave(&place);
}

TEST(state_file, replaces_a_link_when_saving)
{
	const struct place place = enter();
	struct stat status;

	put(place.other, "precious");
	CHECK_EQ(symlink(place.other, place.path), 0);
	CHECK_EQ(state_file_save(place.path, "new", 3, 0600), 0);
	check_holds(place.other, "precious");
	check_holds(place.path, "new");
	CHECK_EQ(lstat(place.path, &status), 0);
	CHECK(S_ISREG(status.st_mode));
	CHECK_EQ(status.st_mode & 0777, 0600);
	leave(&place);
}

TEST(state_file, follows_no_link_at_the_temporary_name)
{
	const struct place place = enter();
	char temporary[128];

	(void)snprintf(temporary, sizeof temporary, "%s.tmp", place.path);
	put(place.other, "precious");
	CHECK_EQ(symlink(place.other, temporary), 0);
	CHECK_EQ(state_file_save(place.path, "new", 3, 0600), 0);
	check_holds(place.other, "precious");
	check_holds(place.path, "new");
	leave(&place);
}

TEST(state_file, refuses_pipes_and_folders)
{
	const struct place place = enter();
	char have[16];
	size_t length = 0;

	CHECK_EQ(mkfifo(place.path, 0600), 0);
	CHECK_EQ(state_file_load(place.path, have, sizeof have, &length), -EINVAL);
	CHECK_EQ(unlink(place.path), 0);
	CHECK_EQ(mkdir(place.path, 0700), 0);
	CHECK_EQ(state_file_load(place.path, have, sizeof have, &length), -EINVAL);
	CHECK(state_file_save(place.path, "new", 3, 0600) < 0);
	leave(&place);
}

TEST(state_file, refuses_a_huge_file)
{
	const struct place place = enter();
	char have[16];
	size_t length = 0;
	const int fd = open(place.path, O_WRONLY | O_CREAT, 0600);

	CHECK(fd >= 0);
	CHECK_EQ(ftruncate(fd, (off_t)1 << 40), 0);
	CHECK_EQ(close(fd), 0);
	CHECK_EQ(state_file_load(place.path, have, sizeof have, &length), -EFBIG);
	leave(&place);
}

TEST(state_file, keeps_the_old_when_the_folder_is_gone)
{
	CHECK_EQ(state_file_save("/tmp/timeball-no-such-folder/drift", "1", 1, 0644), -ENOENT);
}

/* SPDX-License-Identifier: MIT */
#include "daemon/pidfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/state_file.h"
#include "testing/check.h"

struct place {
	char folder[64], path[96];
};

static struct place enter(void)
{
	struct place place = { .folder = "/tmp/timeball-test-XXXXXX" };

	CHECK(mkdtemp(place.folder) != NULL);
	(void)snprintf(place.path, sizeof place.path, "%s/pid", place.folder);
	return place;
}

static void leave(const struct place *place)
{
	(void)unlink(place->path);
	CHECK_EQ(rmdir(place->folder), 0);
}

TEST(pidfile, names_a_living_process)
{
	const struct place place = enter();

	CHECK_EQ(pidfile_alive(place.path), 0);
	CHECK_EQ(pidfile_write(place.path, getppid()), 0);
	CHECK_EQ(pidfile_alive(place.path), getppid());
	leave(&place);
}

TEST(pidfile, believes_no_dead_process_nor_itself)
{
	const struct place place = enter();

	CHECK_EQ(pidfile_write(place.path, 0x7ffffff0), 0); /* above the kernel's limit */
	CHECK_EQ(pidfile_alive(place.path), 0);
	CHECK_EQ(pidfile_write(place.path, getpid()), 0);
	CHECK_EQ(pidfile_alive(place.path), 0);
	leave(&place);
}

TEST(pidfile, believes_no_nonsense)
{
	static const char *const nonsense[] = { "", "\n", "-1\n", "12x\n",
		                                "99999999999999999999\n" };
	const struct place place = enter();

	for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
		CHECK_EQ(state_file_save(place.path, nonsense[i], strlen(nonsense[i]), 0644), 0);
		CHECK_EQ(pidfile_alive(place.path), 0);
	}
	leave(&place);
}

TEST(pidfile, removes_only_its_own)
{
	const struct place place = enter();

	CHECK_EQ(pidfile_write(place.path, getppid()), 0);
	pidfile_remove(place.path, getpid());
	CHECK_EQ(access(place.path, F_OK), 0);
	pidfile_remove(place.path, getppid());
	CHECK(access(place.path, F_OK) != 0);
	leave(&place);
}

/* SPDX-License-Identifier: MIT */
#include "daemon/config_scene_test.h"

#include <ftw.h>
#include <stdlib.h>
#include <unistd.h>

struct config_scene scene;

/* ---- A directory of files for one test ---- */

static char place[64], before[4096]; /* and where the program was */

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status;
	(void)type;
	(void)walk;
	return remove(path);
}

void scene_leave(void)
{
	daemon_config_destroy(scene.config);
	scene.config = NULL;
	if (*place) {
		CHECK_EQ(chdir(before), 0);
		nftw(place, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	}
	*place = '\0';
}

void scene_enter(void)
{
	scene_leave(); /* what a failed test has left */
	strcpy(place, "/tmp/timeball-config-XXXXXX");
	CHECK(mkdtemp(place) != NULL);
	CHECK(getcwd(before, sizeof before) != NULL);
	CHECK(chdir(place) == 0);
}

void scene_write_bytes(const char *name, const char *bytes, size_t length)
{
	FILE *file = fopen(name, "w");

	CHECK(file != NULL);
	CHECK(fwrite(bytes, 1, length, file) == length);
	CHECK(fclose(file) == 0);
}

void scene_write(const char *name, const char *text)
{
	scene_write_bytes(name, text, strlen(text));
}

int scene_load(const char *path)
{
	daemon_config_destroy(scene.config);
	scene.config = NULL;
	config_errors_init(&scene.errors);
	return daemon_config_load(path, NULL, 0, &scene.config, &scene.errors);
}

int scene_load_word(const char *line)
{
	daemon_config_destroy(scene.config);
	scene.config = NULL;
	config_errors_init(&scene.errors);
	return daemon_config_load(NULL, &line, 1, &scene.config, &scene.errors);
}

/* What -p prints. */
const char *scene_printed(void)
{
	static char text[8192];
	FILE *out = fmemopen(text, sizeof text, "w");

	CHECK(out != NULL);
	daemon_config_print(scene.config, out);
	fclose(out);
	return text;
}
bool scene_has_message(const char *part)
{
	for (size_t i = 0; i < scene.errors.count; i++) {
		if (strstr(scene.errors.items[i].text, part))
			return true;
	}
	return false;
}

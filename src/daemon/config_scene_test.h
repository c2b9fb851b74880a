/* daemon/config_scene_test: configurations to be read, and the directory of files that they are in,
 * for the tests of that. SPDX-License-Identifier: MIT */
#pragma once

#include "daemon/daemon_config.h"
#include "testing/check.h"

struct config_scene {
	struct config_errors errors;  /* of the last one that was read */
	struct daemon_config *config; /* the same; NULL = it failed */
};
extern struct config_scene scene;

void scene_enter(void); /* a directory of its own is the current one */
void scene_leave(void);
void scene_write_bytes(const char *name, const char *bytes, size_t length);
void scene_write(const char *name, const char *text);
int scene_load(const char *path);
int scene_load_word(const char *line);
const char *scene_printed(void); /* what -p prints */
bool scene_has_message(const char *part);

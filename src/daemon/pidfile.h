/* daemon/pidfile: the file that says which process is the daemon, and that there is one.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <sys/types.h>

#include "base/attributes.h"

/* The process that the file names if it is alive, else 0 (no file, nonsense, or long gone). */
pid_t pidfile_alive(const char *path);
NODISCARD int pidfile_write(const char *path, pid_t pid); /* 0 or -errno */
void pidfile_remove(const char *path, pid_t pid);         /* if it still names that process */

/* os/hwclock_file: what hwclock(8) remembers of the real-time clock, /etc/adjtime: does it keep
 * UTC? SPDX-License-Identifier: MIT */
#pragma once

#include "base/attributes.h"

#define HWCLOCK_FILE_DEFAULT "/etc/adjtime"

enum hwclock_zone {
	HWCLOCK_NOT_SAID, /* there is no such file */
	HWCLOCK_UTC,
	HWCLOCK_LOCAL,
	HWCLOCK_NONSENSE, /* the third line says neither */
};

enum hwclock_zone hwclock_file_zone(const char *path);

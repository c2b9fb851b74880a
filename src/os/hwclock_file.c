/* SPDX-License-Identifier: MIT */
#include "os/hwclock_file.h"

#include <stdio.h>
#include <string.h>

enum hwclock_zone hwclock_file_zone(const char *path)
{
	FILE *file = fopen(path, "re");
	char line[80] = "";

	if (!file)
		return HWCLOCK_NOT_SAID;
	for (unsigned i = 0; i < 3; i++) {
		if (!fgets(line, sizeof line, file))
			line[0] = '\0';
	}
	(void)fclose(file);
	line[strcspn(line, "\r\n")] = '\0';
	return strcmp(line, "LOCAL") == 0 ? HWCLOCK_LOCAL
	       : strcmp(line, "UTC") == 0 ? HWCLOCK_UTC
	                                  : HWCLOCK_NONSENSE;
}

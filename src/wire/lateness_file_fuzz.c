/* SPDX-License-Identifier: MIT
 * Remembered lateness: a line that is found must be found again when it is written. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/lateness_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[LATENESS_FILE_SIZE_MAX] = "";
	struct lateness_file_line first, second;

	if (lateness_file_find(data, size, "NMEA", &first) != 0)
		return 0;
	if (!lateness_file_add(text, &first))
		abort();
	if (lateness_file_find(text, strlen(text), "NMEA", &second) != 0)
		abort();
	return 0;
}

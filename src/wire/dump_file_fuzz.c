/* SPDX-License-Identifier: MIT
 * A dump file: whatever is read in must come out the same when it is written and read again. */
#include <stdlib.h>
#include <string.h>

#include "wire/dump_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char bytes[DUMP_FILE_SIZE_MAX], again[DUMP_FILE_SIZE_MAX];
	struct dump_file first, second;

	if (dump_file_decode((const char *)data, size, &first) != 0)
		return 0;
	if (dump_file_decode(bytes, dump_file_encode(&first, bytes), &second) != 0)
		abort();
	dump_file_encode(&second, again);
	if (strcmp(bytes, again) != 0)
		abort();
	return 0;
}

/* timescale/leap_list_fuzz: a leap-seconds.list of any bytes. SPDX-License-Identifier: MIT
 *
 * A table that is accepted goes forward, from midnight to midnight, by one second at a time. */
#include <assert.h>

#include "timescale/leap_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct leap_table table;
	unsigned line;
	int before = 10;

	if (leap_list_decode((const char *)bytes, length, &table, &line) > LEAP_LIST_UNHASHED)
		return 0;
	assert(table.count >= 1 && table.count <= LEAP_TABLE_MAX);
	for (size_t i = 0; i < table.count; i++) {
		const int offset = table.changes[i].tai_offset_s;

		assert(table.changes[i].utc_s % 86400 == 0);
		assert(i == 0 || table.changes[i].utc_s > table.changes[i - 1].utc_s);
		assert(offset == before + 1 || offset == before - 1);
		before = offset;
	}
	return 0;
}

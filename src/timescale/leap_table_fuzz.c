/* timescale/leap_table_fuzz: a TZif file of any bytes. SPDX-License-Identifier: MIT
 *
 * A table that is accepted goes forward, from midnight to midnight, by one second at a time. */
#include <assert.h>

#include "timescale/leap_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct leap_table table;
	int before = 10;

	if (leap_table_decode_tzif(bytes, length, &table) < 0)
		return 0;
	assert(table.count >= 1 && table.count <= LEAP_TABLE_MAX);
	for (size_t i = 0; i < table.count; i++) {
		const int64_t second = table.changes[i].utc_s;
		const int offset = table.changes[i].tai_offset_s;

		assert(second % 86400 == 0 && (i == 0 || second > table.changes[i - 1].utc_s));
		assert(offset == before + 1 || offset == before - 1);
		if (second < INT64_MAX / NS_PER_S) {
			const struct utc_time at = { second * NS_PER_S }, last = { at.ns - 1 };

			assert(leap_table_tai_offset_s(&table, at) == offset);
			assert(leap_table_upcoming(&table, last) == offset - before);
		}
		before = offset;
	}
	return 0;
}

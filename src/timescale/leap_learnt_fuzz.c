/* timescale/leap_learnt_fuzz: the file of learnt leap seconds, of any bytes.
 * SPDX-License-Identifier: MIT
 *
 * What is accepted can be written and read again, and the table goes by one second at a time. */
#include <assert.h>
#include <string.h>

#include "timescale/leap_learnt.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	char string[LEAP_LEARNT_TEXT_MAX], again[LEAP_LEARNT_TEXT_MAX];
	struct text out = text_into(again, sizeof again);
	struct leap_table table, other;

	if (length >= sizeof string)
		return 0;
	memcpy(string, bytes, length);
	string[length] = '\0';
	leap_table_builtin(&table);
	table.origin = LEAP_ORIGIN_ZONE;
	table.issued_s = table.expires_s = 0;
	other = table;
	if (leap_learnt_read(string, &table) != 0)
		return 0;
	assert(table.learnt_count <= LEAP_LEARNT_MAX && table.count == 27 + table.learnt_count);
	leap_learnt_format(&out, &table);
	assert(leap_learnt_read(again, &other) == 0);
	assert(memcmp(&table, &other, sizeof table) == 0);
	return 0;
}

/* timescale/leap_table: when TAI - UTC changes, from the tz database's right/ zone.
 * SPDX-License-Identifier: MIT
 *
 * Source: TZif leap-second records, RFC 8536 section 3.2. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/instant.h"

#define LEAP_TABLE_MAX 64

struct leap_table {
	size_t count;
	struct {
		int64_t utc_s;        /* first POSIX second with the new offset, since 1970 */
		int16_t tai_offset_s; /* TAI - UTC from then on; 10 before the first */
	} changes[LEAP_TABLE_MAX];
};

/* Reads the bytes of a TZif file (any version). 0, -EBADMSG (no TZif, torn, absurd) or -ENOENT (has
 * no leap seconds: not a right/ zone). */
NODISCARD int leap_table_decode_tzif(const void *bytes, size_t length_bytes,
                                     struct leap_table *table_out);
int16_t leap_table_tai_offset_s(const struct leap_table *table,
                                struct utc_time when); /* 0: before 1972 */
/* +1 or -1 when a leap second ends the UTC day that `when` is in, else 0. */
int leap_table_upcoming(const struct leap_table *table, struct utc_time when);

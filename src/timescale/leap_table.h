/* timescale/leap_table: when TAI - UTC changes, from the tz database's right/ zone or the copy in
 * this program. SPDX-License-Identifier: MIT
 *
 * Source: TZif leap-second records, RFC 8536 section 3.2; IERS Bulletin C. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/instant.h"

#define LEAP_TABLE_MAX 64

enum leap_origin { LEAP_ORIGIN_NONE, LEAP_ORIGIN_BUILTIN, LEAP_ORIGIN_ZONE, LEAP_ORIGIN_LIST };

enum leap_expiry {
	LEAP_EXPIRY_STATED,  /* by the table itself */
	LEAP_EXPIRY_BESIDE,  /* by another file of the same data, see os/leap_files */
	LEAP_EXPIRY_GUESSED, /* from the file's date: nobody vouches for it */
};

struct leap_table {
	enum leap_origin origin;
	int64_t issued_s;        /* when its content was known, since 1970; 0 = it does not say */
	int64_t expires_s;       /* no leap second before is missing; 0 = not known */
	enum leap_expiry expiry; /* says who? */
	size_t learnt_count;     /* of the changes, the last so many: see timescale/leap_learnt */
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
/* The copy in this program: see its Bulletin in leap_table.c. */
void leap_table_builtin(struct leap_table *table_out);

/* Does the table itself still speak for this moment? A table that gives no date speaks until its
 * last change. */
bool leap_table_covers(const struct leap_table *table, struct utc_time when);
/* The same, by whatever vouches for the table. */
bool leap_table_is_vouched_for(const struct leap_table *table, struct utc_time when);
/* Appends a change: direction is +1 or -1. 0; -EINVAL: not midnight, not later than the last one,
 * or no room. For rehearsals and decoders. */
NODISCARD int leap_table_add(struct leap_table *table, int64_t utc_s, int direction);
const char *leap_origin_name(enum leap_origin origin); /* "none", "built-in", … */

int16_t leap_table_tai_offset_s(const struct leap_table *table,
                                struct utc_time when); /* 0: before 1972 */
/* +1 or -1 when a leap second ends the UTC day that `when` is in, else 0. */
int leap_table_upcoming(const struct leap_table *table, struct utc_time when);
/* Index in changes of the first that is later than `when`, or count. */
size_t leap_table_next(const struct leap_table *table, struct utc_time when);

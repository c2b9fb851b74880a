/* timescale/leap_learnt: leap seconds that no table held, learnt from sources: they were announced
 * and came, or a receiver's TAI - UTC tells that they did. SPDX-License-Identifier: MIT
 *
 * They stand at the end of a leap table and are kept over a restart as text: lines of POSIX
 * seconds and TAI - UTC from then on. A table that knows better overrules them. */
#pragma once

#include "base/text.h"
#include "timescale/leap_table.h"

#define LEAP_LEARNT_MAX      8
#define LEAP_LEARNT_TEXT_MAX 256 /* bytes, with the terminating zero */

/* As leap_table_add. */
NODISCARD int leap_learnt_add(struct leap_table *table, int64_t utc_s, int direction);
/* The last `count` of them did not happen. */
void leap_learnt_forget(struct leap_table *table, size_t count);
/* TAI - UTC is this: forgets, or adds leap seconds at the ends of the last half-years, the
 * likeliest moments. 0; -ERANGE: so many cannot be missing. */
NODISCARD int leap_learnt_reach(struct leap_table *table, int16_t tai_offset_s,
                                struct utc_time now);

void leap_learnt_format(struct text *out, const struct leap_table *table);
/* Adds those that the table does not speak for. 0; -EBADMSG: no such text, or it does not fit the
 * table; nothing is added then. */
NODISCARD int leap_learnt_read(const char *string, struct leap_table *table);

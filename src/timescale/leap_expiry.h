/* timescale/leap_expiry: until when a table that does not say so itself is good.
 * SPDX-License-Identifier: MIT
 *
 * A right/ zone (TZif up to version 3) names no date. tzdata ships the same leap seconds as text,
 * with the date; and IERS publishes Bulletin C each January and July, so that a file's own date
 * tells which bulletins it can hold at least. */
#pragma once

#include <stddef.h>

#include "timescale/leap_table.h"

/* Takes the date from another table, if that holds the very same leap seconds. False: it does not,
 * or has no date. */
bool leap_expiry_take(struct leap_table *table, const struct leap_table *beside);
/* The same from the bytes of tzdata's "leapseconds". */
bool leap_expiry_take_tzdata(struct leap_table *table, const char *bytes, size_t length_bytes);
/* From the date of the file: it holds the bulletin of the half-year before that at least, which was
 * good for the rest of it. Nothing is guessed from a date before the table's last leap second. */
void leap_expiry_guess(struct leap_table *table, int64_t file_s);
/* For people, what the date rests on: "" = on the table itself. */
const char *leap_expiry_text(const struct leap_table *table);

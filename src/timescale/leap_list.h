/* timescale/leap_list: leap-seconds.list, as IERS and NIST publish it. SPDX-License-Identifier: MIT
 *
 * Lines of NTP seconds and TAI - UTC; `#@` when it expires, `#$` when it was made, `#h` the SHA-1
 * of all these numbers. */
#pragma once

#include <stddef.h>

#include "timescale/leap_table.h"

enum leap_list_verdict {
	LEAP_LIST_GOOD,
	LEAP_LIST_UNHASHED, /* readable, but no hash line vouches for it; the table is handed out */
	LEAP_LIST_WRONG_HASH, /* damaged or edited */
	LEAP_LIST_MALFORMED,
};

/* table_out is written for GOOD and UNHASHED; origin LIST. *line_out: the line that is malformed.
 */
enum leap_list_verdict leap_list_decode(const char *bytes, size_t length_bytes,
                                        struct leap_table *table_out, unsigned *line_out);
/* For people: what the verdict means. */
const char *leap_list_verdict_text(enum leap_list_verdict verdict);

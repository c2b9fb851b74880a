/* timescale/date_text: moments as people write them, to the nanosecond. SPDX-License-Identifier:
 * MIT
 *
 * RFC 3339 (section 5.7: second 60 is allowed) and Julian dates. A Julian date of UTC counts days,
 * and a day with a leap second is one day all the same, divided into 86401 seconds (SOFA's "quasi
 * JD"). */
#pragma once

#include "base/attributes.h"
#include "base/text.h"
#include "timescale/tai.h"

/* "2016-12-31T23:59:60.5Z", also with a blank for T, an offset +hh:mm, or no zone at all (UTC), or
 * a date alone. Years 1700..2250. 0; -EINVAL (unreadable); -ERANGE (no such day or second; whether
 * the day has a second 60 is for the caller to check). */
NODISCARD int date_text_parse(const char *string, struct utc_label *label_out);
/* Decimals 0..9; without a zone. */
void date_text_format(struct text *out, struct utc_label label, unsigned decimals);

/* Decimal days since 1858-11-17: modified Julian date. The same errors. */
NODISCARD int date_text_parse_mjd(const char *string, const struct leap_table *table,
                                  struct utc_label *label_out);
void date_text_format_mjd(struct text *out, const struct leap_table *table, struct utc_label label);
/* Julian date: MJD + 2400000.5. */
NODISCARD int date_text_parse_jd(const char *string, const struct leap_table *table,
                                 struct utc_label *label_out);
void date_text_format_jd(struct text *out, const struct leap_table *table, struct utc_label label);

/* Seconds, decimal, to the nanosecond: "-1.5". 0, -EINVAL or -ERANGE. */
NODISCARD int date_text_parse_seconds(const char *string, int64_t *ns_out);
void date_text_format_seconds(struct text *out, int64_t ns); /* "-1.500000000" */

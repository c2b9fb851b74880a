/* cli/scales: a moment in and out of all the scales that `timeball convert` knows.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "base/text.h"
#include "timescale/tai.h"

enum scale {
	SCALE_UTC, /* RFC 3339 */
	SCALE_TAI, /* the same form, TAI; read also as seconds since 1970 TAI */
	SCALE_UNIX,
	SCALE_GPS, /* week:seconds; read also as seconds since 1980-01-06 */
	SCALE_PTP, /* seconds since 1970 TAI */
	SCALE_NTP, /* era:seconds; read also as 16 hexadecimal digits, by the era of today */
	SCALE_MJD,
	SCALE_JD,
	SCALE_COUNT, /* also: guess by the look of it */
};

const char *scale_name(enum scale scale);
/* SCALE_COUNT = no such scale */
enum scale scale_find(const char *name, size_t length);

/* "2016-12-31T23:59:60Z", "gps:1930:17", "unix:0"; a prefix overrides `scale`, and SCALE_COUNT
 * takes a date for UTC and a number for unix. 0; or -EINVAL, -ERANGE: *why_out says what is wrong.
 */
NODISCARD int scale_parse(const char *string, enum scale scale, const struct leap_table *table,
                          struct tai_time *tai_out, const char **why_out);
void scale_format(struct text *out, enum scale scale, const struct leap_table *table,
                  struct tai_time tai);

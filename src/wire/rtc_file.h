/* wire/rtc_file: chrony's rtcfile: what was learned of the real-time clock, in one line of text.
 * SPDX-License-Identifier: MIT
 *
 * "VALID REFERENCE FAST GAIN\n", as printf's "%1d %.0f %.6f %.3f\n". Text <-> values; opens no
 * file. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "base/instant.h"

#define RTC_FILE_SIZE_MAX     128    /* bytes; a longer one is no rtcfile */
#define RTC_FILE_GAIN_PPM_MAX 5000.0 /* no real-time clock is so bad */

struct rtc_file {
	bool is_valid;             /* false: the other numbers mean nothing */
	struct utc_time reference; /* whole seconds; years 1970..2199 */
	double fast_s;             /* then: + = the real-time clock was ahead */
	double gain_ppm;           /* + = it gains */
};

/* 0, or -EBADMSG: not these four numbers on one line, out of range, or torn (no newline at the
 * end). */
NODISCARD int rtc_file_decode(const void *bytes, size_t length_bytes, struct rtc_file *rtc_out);

/* Into `text`, terminated; returns the length. Numbers beyond the limits are put at the limit. */
size_t rtc_file_encode(const struct rtc_file *rtc, char text[RTC_FILE_SIZE_MAX]);

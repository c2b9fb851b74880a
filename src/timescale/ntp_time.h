/* timescale/ntp_time: NTP's 64-bit timestamps and 32-bit durations <-> nanoseconds, over all eras.
 * SPDX-License-Identifier: MIT. RFC 5905 section 6. */
#pragma once

#include <stdint.h>

#include "base/instant.h"

/* Rounds to the nearest 2^-32 s; the era is lost. */
uint64_t ntp_time_encode(struct utc_time time);
/* The instant within 2^31 s of `near` that has this timestamp; rounds to the nearest ns. */
struct utc_time ntp_time_decode(uint64_t ntp64, struct utc_time near);

uint32_t
ntp_time_short_encode(int64_t duration_ns); /* q16.16 s; rounds up, saturates; < 0 gives 0 */
int64_t ntp_time_short_decode(uint32_t q16_s);

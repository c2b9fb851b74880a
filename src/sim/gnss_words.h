/* sim/gnss_words: what a GNSS receiver writes on its serial line, once a second.
 * SPDX-License-Identifier: MIT
 *
 * NMEA 0183's ZDA, which knows no leap seconds; u-blox's NAV-TIMEUTC with NAV-TIMELS, which does.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"
#include "source/outbox.h"

#define GNSS_WORDS_MAX 128

/* Both return the length of what they wrote: at most GNSS_WORDS_MAX bytes. */
size_t gnss_words_zda(struct utc_time time, uint8_t *bytes_out);
/* leap: announced for the end of this month; UNSYNCHRONISED: the receiver does not know the leap
 * seconds yet. */
size_t gnss_words_ubx(struct utc_time time, int tai_offset_s, enum leap leap, uint8_t *bytes_out);

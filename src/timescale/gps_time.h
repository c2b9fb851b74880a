/* timescale/gps_time: receivers' dates -> UTC; GPS weeks, and the error of 1024 of them.
 * SPDX-License-Identifier: MIT
 *
 * Source: IS-GPS-200 section 20.3.3.3.1.1: satellites send the week's number modulo 1024, so a
 * receiver must know its era, of 7168 days (19.6 years), by other means. Old ones guess wrong. */
#pragma once

#include "base/attributes.h"
#include "base/instant.h"
#include "wire/gnss_time.h"

#define GPS_TIME_ERA_NS       (INT64_C(1024) * 7 * 86400 * NS_PER_S)
#define GPS_TIME_TAI_OFFSET_S 19 /* TAI - GPS time, for ever */

/* 0, or -ERANGE: no year, or outside 1970..2099, or the second 60, which has no place in utc_time.
 */
NODISCARD int gps_time_utc(const struct gnss_time *time, struct utc_time *utc_out);

/* The one instant, whole eras away from `shown`, that lies in the era which begins at `floor`: no
 * time before `floor` can be true, and a program does not last 19 years without being told a later
 * floor. */
struct utc_time gps_time_in_era(struct utc_time shown, struct utc_time floor);

/* Week (not modulo 1024) and ms of it -> UTC. */
struct utc_time gps_time_of_full_week(uint16_t week, uint32_t tow_ms, int16_t gps_utc_s);

/* Week (modulo 1024 or not) and ms of it -> the UTC instant nearest to `near`, if GPS - UTC is
 * gps_utc_s (0 when the week is of UTC). */
struct utc_time gps_time_of_week(uint16_t week, uint32_t tow_ms, int16_t gps_utc_s,
                                 struct utc_time near);

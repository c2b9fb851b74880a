/* radio/summer_time: when the law has the clocks an hour ahead. SPDX-License-Identifier: MIT
 *
 * Europe: directive 2000/84/EC, from the last Sunday of March to that of October, 01:00 UTC.
 * America: 15 USC 260a, from the second Sunday of March to the first of November; told in whole UTC
 * days, as WWVB does (NIST SP 432). */
#pragma once

#include "base/instant.h"
#include "radio/station.h"

bool radio_is_summer_time(enum radio_summer_rule rule, struct utc_time when);

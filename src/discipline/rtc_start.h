/* discipline/rtc_start: what the clock is set to when the daemon starts with -s.
 * SPDX-License-Identifier: MIT
 *
 * To the real-time clock, corrected by what the rtcfile knows of it, if that can be true and is not
 * before the time that this machine is known to have been up; else to that time, if the clock is
 * behind it. */
#pragma once

#include "base/instant.h"
#include "source/plausibility.h"
#include "wire/rtc_file.h"

struct rtc_start_facts {
	struct utc_time shown;       /* by the real-time clock, as UTC; 0 = it does not tell */
	const struct rtc_file *file; /* borrowed; NULL = none */
	const struct plausibility *limits; /* borrowed */
	struct utc_time known;             /* the machine was up then; 0 = nothing known */
	struct local_time local;           /* the clock's reading */
};

enum rtc_start_choice { RTC_START_LEFT, RTC_START_BY_RTC, RTC_START_BY_KNOWN };

struct rtc_start {
	enum rtc_start_choice choice;
	enum plausibility_verdict verdict; /* on the real-time clock's claim, if there is one */
	struct utc_time claimed;           /* by it, corrected; 0 = it does not tell */
	struct utc_time wanted;            /* what the clock is to be set to, unless it is left */
};

struct rtc_start rtc_start_decide(const struct rtc_start_facts *facts);

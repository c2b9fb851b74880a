/* SPDX-License-Identifier: MIT */
#include "refclock/gnss_status.h"

#include <stddef.h>

const char *gnss_status_fix_word(enum gnss_fix fix)
{
	static const char *const words[] = {
		[GNSS_FIX_UNSAID] = NULL,
		[GNSS_FIX_NONE] = "none",
		[GNSS_FIX_ESTIMATED] = "estimated",
		[GNSS_FIX_SIMULATED] = "simulated",
		[GNSS_FIX_GOOD] = "good",
		[GNSS_FIX_TIME_ONLY] = "time only",
		[GNSS_FIX_2D] = "2D",
		[GNSS_FIX_3D] = "3D",
	};

	return words[fix];
}

const char *gnss_status_antenna_word(enum gnss_antenna antenna)
{
	static const char *const words[] = {
		[GNSS_ANTENNA_UNSAID] = NULL,         [GNSS_ANTENNA_OK] = "ok",
		[GNSS_ANTENNA_SHORT] = "short",       [GNSS_ANTENNA_OPEN] = "open",
		[GNSS_ANTENNA_INTERNAL] = "internal",
	};

	return words[antenna];
}

const char *gnss_status_verdict_phrase(enum gnss_verdict verdict)
{
	static const char *const phrases[] = {
		[GNSS_TAKEN] = "good",
		[GNSS_NO_TIME_YET] = "the receiver has no time yet",
		[GNSS_NO_DATE] = "time of day without a date: let it send RMC or ZDA",
		[GNSS_NO_FIX] = "no fix",
		[GNSS_ESTIMATED] = "no fix, dead reckoning",
		[GNSS_SIMULATED] = "the receiver runs its simulator",
		[GNSS_INACCURATE] = "its time is uncertain by more than 1 ms",
		[GNSS_LEAP_UNKNOWN] = "the receiver does not know the leap seconds yet",
		[GNSS_LEAP_SECOND] = "in a leap second",
		[GNSS_JUMPED] = "its time jumped by whole seconds, waiting whether it stays",
		[GNSS_UNCHECKED] = "sentences without checksums",
	};

	return phrases[verdict];
}

const char *gnss_status_last_phrase(const struct gnss_status *status)
{
	for (unsigned i = 0; i < GNSS_VERDICTS_COUNT; i++) {
		if (status->verdict_count[i] > 0)
			return gnss_status_verdict_phrase(status->verdict);
	}
	return NULL;
}

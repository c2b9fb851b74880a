/* SPDX-License-Identifier: MIT */
#include "timescale/utc_day.h"

#include <string.h>

#include "base/text.h"

bool utc_day_may_end_in_leap(struct utc_time when)
{
	char date[40];
	struct text out = text_into(date, sizeof date);
	size_t end;

	text_date_time(&out, when); /* "YYYY-MM-DD hh:mm:ss" */
	end = out.length_bytes - strlen("-MM-DD hh:mm:ss");
	return strncmp(date + end, "-06-30", 6) == 0 || strncmp(date + end, "-12-31", 6) == 0;
}

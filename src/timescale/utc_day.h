/* timescale/utc_day: where in the calendar a UTC instant lies. SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/instant.h"

/* Is it 30 June or 31 December, the only days that leap seconds have ever ended? ITU-R TF.460-6
 * section 2.1 gives these the first preference. */
bool utc_day_may_end_in_leap(struct utc_time when);

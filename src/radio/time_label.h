/* radio/time_label: the label that an older minute bears under a guess for the newest. Part of
 * radio/time_search. SPDX-License-Identifier: MIT */
#pragma once

#include "radio/time_search.h"

/* How many minutes the `index`th lies before the newest. */
int64_t time_label_age(const struct time_search *search, unsigned index);
/* The label of the minute `age` before, as minutes of the newest label's day; may be negative. */
int time_label_before(int minute_of_day, enum summer_change change, int64_t age);
int time_label_modulo_day(int minute_of_day); /* of -1440.. as 0..1439 */

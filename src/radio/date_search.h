/* radio/date_search: the date that the minutes spell, the time of day being known. Part of
 * radio/time_search. SPDX-License-Identifier: MIT */
#pragma once

#include "radio/time_search.h"

/* Sets days and date_odds_nats of the guess. */
void date_search_find(const struct time_search *search, struct time_guess *guess);

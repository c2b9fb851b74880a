/* radio/time_evidence: what one minute says for each value of its fields. Part of
 * radio/time_search. SPDX-License-Identifier: MIT */
#pragma once

#include "radio/time_search.h"

#define TIME_FIELDS (1U << RADIO_MINUTE | 1U << RADIO_HOUR)

float time_evidence_nats(float chance);   /* the natural logarithm */
bool time_evidence_is_odd(unsigned bits); /* of up to 16 bits: an odd number of ones */
/* The chance of a symbol when some are replaced by noise. */
float time_evidence_chance(const struct time_search *search, const struct search_minute *minute,
                           unsigned second, unsigned symbol);
float time_evidence_flag_nats(const struct search_minute *minute, struct radio_flag flag,
                              bool value);
/* Fills the minute's tables from its chances and its doubt. */
void time_evidence_weigh(const struct time_search *search, struct search_minute *minute);

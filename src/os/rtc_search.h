/* os/rtc_search: when a clock that only tells the second goes on to the next one, found by reading
 * it again and again. SPDX-License-Identifier: MIT
 *
 * Coarsely first; once an edge is known so, rest until shortly before the next one and finely then:
 * few readings of a device on a slow bus. Reads nothing itself. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"

struct rtc_edge {
	int64_t second;       /* that began */
	int64_t early_ns_max; /* at most so long before the moment at which it was seen */
};

struct rtc_search {
	bool is_fine;
	bool has_reading;
	int64_t second;              /* of the last reading */
	struct mono_time last, next; /* when that was, when the next one is due */
};

void rtc_search_begin(struct rtc_search *search, struct mono_time now);
/* The clock said this. True: its second has just begun, and *edge_out tells. */
bool rtc_search_on_reading(struct rtc_search *search, struct mono_time now, int64_t second,
                           struct rtc_edge *edge_out);
/* It could not be read. */
void rtc_search_on_failure(struct rtc_search *search, struct mono_time now);

/* SPDX-License-Identifier: MIT */
#include "os/rtc_search.h"

#define COARSE_NS   (10 * NS_PER_MS)
#define FINE_NS     NS_PER_MS
#define LEAD_NS     (15 * NS_PER_MS) /* before the edge; longer than a coarse step */
#define LATE_NS     (5 * NS_PER_MS)  /* a fine step that took longer found nothing */
#define PATIENCE_NS NS_PER_S

void rtc_search_begin(struct rtc_search *search, struct mono_time now)
{
	*search = (struct rtc_search){ .next = now };
}

bool rtc_search_on_reading(struct rtc_search *search, struct mono_time now, int64_t second,
                           struct rtc_edge *edge_out)
{
	const struct rtc_search before = *search;
	const int64_t took_ns = now.ns - before.last.ns;

	search->has_reading = true;
	search->second = second;
	search->last = now;
	search->next = mono_time_after(now, before.is_fine ? FINE_NS : COARSE_NS);
	if (!before.has_reading || second == before.second)
		return false;
	if (second != before.second + 1 || (before.is_fine && took_ns > LATE_NS)) {
		search->is_fine = false; /* somebody set it, or we slept: begin again */
		return false;
	}
	search->is_fine = true;
	search->next = mono_time_after(now, NS_PER_S - LEAD_NS);
	if (!before.is_fine)
		return false;
	*edge_out = (struct rtc_edge){ .second = second, .early_ns_max = took_ns };
	return true;
}

void rtc_search_on_failure(struct rtc_search *search, struct mono_time now)
{
	rtc_search_begin(search, mono_time_after(now, PATIENCE_NS));
}

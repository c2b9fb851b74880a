/* SPDX-License-Identifier: MIT */
#include "os/rtc_search.h"

#include "testing/check.h"

#define PHASE_NS (INT64_C(123456789))

/* Reads a clock whose seconds begin PHASE_NS late, whenever asked to; `delay_ns` is what waking up
 * costs. Returns the number of readings until the edge. */
static unsigned search(int64_t delay_ns, struct mono_time *seen_out, struct rtc_edge *edge_out)
{
	struct mono_time now = { 0 };
	struct rtc_search search;
	unsigned readings = 1;

	rtc_search_begin(&search, now);
	while (!rtc_search_on_reading(&search, now, (now.ns - PHASE_NS + NS_PER_S) / NS_PER_S,
	                              edge_out) &&
	       readings < 10000) {
		now = mono_time_after(search.next, delay_ns);
		readings++;
	}
	*seen_out = now;
	return readings;
}

TEST(rtc_search, finds_the_edge_to_a_millisecond_with_few_readings)
{
	struct mono_time seen;
	struct rtc_edge edge;
	const unsigned readings = search(20 * NS_PER_US, &seen, &edge);
	const int64_t truth_ns = (edge.second - 1) * NS_PER_S + PHASE_NS;

	CHECK(readings < 50);
	CHECK(edge.early_ns_max <= 11 * NS_PER_MS / 10);
	CHECK(truth_ns <= seen.ns && truth_ns >= seen.ns - edge.early_ns_max);
}

TEST(rtc_search, does_not_call_an_edge_what_it_slept_through)
{
	struct rtc_search search;
	struct rtc_edge edge;

	rtc_search_begin(&search, (struct mono_time){ 0 });
	CHECK(!rtc_search_on_reading(&search, (struct mono_time){ 0 }, 7, &edge));
	CHECK(!rtc_search_on_reading(&search, (struct mono_time){ 10 * NS_PER_MS }, 8, &edge));
	CHECK(search.is_fine);
	CHECK(!rtc_search_on_reading(&search, (struct mono_time){ 1200 * NS_PER_MS }, 9, &edge));
	CHECK(!search.is_fine);
}

TEST(rtc_search, begins_again_when_the_clock_was_set)
{
	struct rtc_search search;
	struct rtc_edge edge;

	rtc_search_begin(&search, (struct mono_time){ 0 });
	CHECK(!rtc_search_on_reading(&search, (struct mono_time){ 0 }, 7, &edge));
	CHECK(!rtc_search_on_reading(&search, (struct mono_time){ 10 * NS_PER_MS }, 8, &edge));
	CHECK(!rtc_search_on_reading(&search, (struct mono_time){ 12 * NS_PER_MS }, 3600, &edge));
	CHECK(!search.is_fine);
	rtc_search_on_failure(&search, (struct mono_time){ 0 });
	CHECK_EQ(search.next.ns, NS_PER_S);
}

/* SPDX-License-Identifier: MIT */
#include "sim/rtc.h"

#include "testing/check.h"

static const struct utc_time start = { INT64_C(1795305600) * NS_PER_S };

TEST(rtc, counts_by_its_own_oscillator_and_from_what_it_was_set_to)
{
	struct rtc rtc;

	rtc_init(&rtc, &(struct rtc_options){ .offset_s = -2.5, .frequency = 20e-6 }, start);
	CHECK_EQ(rtc_count_ns(&rtc, 0), start.ns - 5 * NS_PER_S / 2);
	CHECK_EQ(rtc_count_ns(&rtc, 1000 * NS_PER_S),
	         start.ns - 5 * NS_PER_S / 2 + 1000 * NS_PER_S + 20 * NS_PER_MS);
	rtc_set(&rtc, 1000 * NS_PER_S, 7 * NS_PER_S);
	CHECK_EQ(rtc_count_ns(&rtc, 1001 * NS_PER_S), 8 * NS_PER_S + 20 * NS_PER_US);
}

TEST(rtc, tells_when_its_seconds_begin)
{
	struct rtc rtc;
	int64_t at_ns = 0;

	rtc_init(&rtc, &(struct rtc_options){ .offset_s = 0.3, .frequency = -500e-6 }, start);
	for (int i = 1; i <= 1000; i++) {
		at_ns = rtc_next_edge_ns(&rtc, at_ns);
		CHECK_EQ(rtc_count_ns(&rtc, at_ns) / NS_PER_S, start.ns / NS_PER_S + i);
		CHECK_EQ(rtc_count_ns(&rtc, at_ns - 2) / NS_PER_S, start.ns / NS_PER_S + i - 1);
	}
}

TEST(rtc, is_mistaken_for_utc_by_its_zone)
{
	struct rtc rtc;

	rtc_init(&rtc, &(struct rtc_options){ .zone_s = 7200 }, start);
	CHECK_EQ(rtc_taken_ns(&rtc, start.ns), start.ns);
	rtc.options.is_taken_as_utc = 1;
	CHECK_EQ(rtc_taken_ns(&rtc, start.ns), start.ns + 7200 * NS_PER_S);
}

/* SPDX-License-Identifier: MIT */
#include "sim/rtc.h"

#include <math.h>

void rtc_init(struct rtc *rtc, const struct rtc_options *options, struct utc_time start)
{
	*rtc = (struct rtc){ .options = *options };
	rtc_set(rtc, 0, start.ns + llrint(options->offset_s * 1e9));
}

void rtc_set(struct rtc *rtc, int64_t true_ns, int64_t to_ns)
{
	rtc->set_at_ns = true_ns;
	rtc->set_to_ns = to_ns;
}

int64_t rtc_count_ns(const struct rtc *rtc, int64_t true_ns)
{
	const int64_t passed_ns = true_ns - rtc->set_at_ns;

	return rtc->set_to_ns + passed_ns + llrint((double)passed_ns * rtc->options.frequency);
}

int64_t rtc_next_edge_ns(const struct rtc *rtc, int64_t true_ns)
{
	const int64_t rest_ns = NS_PER_S - rtc_count_ns(rtc, true_ns) % NS_PER_S;
	int64_t edge_ns = true_ns + llrint((double)rest_ns / (1 + rtc->options.frequency));

	while (rtc_count_ns(rtc, edge_ns) / NS_PER_S == rtc_count_ns(rtc, true_ns) / NS_PER_S)
		edge_ns++; /* rounding */
	return edge_ns;
}

int64_t rtc_taken_ns(const struct rtc *rtc, int64_t count_ns)
{
	const struct rtc_options *options = &rtc->options;

	return count_ns + (options->is_taken_as_utc > 0 ? llrint(options->zone_s * 1e9) : 0);
}

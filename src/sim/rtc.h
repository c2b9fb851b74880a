/* sim/rtc: a real-time clock: whole seconds by an oscillator of its own, also while the machine
 * stands still. SPDX-License-Identifier: MIT */
#pragma once

#include "base/instant.h"

struct rtc_options {
	double offset_s;        /* at the start; + = ahead of true time */
	double frequency;       /* s/s; + = it gains */
	double zone_s;          /* of the local time that it keeps, ahead of UTC */
	double is_taken_as_utc; /* by the node, whatever it keeps */
	double is_start_wanted; /* the node sets its clock by it when it begins (-s) */
	double is_untracked;    /* the node does not measure it: no rtcfile */
};

struct rtc {
	struct rtc_options options;
	int64_t set_at_ns; /* true time since the start */
	int64_t set_to_ns; /* what it began to count from, without the zone */
};

void rtc_init(struct rtc *rtc, const struct rtc_options *options, struct utc_time start);
void rtc_set(struct rtc *rtc, int64_t true_ns, int64_t to_ns);
/* Its count, of which it shows the seconds; without the zone. */
int64_t rtc_count_ns(const struct rtc *rtc, int64_t true_ns);
/* When its next second begins, in true time: later than true_ns. */
int64_t rtc_next_edge_ns(const struct rtc *rtc, int64_t true_ns);
/* What the node takes its count for. */
int64_t rtc_taken_ns(const struct rtc *rtc, int64_t count_ns);

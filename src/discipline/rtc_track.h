/* discipline/rtc_track: how far the real-time clock is ahead of true time, and how fast it gains.
 * SPDX-License-Identifier: MIT
 *
 * Numbers only: samples in, a straight line out, as chrony's `rtcfile` and `rtcdata` have it. The
 * line is drawn through as many of the last samples as lie about it at random (runs test); what a
 * change of temperature bends is let go from the old end. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"

#define RTC_TRACK_SAMPLES_MAX 64

struct rtc_sample {
	struct utc_time when;
	double fast_s; /* RTC minus true time */
};

struct rtc_track {
	struct rtc_sample samples[RTC_TRACK_SAMPLES_MAX]; /* oldest first */
	unsigned samples_count, runs_count;
	bool is_known; /* the line below means something */
	struct utc_time reference;
	double fast_s;           /* at the reference */
	double gain;             /* s/s; + = the RTC gains */
	bool is_gain_remembered; /* not yet measured: it comes from the rtcfile, or from before */
};

void rtc_track_init(struct rtc_track *track);
/* What was known when the program ended last. */
void rtc_track_remember(struct rtc_track *track, struct utc_time reference, double fast_s,
                        double gain);
void rtc_track_on_sample(struct rtc_track *track, const struct rtc_sample *sample);
/* It was set: how far it is off must be measured anew, how fast it gains is still the same. */
void rtc_track_on_set(struct rtc_track *track);
/* By the line; only while it is known. */
double rtc_track_fast_s(const struct rtc_track *track, struct utc_time when);
double rtc_track_span_s(const struct rtc_track *track);

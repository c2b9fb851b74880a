/* SPDX-License-Identifier: MIT */
#include "discipline/rtc_track.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define FIT_MIN    3     /* samples for a line of one's own */
#define FIT_SPAN_S 30.0  /* a shorter one says little */
#define JUMP_S     0.5   /* off the line by more: somebody else set it */
#define GAIN_MAX   5e-3  /* a steeper line is no clock's: the samples are wrong */
#define RUNS_SDS   1.645 /* fewer runs come by chance in one of twenty cases */
#define RUNS_LEAST 6     /* samples, before runs tell anything */

void rtc_track_init(struct rtc_track *track)
{
	*track = (struct rtc_track){ .samples_count = 0 };
}

void rtc_track_remember(struct rtc_track *track, struct utc_time reference, double fast_s,
                        double gain)
{
	rtc_track_init(track);
	track->is_known = true;
	track->reference = reference;
	track->fast_s = fast_s;
	track->gain = gain;
	track->is_gain_remembered = true;
}

static double seconds_between(struct utc_time from, struct utc_time to)
{
	return (double)(to.ns - from.ns) * 1e-9;
}

double rtc_track_fast_s(const struct rtc_track *track, struct utc_time when)
{
	assert(track->is_known);
	return track->fast_s + track->gain * seconds_between(track->reference, when);
}

double rtc_track_span_s(const struct rtc_track *track)
{
	if (track->samples_count < 2)
		return 0;
	return seconds_between(track->samples[0].when,
	                       track->samples[track->samples_count - 1].when);
}

static void drop_oldest(struct rtc_track *track)
{
	track->samples_count--;
	memmove(track->samples, track->samples + 1,
	        track->samples_count * sizeof track->samples[0]);
}

/* Least squares, about the newest sample. */
static void fit(struct rtc_track *track)
{
	const unsigned count = track->samples_count;
	const struct rtc_sample *newest = &track->samples[count - 1];
	double mean_t = 0, mean_fast = 0, tt = 0, tf = 0;

	for (unsigned i = 0; i < count; i++) {
		mean_t += seconds_between(newest->when, track->samples[i].when) / count;
		mean_fast += (track->samples[i].fast_s - newest->fast_s) / count;
	}
	for (unsigned i = 0; i < count; i++) {
		const double t = seconds_between(newest->when, track->samples[i].when) - mean_t;

		tt += t * t;
		tf += t * (track->samples[i].fast_s - newest->fast_s - mean_fast);
	}
	track->gain = fmax(-GAIN_MAX, fmin(tf / tt, GAIN_MAX));
	track->fast_s = newest->fast_s + mean_fast - track->gain * mean_t;
	track->reference = newest->when;
	track->is_gain_remembered = false;
}

static unsigned count_runs(const struct rtc_track *track)
{
	unsigned runs = 0;
	bool was_above = false;

	for (unsigned i = 0; i < track->samples_count; i++) {
		const struct rtc_sample *sample = &track->samples[i];
		const bool is_above = sample->fast_s > rtc_track_fast_s(track, sample->when);

		runs += i == 0 || is_above != was_above;
		was_above = is_above;
	}
	return runs;
}

/* Of n signs that are as often + as -, in any order: n / 2 + 1 runs, give or take sqrt(n - 1) / 2.
 */
static bool is_bent(unsigned samples_count, unsigned runs_count)
{
	const double n = samples_count;

	return samples_count >= RUNS_LEAST && runs_count < n / 2 + 1 - RUNS_SDS * sqrt(n - 1) / 2;
}

static void draw(struct rtc_track *track)
{
	const struct rtc_sample *newest = &track->samples[track->samples_count - 1];

	if (track->samples_count < FIT_MIN || rtc_track_span_s(track) < FIT_SPAN_S) {
		track->fast_s = newest->fast_s;
		track->reference = newest->when;
		track->runs_count = 0;
		track->is_known = track->is_gain_remembered;
		return;
	}
	track->is_known = true;
	for (;;) {
		fit(track);
		track->runs_count = count_runs(track);
		if (!is_bent(track->samples_count, track->runs_count))
			return;
		drop_oldest(track);
	}
}

void rtc_track_on_sample(struct rtc_track *track, const struct rtc_sample *sample)
{
	if (track->samples_count > 0 && track->is_known &&
	    fabs(sample->fast_s - rtc_track_fast_s(track, sample->when)) > JUMP_S)
		rtc_track_on_set(track);
	else if (track->samples_count > 0 &&
	         sample->when.ns <= track->samples[track->samples_count - 1].when.ns)
		rtc_track_on_set(track); /* time was set back */
	if (track->samples_count == RTC_TRACK_SAMPLES_MAX)
		drop_oldest(track);
	track->samples[track->samples_count++] = *sample;
	draw(track);
}

void rtc_track_on_set(struct rtc_track *track)
{
	track->is_gain_remembered = track->is_gain_remembered || track->is_known;
	track->samples_count = 0;
	track->runs_count = 0;
	track->is_known = false;
}

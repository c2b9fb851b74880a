/* SPDX-License-Identifier: MIT */
#include "estimate/track.h"

#include <assert.h>
#include <math.h>

/* The frequency is never known better than 1e-15. Raised: a good oscillator is followed too
 * nervously; lowered: rounding errors make the matrix indefinite. */
#define FREQUENCY_VARIANCE_MIN 1e-30
/* Likewise of the trend: 1e-18/s is a nanosecond in half a day. */
#define TREND_VARIANCE_MIN 1e-36

/* What the trend adds to offset and frequency and to their variances, once the rest of a prediction
 * has been done. */
static void follow_trend(struct track *track, double dt_s)
{
	const double with_offset = track->trend_offset, with_frequency = track->trend_frequency;
	const double own = track->trend_variance, square = dt_s * dt_s;

	track->offset_s += track->trend * square / 2;
	track->frequency += track->trend * dt_s;
	track->variance += square * (with_offset + dt_s * with_frequency + square / 4 * own);
	track->covariance += dt_s * (with_offset + 1.5 * dt_s * with_frequency + square / 2 * own);
	track->frequency_variance += dt_s * (2 * with_frequency + dt_s * own);
	track->trend_offset += dt_s * (with_frequency + dt_s / 2 * own);
	track->trend_frequency += dt_s * own;
}

void track_bend(struct track *track, double dt_s, double bend)
{
	const double walk = bend * bend * dt_s, square = dt_s * dt_s;

	track->variance += walk * square * square / 20;
	track->covariance += walk * square * dt_s / 8;
	track->frequency_variance += walk * square / 3;
	track->trend_offset += walk * square / 6;
	track->trend_frequency += walk * dt_s / 2;
	track->trend_variance += walk;
}

void track_predict(struct track *track, double dt_s, double wander)
{
	const double walk = wander * wander * dt_s;

	assert(dt_s >= 0);
	track->offset_s += track->frequency * dt_s;
	track->variance +=
		dt_s * (2 * track->covariance + dt_s * track->frequency_variance + walk * dt_s / 3);
	track->covariance += dt_s * (track->frequency_variance + walk / 2);
	track->frequency_variance += walk;
	if (track->trend_variance > 0) {
		struct track bent = *track;

		follow_trend(&bent, dt_s);
		/* rounding, after days without a reading */
		*track = track_is_sound(&bent) ? bent : track_level(track);
	}
}

/* The part of track_learn_offset that is the trend's, before the offset is the new one. */
static void learn_trend(struct track *track, double offset_s, double variance)
{
	const double gain = track->covariance / track->variance;
	const double own_gain = track->trend_offset / track->variance;
	const double change = variance - track->variance;

	track->trend += own_gain * (offset_s - track->offset_s);
	track->trend_frequency += gain * own_gain * change;
	track->trend_variance += own_gain * own_gain * change;
	track->trend_variance = fmax(track->trend_variance, TREND_VARIANCE_MIN);
	track->trend_offset = own_gain * variance;
}

void track_learn_offset(struct track *track, double offset_s, double variance)
{
	const double gain = track->covariance / track->variance;
	double least;

	assert(variance > 0);
	track->frequency += gain * (offset_s - track->offset_s);
	track->frequency_variance += gain * gain * (variance - track->variance);
	if (track->trend_variance > 0)
		learn_trend(track, offset_s, variance);
	track->covariance = gain * variance;
	track->offset_s = offset_s;
	track->variance = variance;

	/* what rounding must not take away: variance * frequency_variance > covariance^2 */
	least = gain * gain * variance * (1 + 1e-9) + FREQUENCY_VARIANCE_MIN;
	if (track->frequency_variance < least)
		track->frequency_variance = least;
}

static void mix_trend(struct track *mix, const struct track *track, double weight)
{
	const double trend = track->trend - mix->trend;

	mix->trend_offset +=
		weight * (track->trend_offset + trend * (track->offset_s - mix->offset_s));
	mix->trend_frequency +=
		weight * (track->trend_frequency + trend * (track->frequency - mix->frequency));
	mix->trend_variance += weight * (track->trend_variance + trend * trend);
}

/* Differences first, weights then: offsets may be seconds and their spread nanoseconds. */
void track_fade(struct track *track, double factor)
{
	assert(factor >= 1);
	track->variance *= factor;
	track->covariance *= factor;
	track->frequency_variance *= factor;
	track->trend_offset *= factor;
	track->trend_frequency *= factor;
	track->trend_variance *= factor;
}

struct track track_mixture(const struct track *tracks, const double *weights, size_t count)
{
	struct track mix = { 0 };
	bool has_trend = tracks[0].trend_variance > 0;

	assert(count >= 1);
	for (size_t i = 1; i < count; i++) {
		has_trend |= tracks[i].trend_variance > 0;
		mix.offset_s += weights[i] * (tracks[i].offset_s - tracks[0].offset_s);
		mix.frequency += weights[i] * (tracks[i].frequency - tracks[0].frequency);
		mix.trend += weights[i] * (tracks[i].trend - tracks[0].trend);
	}
	mix.offset_s += tracks[0].offset_s;
	mix.frequency += tracks[0].frequency;
	mix.trend += tracks[0].trend;
	for (size_t i = 0; i < count; i++) {
		const double offset_s = tracks[i].offset_s - mix.offset_s;
		const double frequency = tracks[i].frequency - mix.frequency;

		mix.variance += weights[i] * (tracks[i].variance + offset_s * offset_s);
		mix.covariance += weights[i] * (tracks[i].covariance + offset_s * frequency);
		mix.frequency_variance +=
			weights[i] * (tracks[i].frequency_variance + frequency * frequency);
		if (has_trend)
			mix_trend(&mix, &tracks[i], weights[i]);
	}
	return mix;
}

struct track track_level(const struct track *track)
{
	struct track level = *track;

	level.trend = level.trend_offset = level.trend_frequency = level.trend_variance = 0;
	return level;
}

bool track_is_sound(const struct track *track)
{
	return isfinite(track->offset_s) && isfinite(track->frequency) &&
	       isfinite(track->variance) && isfinite(track->frequency_variance) &&
	       track->variance > 0 && track->frequency_variance > 0 &&
	       track->covariance * track->covariance <=
	               track->variance * track->frequency_variance * (1 + 1e-6) &&
	       isfinite(track->trend) && track->trend_variance >= 0 &&
	       track->trend_offset * track->trend_offset <=
	               track->variance * track->trend_variance * (1 + 1e-6) &&
	       track->trend_frequency * track->trend_frequency <=
	               track->frequency_variance * track->trend_variance * (1 + 1e-6);
}

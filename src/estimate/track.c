/* SPDX-License-Identifier: MIT */
#include "estimate/track.h"

#include <assert.h>
#include <math.h>

/* The frequency is never known better than 1e-15. Raised: a good oscillator is followed too
 * nervously; lowered: rounding errors make the matrix indefinite. */
#define FREQUENCY_VARIANCE_MIN 1e-30

void track_predict(struct track *track, double dt_s, double wander)
{
	const double walk = wander * wander * dt_s;

	assert(dt_s >= 0);
	track->offset_s += track->frequency * dt_s;
	track->variance +=
		dt_s * (2 * track->covariance + dt_s * track->frequency_variance + walk * dt_s / 3);
	track->covariance += dt_s * (track->frequency_variance + walk / 2);
	track->frequency_variance += walk;
}

void track_learn_offset(struct track *track, double offset_s, double variance)
{
	const double gain = track->covariance / track->variance;
	double least;

	assert(variance > 0);
	track->frequency += gain * (offset_s - track->offset_s);
	track->frequency_variance += gain * gain * (variance - track->variance);
	track->covariance = gain * variance;
	track->offset_s = offset_s;
	track->variance = variance;

	/* what rounding must not take away: variance * frequency_variance > covariance^2 */
	least = gain * gain * variance * (1 + 1e-9) + FREQUENCY_VARIANCE_MIN;
	if (track->frequency_variance < least)
		track->frequency_variance = least;
}

/* Differences first, weights then: offsets may be seconds and their spread nanoseconds. */
struct track track_mixture(const struct track *tracks, const double *weights, size_t count)
{
	struct track mix = { 0 };

	assert(count >= 1);
	for (size_t i = 1; i < count; i++) {
		mix.offset_s += weights[i] * (tracks[i].offset_s - tracks[0].offset_s);
		mix.frequency += weights[i] * (tracks[i].frequency - tracks[0].frequency);
	}
	mix.offset_s += tracks[0].offset_s;
	mix.frequency += tracks[0].frequency;
	for (size_t i = 0; i < count; i++) {
		const double offset_s = tracks[i].offset_s - mix.offset_s;
		const double frequency = tracks[i].frequency - mix.frequency;

		mix.variance += weights[i] * (tracks[i].variance + offset_s * offset_s);
		mix.covariance += weights[i] * (tracks[i].covariance + offset_s * frequency);
		mix.frequency_variance +=
			weights[i] * (tracks[i].frequency_variance + frequency * frequency);
	}
	return mix;
}

bool track_is_sound(const struct track *track)
{
	return isfinite(track->offset_s) && isfinite(track->frequency) &&
	       isfinite(track->variance) && isfinite(track->frequency_variance) &&
	       track->variance > 0 && track->frequency_variance > 0 &&
	       track->covariance * track->covariance <=
	               track->variance * track->frequency_variance * (1 + 1e-6);
}

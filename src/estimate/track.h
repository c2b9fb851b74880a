/* estimate/track: an offset and its frequency, as a Gaussian of two numbers that moves with time;
 * of three where the frequency has a trend.
 * SPDX-License-Identifier: MIT
 *
 * The same sign as everywhere: offset = reference - free clock, frequency its growth. Seconds,
 * relative to an instant and to a base that the owner keeps. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct track {
	double offset_s;
	double frequency;
	double variance;   /* of the offset, s^2; > 0 */
	double covariance; /* of both */
	double frequency_variance;
	/* how fast the frequency itself grows, s/s^2, with its covariances to the offset and to the
	 * frequency; all 0 where no trend is followed */
	double trend, trend_offset, trend_frequency, trend_variance;
};

/* dt_s >= 0 seconds pass while the frequency walks randomly by `wander` per sqrt(s). */
void track_predict(struct track *track, double dt_s, double wander);

/* What dt_s seconds add if the trend walks randomly by `bend` per sqrt(s). */
void track_bend(struct track *track, double dt_s, double bend);

/* The offset's new mean and variance (> 0); the frequency follows as far as the two go together. */
void track_learn_offset(struct track *track, double offset_s, double variance);

/* One Gaussian with the mean and the covariance of the mixture. Weights sum to 1; count >= 1. */
struct track track_mixture(const struct track *tracks, const double *weights, size_t count);

/* All that it knows counts for less: variances and covariances times `factor` >= 1. */
void track_fade(struct track *track, double factor);

/* The same without a trend. */
struct track track_level(const struct track *track);

/* No NaN, no infinity, and a covariance matrix that can be one. */
bool track_is_sound(const struct track *track);

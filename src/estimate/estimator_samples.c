/* Samples instead of exchanges: the offset with a Gaussian error, as a reference clock gives it.
 * SPDX-License-Identifier: MIT
 *
 * There is no path, so no law of it: the bank of wanders alone, which is a Kalman filter for each.
 * What cannot be is held back until others tell the same story. */
#include <math.h>

#include "estimate/estimator_state.h"

/* Raised: wrong samples pull the clock before they are refused; lowered: good ones are refused. */
#define SUSPECT_SDS 6.0
/* As many in a row that agree among themselves are believed. Raised: a true jump is followed later;
 * lowered: a clock that is wrong for a while is followed. */
#define SUSPECTS_MAX 4
/* What is remembered of how much larger the errors are than said: samples err alike for a while. */
#define EXCESS_MEMORY 0.95
#define EXCESS_MAX    1e4
/* Two numbers, offset and rate, are drawn from these: fewer tell nothing of either. */
#define FADE_COUNT_MIN 5

static bool is_same_story(const struct estimator *estimator, const struct sight *sight,
                          double variance)
{
	const struct sample_suspect *suspect = &estimator->suspect;
	const double dt_s = (double)(sight->exchange->at.ns - suspect->at_ns) * 1e-9;
	const double apart_s =
		sight->reading.middle_s - suspect->middle_s - estimator->bank.mean.frequency * dt_s;
	const double walked_s = dt_s * sqrt(estimator->bank.mean.frequency_variance);

	return estimator->suspects_count > 0 &&
	       fabs(apart_s) < SUSPECT_SDS * (sqrt(2 * variance) + walked_s);
}

/* The offset is another one, the oscillator is the same. */
static enum estimator_verdict jump(struct estimator *estimator, const struct sight *sight,
                                   double variance)
{
	struct track track = estimator->bank.mean;

	estimator->jumps_count++;
	estimator->suspects_count = estimator->unexplained_count = 0;
	if (!estimator_is_near(&sight->reading)) {
		estimator_learn_prior(estimator);
		estimator_begin(estimator, sight->exchange);
		return ESTIMATOR_JUMPED;
	}
	track.offset_s = sight->reading.middle_s;
	track.variance = variance;
	track.covariance = 0;
	wander_bank_jump(&estimator->bank, &track, 2 * sqrt(track.frequency_variance));
	history_restart(&estimator->history, sight->exchange->at.ns, &estimator->bank.mean);
	second_expert_follow(&estimator->expert, &estimator->bank);
	estimator->at_ns = sight->exchange->at.ns;
	estimator->exchanges_count++;
	return ESTIMATOR_JUMPED;
}

static void begin(struct estimator *estimator, const struct exchange *exchange, double variance)
{
	struct track track;

	estimator_begin(estimator, exchange);
	track = estimator->bank.mean;
	track.variance = variance;
	wander_bank_place(&estimator->bank, &track);
	second_expert_follow(&estimator->expert, &estimator->bank);
	estimator->excess = 1;
	estimator->suspects_count = 0;
}

static enum estimator_verdict hold(struct estimator *estimator, const struct sight *sight,
                                   double variance)
{
	const bool is_more = is_same_story(estimator, sight, variance);
	enum estimator_verdict verdict;

	estimator->suspects_count = is_more ? estimator->suspects_count + 1 : 1;
	estimator->suspect = (struct sample_suspect){ .at_ns = sight->exchange->at.ns,
		                                      .middle_s = sight->reading.middle_s };
	if (estimator->suspects_count >= SUSPECTS_MAX)
		return jump(estimator, sight, variance);
	verdict = estimator_hold_unexplained(estimator, sight->exchange);
	if (verdict == ESTIMATOR_JUMPED)
		begin(estimator, sight->exchange, variance);
	return verdict;
}

/* No more than so many samples weigh: older ones fade. A straight line through n samples knows its
 * end to 4/n of their variance; one whose past counts L times as much after each step, to 1.25 (1 -
 * L). */
static double fade_of(const struct estimator *estimator)
{
	const double n = fmax(estimator->config.window_max, FADE_COUNT_MIN);

	return estimator->config.window_max == 0 || (double)estimator->age_count < n
	               ? 1
	               : 1 / (1 - 4 / (1.25 * n));
}

/* No fewer weigh: by the same figure, a new sample moves the offset by no more than 4/n of what it
 * says beside the rest. Younger than that, by what is there. */
static double variance_for(const struct estimator *estimator, double variance,
                           const struct track *foreseen)
{
	const double n = fmin(estimator->config.window_min, (double)estimator->age_count + 1);

	return n > 4 ? fmax(variance, foreseen->variance * (n / 4 - 1)) : variance;
}

static enum estimator_verdict use(struct estimator *estimator, const struct sight *sight,
                                  double own_variance)
{
	double variance = own_variance * estimator->excess;
	struct track track = estimator->bank.mean;
	double error_s, total, surprise;

	track_predict(&track, sight->dt_s, wander_bank_wander(&estimator->bank));
	error_s = sight->reading.middle_s - track.offset_s;
	total = track.variance + variance;
	if (!estimator_is_near(&sight->reading) ||
	    error_s * error_s > SUSPECT_SDS * SUSPECT_SDS * total)
		return hold(estimator, sight, variance);
	estimator->suspects_count = estimator->unexplained_count = 0;
	/* of the surprise, what the samples and not the oscillator are to blame for */
	surprise = error_s * error_s / total * variance / total + track.variance / total;
	estimator->excess *= 1 + (1 - EXCESS_MEMORY) * (surprise - 1);
	estimator->excess = fmin(fmax(estimator->excess, 1), EXCESS_MAX);
	variance = variance_for(estimator, variance, &track);
	wander_bank_predict(&estimator->bank, sight->dt_s);
	wander_bank_fade(&estimator->bank, fade_of(estimator));
	wander_bank_update_gaussian(&estimator->bank, sight->reading.middle_s, variance);
	estimator->at_ns = sight->exchange->at.ns;
	estimator->exchanges_count++;
	estimator->age_count++;
	history_add(&estimator->history,
	            &(struct history_entry){ .at_ns = sight->exchange->at.ns,
	                                     .reading = sight->reading,
	                                     .wander = wander_bank_wander(&estimator->bank),
	                                     .after = estimator->bank.mean });
	if (estimator->config.window_max > 0)
		history_keep_newest(&estimator->history, estimator->config.window_max);
	second_expert_follow(&estimator->expert, &estimator->bank);
	estimator_follow_with_base(estimator);
	return ESTIMATOR_USED;
}

enum estimator_verdict estimator_on_sample(struct estimator *estimator,
                                           const struct exchange *exchange, double sd_s)
{
	const bool is_first = !estimator_has_estimate(estimator);
	const double least_s = estimator->config.precision_s / 8;
	const double variance = sd_s * sd_s + least_s * least_s;
	struct sight sight = { .exchange = exchange };

	if (!estimator_read(exchange, is_first ? exchange->lower_ns : estimator->base_ns,
	                    &sight.reading) ||
	    !(sight.reading.delay_s >= 0) || !isfinite(variance) ||
	    (!is_first && exchange->at.ns <= estimator->last_seen_ns))
		return ESTIMATOR_REFUSED;
	if (is_first) {
		begin(estimator, exchange, variance);
		return ESTIMATOR_USED;
	}
	sight.dt_s = (double)(exchange->at.ns - estimator->at_ns) * 1e-9;
	estimator->last_seen_ns = exchange->at.ns;
	return use(estimator, &sight, variance);
}

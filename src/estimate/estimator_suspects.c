/* SPDX-License-Identifier: MIT */
#include "estimate/estimator_state.h"

#include <math.h>

/* While there is no law, an exchange contradicts the state if not even its most extreme
 * explanation, all of the round trip spent on one way, comes within so many standard deviations.
 * Raised: a wrong exchange at the start spoils it for long; lowered: late packets restart it. */
#define CONTRADICTION_SD 6.0

/* As many in a row of these, and the start is made again. */
#define CONTRADICTIONS_MAX 2

/* No oscillator that ticks at all is further off; the kernel could not make good for more. */
#define FREQUENCY_ERROR_MAX 0.1

/* Two rates so far apart are still one. Raised: a step in the first minutes passes for a rate;
 * lowered: late packets hide the rate, and it takes a start or two more. */
#define LINE_TOLERANCE 0.3

/* Exchanges that agree, after which it was not the start that was wrong but the source that
 * stepped: the rate stays known. Raised: more such steps cost the rate; lowered: more wrong starts
 * keep it. */
#define CONFIRMED_COUNT 4

/* Raised: a source that drifts away is kept longer as it was; lowered: bad weather restarts it. */
#define UNEXPLAINED_MAX 16

/* A jump of frequency that a jump of phase may hide is taken to be at most this. */
#define FREQUENCY_JUMP_MAX 1e-4

/* A suspect may be decades away: it is read about a base of its own then. */
static int64_t base_for(const struct estimator *estimator, const struct sight *sight,
                        struct reading *reading)
{
	const struct jump_watch *watch = &estimator->jump;

	*reading = sight->reading;
	if (estimator_is_near(reading))
		return estimator->base_ns;
	if (watch->held_count > 0 && estimator_read(sight->exchange, watch->base_ns, reading) &&
	    estimator_is_near(reading))
		return watch->base_ns;
	estimator_read(sight->exchange, estimator_middle_ns(sight->exchange), reading);
	return estimator_middle_ns(sight->exchange);
}

/* Could the clock be where it is expected, and a packet merely be late? However late: what is
 * inside of an exchange's interval is contradicted by nothing. */
static bool is_merely_late(const struct estimator *estimator, const struct sight *sight)
{
	const struct path_law *law = &estimator->law;
	const double floor_s = path_watch_floor_s(&estimator->path, law);
	struct track track = estimator->bank.mean;
	double slack_s;

	if (!estimator_is_near(&sight->reading))
		return false;
	track_predict(&track, sight->dt_s, wander_bank_wander(&estimator->bank));
	slack_s = CONTRADICTION_SD * sqrt(track.variance + law->noise_s * law->noise_s) +
	          fabs(law->asymmetry_s);
	return fabs(sight->reading.middle_s - track.offset_s) <=
	       sight->reading.delay_s / 2 - floor_s + slack_s;
}

bool estimator_can_coast(const struct estimator *estimator, const struct sight *sight)
{
	const double excess_s = sight->reading.delay_s / 2 - estimator->law.floor_s;
	struct track track = estimator->bank.mean;

	track_predict(&track, sight->dt_s, wander_bank_wander(&estimator->bank));
	return track.variance < excess_s * excess_s;
}

/* After a jump too far for the base nothing of the past can be compared with what comes. */
static void move_base(struct estimator *estimator, int64_t base_ns)
{
	if (base_ns == estimator->base_ns)
		return;
	estimator->base_ns = base_ns;
	history_restart(&estimator->history, estimator->at_ns, &estimator->bank.mean);
	estimator->fit.exchanges_count = LAW_CAN_JUDGE_COUNT;
	path_watch_reset(&estimator->path);
}

static void jump(struct estimator *estimator, const struct jump_watch *watch,
                 bool is_frequency_free)
{
	const struct track *track = &watch->shadow[is_frequency_free];
	const double dt_s = (double)(watch->at_ns - estimator->at_ns) * 1e-9;
	const double apart_s = (double)(watch->base_ns - estimator->base_ns) * 1e-9;
	const double expected_s =
		estimator->bank.mean.offset_s + estimator->bank.mean.frequency * dt_s;

	if (is_frequency_free)
		wander_bank_place(&estimator->bank, track);
	else
		wander_bank_jump(&estimator->bank, track,
		                 fmin(fabs(track->offset_s + apart_s - expected_s) / dt_s,
		                      FREQUENCY_JUMP_MAX));
	estimator->at_ns = watch->at_ns;
	move_base(estimator, watch->base_ns);
	estimator->unexplained_count = 0;
	estimator->is_after_jump = true;
	estimator->history.is_whole = false; /* a batch does not run over a break */
	estimator->exchanges_count++;
	estimator->age_count++;
	estimator->jumps_count++;
	second_expert_follow(&estimator->expert, &estimator->bank);
	jump_watch_dismiss(&estimator->jump);
}

bool estimator_hold_suspect(struct estimator *estimator, struct sight *sight,
                            enum estimator_verdict *verdict_out)
{
	struct jump_suspect suspect = { .at_ns = sight->exchange->at.ns,
		                        .present = estimator->bank.mean,
		                        .wander = wander_bank_wander(&estimator->bank) };
	bool is_frequency_free;

	suspect.base_ns = base_for(estimator, sight, &suspect.reading);
	suspect.rival = jump_watch_rival(
		&estimator->law, &suspect.reading,
		suspect.base_ns == estimator->base_ns ? &sight->likelihood : NULL, &suspect.belief);
	if (!(sight->evidence < suspect.rival)) {
		jump_watch_dismiss(&estimator->jump);
		return false;
	}
	*verdict_out = ESTIMATOR_HELD_OUTLIER;
	if (is_merely_late(estimator, sight))
		return true;
	if (jump_watch_hold(&estimator->jump, &estimator->law, &suspect, &is_frequency_free)) {
		jump(estimator, &estimator->jump, is_frequency_free);
		*verdict_out = ESTIMATOR_JUMPED;
	} else {
		*verdict_out = estimator_hold_unexplained(estimator, sight->exchange);
	}
	return true;
}

enum estimator_verdict estimator_hold_unexplained(struct estimator *estimator,
                                                  const struct exchange *exchange)
{
	if (++estimator->unexplained_count < UNEXPLAINED_MAX)
		return ESTIMATOR_HELD_OUTLIER;
	estimator_doubt_prior(estimator);
	estimator_begin(estimator, exchange);
	estimator->jumps_count++;
	return ESTIMATOR_JUMPED;
}

/* Do the start and two later exchanges lie on one line? Then it was the oscillator that was further
 * off than anybody thought, and no step; how far, they say. */
static bool is_one_line(const struct estimator *estimator, const struct exchange *newest,
                        double *rate_out)
{
	const struct exchange *suspect = &estimator->contradiction;
	const struct track *start = &estimator->bank.mean;
	const double apart_s = (double)(newest->at.ns - suspect->at.ns) * 1e-9;
	const double first_s = (double)(suspect->at.ns - estimator->at_ns) * 1e-9;
	const double moved_s =
		(double)(estimator_middle_ns(newest) - estimator_middle_ns(suspect)) * 1e-9;
	const double rate = ((double)(estimator_middle_ns(suspect) - estimator->base_ns) * 1e-9 -
	                     start->offset_s) /
	                    first_s;

	*rate_out = rate;
	return fabs(rate) <= FREQUENCY_ERROR_MAX &&
	       fabs(rate - moved_s / apart_s) <= LINE_TOLERANCE * fabs(rate);
}

static void doubt_start(struct estimator *estimator)
{
	estimator->false_starts_count++;
	estimator_doubt_prior(estimator);
}

/* The start is read once more under a wider belief, and then what contradicted it: it no longer
 * does. */
static void widen(struct estimator *estimator, const struct exchange *newest, double rate)
{
	const struct exchange suspect = estimator->contradiction;

	do
		doubt_start(estimator);
	while (estimator->prior_frequency_sd <
	       fmin(fabs(rate - estimator->config.initial_frequency), FREQUENCY_ERROR_MAX));
	estimator->contradictions_count = 0;
	estimator_run_again(estimator);
	second_expert_follow(&estimator->expert, &estimator->bank);
	estimator->last_seen_ns = estimator->at_ns;
	(void)estimator_on_exchange(estimator, &suspect);
	(void)estimator_on_exchange(estimator, newest);
}

bool estimator_hold_contradiction(struct estimator *estimator, const struct sight *sight,
                                  enum estimator_verdict *verdict_out)
{
	const struct reading *reading = &sight->reading;
	struct track track = estimator->bank.mean;
	double slack_s, rate;

	track_predict(&track, sight->dt_s, wander_bank_wander(&estimator->bank));
	slack_s = fabs(reading->delay_s) / 2 + CONTRADICTION_SD * sqrt(track.variance);
	if (fabs(reading->middle_s - track.offset_s) <= slack_s) {
		estimator->contradictions_count = 0;
		return false;
	}
	*verdict_out = ESTIMATOR_HELD_OUTLIER;
	if (++estimator->contradictions_count < CONTRADICTIONS_MAX) {
		estimator->contradiction = *sight->exchange;
		return true;
	}
	*verdict_out = ESTIMATOR_JUMPED;
	estimator->jumps_count++;
	if (estimator->age_count == 1 && is_one_line(estimator, sight->exchange, &rate)) {
		widen(estimator, sight->exchange, rate);
		return true;
	}
	if (estimator->age_count >= CONFIRMED_COUNT)
		estimator_learn_prior(estimator);
	else
		doubt_start(estimator);
	estimator_begin(estimator, sight->exchange);
	return true;
}

/* SPDX-License-Identifier: MIT */
#include "estimate/estimator_state.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* Longer round trips say nothing that is worth their numbers. */
#define DELAY_MAX_S 1000.0

/* Booked asymmetry is forgotten with this time constant. Raised: a wrong booking errs longer;
 * lowered: the clock creeps sooner by what a one-way change of route shifts the middles. */
#define ASYMMETRY_MEMORY_S 864000.0

/* No oscillator is this far off, unless its prior says that it may be within 10 sd. */
#define FREQUENCY_MAX    5e-3
#define FREQUENCY_MAX_SD 10.0

#define RESIDUALS 32

static bool is_valid(const struct estimator_config *config)
{
	return config->precision_s >= 1e-9 && config->precision_s <= 1 &&
	       fabs(config->initial_frequency) <= 0.1 && config->initial_frequency_sd > 0 &&
	       config->initial_frequency_sd <= 0.1;
}

int estimator_create(const struct estimator_config *config, struct estimator **estimator_out)
{
	struct estimator *estimator;

	if (!is_valid(config))
		return -EINVAL;
	estimator = malloc(sizeof *estimator);
	if (!estimator)
		return -ENOMEM;
	estimator->config = *config;
	estimator_reset(estimator);
	*estimator_out = estimator;
	return 0;
}

void estimator_destroy(struct estimator *estimator)
{
	free(estimator);
}

void estimator_reset(struct estimator *estimator)
{
	*estimator = (struct estimator){ .config = estimator->config };
	estimator_doubt_prior(estimator);
}

static enum path_outcome watch_path(struct estimator *estimator, const struct sight *sight)
{
	const struct timed_reading now = { sight->exchange->at.ns, sight->reading };
	const struct path_scene scene = { .history = &estimator->history,
		                          .law = &estimator->law,
		                          .lateness_s = law_fit_lateness_s(&estimator->fit),
		                          .track = &estimator->bank.mean,
		                          .at_ns = estimator->at_ns,
		                          .exchanges_count = estimator->age_count };
	struct path_move move = { .floor_s = 0 };
	enum path_outcome outcome;

	if (estimator->fit.exchanges_count < LAW_CAN_JUDGE_COUNT)
		return PATH_AS_USUAL;
	outcome = path_watch_judge(&estimator->path, &scene, &now, &move);
	if (outcome == PATH_MOVED) {
		estimator->asymmetry_s = move.asymmetry_s;
		estimator->asymmetry_variance = move.asymmetry_variance;
		law_fit_move_floor(&estimator->fit, move.floor_s);
		history_restart(&estimator->history, estimator->at_ns, &estimator->bank.mean);
		estimator->path_changes_count++;
	} else if (outcome == PATH_LOWER_FLOOR) {
		estimator->fit.guess.at[LAW_FLOOR] = move.floor_s;
	}
	if (outcome == PATH_MOVED || outcome == PATH_LOWER_FLOOR)
		estimator_take_law(estimator);
	return outcome;
}

static void remember(struct estimator *estimator, const struct sight *sight)
{
	history_add(&estimator->history,
	            &(struct history_entry){ .at_ns = sight->exchange->at.ns,
	                                     .reading = sight->reading,
	                                     .wander = wander_bank_wander(&estimator->bank),
	                                     .bend = wander_bank_bend(&estimator->bank),
	                                     .is_break = estimator->is_after_jump,
	                                     .after = estimator->bank.mean });
	if (estimator->config.window_max > 0)
		history_keep_newest(&estimator->history, estimator->config.window_max);
	estimator->is_after_jump = false;
	estimator->at_ns = sight->exchange->at.ns;
	estimator->exchanges_count++;
	estimator->age_count++;
	estimator->fit.exchanges_count++;
}

static bool is_believable(const struct estimator *estimator, const struct wander_bank *bank)
{
	const double most =
		fmax(FREQUENCY_MAX, fabs(estimator->prior_frequency) +
	                                    FREQUENCY_MAX_SD * estimator->prior_frequency_sd);

	return wander_bank_is_sound(bank) && fabs(bank->mean.frequency) <= most;
}

static void pass_time(struct estimator *estimator, int64_t now_ns)
{
	const double passed_s = (double)(now_ns - estimator->last_seen_ns) * 1e-9;
	const double kept = exp(-passed_s / ASYMMETRY_MEMORY_S);

	estimator->asymmetry_s *= kept;
	estimator->asymmetry_variance *= kept * kept;
	estimator->law.asymmetry_s = estimator->asymmetry_s;
	estimator->last_seen_ns = now_ns;
}

static enum estimator_verdict use(struct estimator *estimator, struct sight *sight)
{
	struct wander_bank bank = estimator->bank;
	enum path_outcome path = PATH_AS_USUAL;
	enum estimator_verdict verdict;
	bool is_held;

	if (estimator_is_near(&sight->reading))
		path = watch_path(estimator, sight);
	if (path == PATH_HOLD && estimator_can_coast(estimator, sight))
		return ESTIMATOR_HELD_PATH;

	wander_bank_predict(&bank, sight->dt_s);
	if (estimator_is_near(&sight->reading))
		sight->evidence = wander_bank_update(&bank, &estimator->law, &sight->reading,
		                                     &sight->likelihood);
	if (estimator->fit.exchanges_count < LAW_CAN_JUDGE_COUNT)
		is_held = estimator_hold_contradiction(estimator, sight, &verdict);
	else
		is_held = estimator_hold_suspect(estimator, sight, &verdict);
	if (is_held)
		return verdict;
	if (!is_believable(estimator, &bank)) {
		estimator_doubt_prior(estimator);
		estimator_begin(estimator, sight->exchange);
		estimator->jumps_count++;
		return ESTIMATOR_JUMPED;
	}
	estimator->bank = bank;
	estimator->unexplained_count = 0;
	remember(estimator, sight);
	estimator_ask_second_expert(estimator, sight);
	estimator_learn(estimator);
	estimator_follow_with_base(estimator);
	return path == PATH_MOVED ? ESTIMATOR_PATH_CHANGED : ESTIMATOR_USED;
}

enum estimator_verdict estimator_on_exchange(struct estimator *estimator,
                                             const struct exchange *exchange)
{
	const bool is_first = !estimator_has_estimate(estimator);
	const int64_t base_ns = is_first ? exchange->lower_ns : estimator->base_ns;
	struct sight sight = { .exchange = exchange, .evidence = -INFINITY };

	if (!estimator_read(exchange, base_ns, &sight.reading) ||
	    sight.reading.delay_s < -estimator->config.precision_s ||
	    sight.reading.delay_s > DELAY_MAX_S ||
	    (!is_first && exchange->at.ns <= estimator->last_seen_ns))
		return ESTIMATOR_REFUSED;
	if (is_first) {
		estimator_begin(estimator, exchange);
		return ESTIMATOR_USED;
	}
	sight.dt_s = (double)(exchange->at.ns - estimator->at_ns) * 1e-9;
	pass_time(estimator, exchange->at.ns);
	return use(estimator, &sight);
}

void estimator_shift(struct estimator *estimator, int64_t shift_ns)
{
	estimator->base_ns += shift_ns;
	jump_watch_dismiss(&estimator->jump);
}

bool estimator_has_estimate(const struct estimator *estimator)
{
	return estimator->exchanges_count > 0;
}

/* What no reading shows, because it moves them all alike. The floor enters both directions; where
 * they are not equally sharp its error does not cancel. It is known as well as the fastest of n
 * round trips can show it. A booked asymmetry was read off a coasting clock. */
static double unseen_variance(const struct estimator *estimator)
{
	const struct path_law *law = &estimator->law;
	const double n = estimator->history.count + 1;
	const double noise = law->noise_s * law->noise_s;
	const double forth_s = 1 / law->rate[PATH_FORTH][0], back_s = 1 / law->rate[PATH_BACK][0];
	const double forth = 1 / (noise + forth_s * forth_s), back = 1 / (noise + back_s * back_s);
	const double floor_s = (forth_s + back_s) / (2 * n) + law->noise_s / sqrt(n);
	const double bias_s = floor_s * (forth - back) / (forth + back);

	return estimator->asymmetry_variance + estimator->expert.first_share * bias_s * bias_s;
}

struct estimate estimator_estimate(const struct estimator *estimator)
{
	const struct track *track = &estimator->expert.blend;

	assert(estimator_has_estimate(estimator));
	return (struct estimate){
		.at = { estimator->at_ns },
		.offset_ns = estimator->base_ns + llround(track->offset_s * 1e9),
		.frequency = track->frequency,
		.offset_variance = track->variance + unseen_variance(estimator),
		.covariance = track->covariance,
		.frequency_variance = track->frequency_variance,
		.wander_variance =
			second_expert_wander_variance(&estimator->expert, &estimator->bank),
	};
}

static void describe_residuals(const struct history *history, struct estimator_status *status)
{
	double squares = 0, last = 0;
	unsigned count = 0;

	for (; count < RESIDUALS && count < history->count; count++) {
		const struct history_entry *entry = history_entry_at_age(history, count);
		const double residual_s = entry->reading.middle_s - entry->after.offset_s;

		squares += residual_s * residual_s;
		if (count == 0 || (residual_s < 0) != (last < 0))
			status->runs_count++;
		last = residual_s;
	}
	if (count > 0)
		status->residual_sd_s = sqrt(squares / count);
}

struct estimator_status estimator_status(const struct estimator *estimator)
{
	const struct history *history = &estimator->history;
	struct estimator_status status = { .exchanges_count = estimator->exchanges_count,
		                           .window_count = history->count,
		                           .jumps_count = estimator->jumps_count,
		                           .path_changes_count = estimator->path_changes_count,
		                           .heals_count = estimator->heals_count };

	if (!estimator_has_estimate(estimator))
		return status;
	status.floor_s = estimator->law.floor_s;
	status.noise_s = estimator->law.noise_s;
	status.lateness_s = law_fit_lateness_s(&estimator->fit);
	status.asymmetry_s = estimator->asymmetry_s;
	status.excess = fmax(estimator->excess, 1);
	status.wander = wander_bank_wander(&estimator->bank);
	if (history->count > 0)
		status.span_s = (double)(estimator->at_ns - history->start_at_ns) * 1e-9;
	describe_residuals(history, &status);
	return status;
}

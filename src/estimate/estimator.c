/* SPDX-License-Identifier: MIT */
#include "estimate/estimator.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "estimate/history.h"
#include "estimate/jump_watch.h"
#include "estimate/law_fit.h"
#include "estimate/path_watch.h"
#include "estimate/second_expert.h"
#include "estimate/wander_bank.h"

/* Offsets are doubles within so many seconds of an integer base: 2e-13 s is then still seen. */
#define FAR_FROM_BASE_S 1000.0

/* Longer round trips say nothing that is worth their numbers. */
#define DELAY_MAX_S 1000.0

/* Booked asymmetry is forgotten with this time constant. Raised: a wrong booking errs longer;
 * lowered: the clock creeps sooner by what a one-way change of route shifts the middles. */
#define ASYMMETRY_MEMORY_S 864000.0

/* Exchanges until the second expert is asked and paths may be said to have changed. */
#define YOUNG_COUNT 64

/* Exchanges since the law's (re)start until something can be called impossible or a new path. */
#define LAW_CAN_JUDGE_COUNT 9

/* Before that, an exchange contradicts the state if not even its most extreme explanation, all of
 * the round trip spent on one way, comes within so many standard deviations. Raised: a wrong
 * exchange at the start spoils it for long; lowered: late packets restart it. */
#define CONTRADICTION_SD 6.0

/* As many in a row of these, and the start is made again. */
#define CONTRADICTIONS_MAX 2

/* No oscillator is this far off, unless its prior says that it may be within 10 sd. */
#define FREQUENCY_MAX    5e-3
#define FREQUENCY_MAX_SD 10.0

/* After the bank has lost the track only this many newest exchanges are kept. */
#define HEAL_HISTORY     24
#define HEAL_HISTORY_MIN 8

/* A jump of frequency that a jump of phase may hide is taken to be at most this. */
#define FREQUENCY_JUMP_MAX 1e-4

#define RESIDUALS 32

struct estimator {
	struct estimator_config config;
	int64_t base_ns;          /* offsets below are seconds relative to it */
	int64_t at_ns;            /* of the last exchange used */
	int64_t last_seen_ns;     /* of the last one not refused */
	uint64_t exchanges_count; /* used ones */
	uint64_t age_count;       /* the same, since the start was (last) made */
	double asymmetry_s;
	struct wander_bank bank;
	struct law_fit fit;
	struct path_law law;
	struct second_expert expert;
	struct path_watch path;
	struct jump_watch jump;
	bool is_after_jump;
	unsigned contradictions_count; /* in a row */
	unsigned jumps_count, path_changes_count, heals_count;
	struct history history;
};

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
}

/* ---- seconds about a base ---- */

/* Exact within FAR_FROM_BASE_S; false if the numbers are beyond use. */
static bool read_about(const struct exchange *exchange, int64_t base_ns,
                       struct reading *reading_out)
{
	int64_t delay_ns, lower_ns;

	if (__builtin_sub_overflow(exchange->upper_ns, exchange->lower_ns, &delay_ns) ||
	    __builtin_sub_overflow(exchange->lower_ns, base_ns, &lower_ns))
		return false;
	reading_out->delay_s = (double)delay_ns * 1e-9;
	reading_out->middle_s = ((double)lower_ns + 0.5 * (double)delay_ns) * 1e-9;
	return true;
}

static int64_t middle_ns(const struct exchange *exchange)
{
	return exchange->lower_ns + (exchange->upper_ns - exchange->lower_ns) / 2;
}

static bool is_near(const struct reading *reading)
{
	return fabs(reading->middle_s) <= FAR_FROM_BASE_S;
}

/* Whole seconds, so that the base stays exact. */
static void follow_with_base(struct estimator *estimator)
{
	const double shift_s = round(estimator->bank.mean.offset_s);

	if (fabs(shift_s) < FAR_FROM_BASE_S)
		return;
	estimator->base_ns += (int64_t)shift_s * NS_PER_S;
	wander_bank_shift(&estimator->bank, shift_s);
	second_expert_shift(&estimator->expert, shift_s);
	history_shift(&estimator->history, shift_s);
	path_watch_shift(&estimator->path, shift_s);
	jump_watch_dismiss(&estimator->jump);
}

static void take_law(struct estimator *estimator)
{
	estimator->law = law_fit_law(&estimator->fit, estimator->asymmetry_s);
}

static bool is_young(const struct estimator *estimator)
{
	return estimator->age_count <= YOUNG_COUNT;
}

/* ---- the start ---- */

static void begin(struct estimator *estimator, const struct exchange *exchange)
{
	const struct estimator_config *config = &estimator->config;
	struct reading reading = { 0 };
	struct track start = { .frequency = config->initial_frequency,
		               .frequency_variance = config->initial_frequency_sd *
		                                     config->initial_frequency_sd };

	estimator->base_ns = middle_ns(exchange);
	read_about(exchange, estimator->base_ns, &reading);
	start.offset_s = reading.middle_s;
	start.variance =
		reading.delay_s * reading.delay_s / 4 + config->precision_s * config->precision_s;
	estimator->asymmetry_s = 0;
	law_fit_start(&estimator->fit, reading.delay_s, config->precision_s);
	take_law(estimator);
	wander_bank_start(&estimator->bank, &start);
	history_start(&estimator->history, exchange->at.ns, &start, &reading);
	path_watch_reset(&estimator->path);
	jump_watch_dismiss(&estimator->jump);
	second_expert_follow(&estimator->expert, &estimator->bank);
	estimator->is_after_jump = false;
	estimator->contradictions_count = 0;
	estimator->exchanges_count++;
	estimator->age_count = 1;
	estimator->at_ns = exchange->at.ns;
}

/* The first exchanges were filtered under a poor law: runs the bank over all of them again. */
static void run_again(struct estimator *estimator)
{
	struct history *history = &estimator->history;
	const double about_s = fabs(history->first.delay_s) + estimator->config.precision_s;
	const double frequency_sd = estimator->config.initial_frequency_sd;
	struct belief belief = { history->first.middle_s, 100 * about_s * about_s };
	struct path_update update = { .rounds = 3 };
	struct track start = { .frequency = estimator->config.initial_frequency,
		               .frequency_variance = frequency_sd * frequency_sd };
	int64_t at_ns = history->start_at_ns;

	path_law_update(&estimator->law, &history->first, &belief, &update);
	start.offset_s = belief.mean_s;
	start.variance = belief.variance;
	wander_bank_start(&estimator->bank, &start);
	for (unsigned age = history->count; age-- > 0;) {
		struct history_entry *entry = history_newest(history, age);
		struct likelihood likelihood = { .is_made = false };

		wander_bank_predict(&estimator->bank, (double)(entry->at_ns - at_ns) * 1e-9);
		wander_bank_update(&estimator->bank, &estimator->law, &entry->reading, &likelihood);
		at_ns = entry->at_ns;
		entry->after = estimator->bank.mean;
		entry->wander = wander_bank_wander(&estimator->bank);
	}
}

/* ---- the sequence ---- */

static enum path_outcome watch_path(struct estimator *estimator, const struct timed_reading *now)
{
	const struct path_scene scene = { .history = &estimator->history,
		                          .law = &estimator->law,
		                          .lateness_s = law_fit_lateness_s(&estimator->fit),
		                          .track = &estimator->bank.mean,
		                          .at_ns = estimator->at_ns,
		                          .exchanges_count = estimator->age_count };
	struct path_move move = { 0, 0 };
	enum path_outcome outcome;

	if (estimator->fit.exchanges_count < LAW_CAN_JUDGE_COUNT)
		return PATH_AS_USUAL;
	outcome = path_watch_judge(&estimator->path, &scene, now, &move);
	if (outcome == PATH_MOVED) {
		estimator->asymmetry_s = move.asymmetry_s;
		law_fit_move_floor(&estimator->fit, move.floor_s);
		history_restart(&estimator->history, estimator->at_ns, &estimator->bank.mean);
		estimator->path_changes_count++;
	} else if (outcome == PATH_LOWER_FLOOR) {
		estimator->fit.guess.at[LAW_FLOOR] = move.floor_s;
	}
	if (outcome == PATH_MOVED || outcome == PATH_LOWER_FLOOR)
		take_law(estimator);
	return outcome;
}

/* A suspect may be decades away: it is read about a base of its own then. */
static int64_t base_for(const struct estimator *estimator, const struct exchange *exchange,
                        struct reading *reading)
{
	if (is_near(reading))
		return estimator->base_ns;
	if (estimator->jump.held_count > 0 &&
	    read_about(exchange, estimator->jump.base_ns, reading) && is_near(reading))
		return estimator->jump.base_ns;
	read_about(exchange, middle_ns(exchange), reading);
	return middle_ns(exchange);
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
	estimator->is_after_jump = true;
	estimator->history.is_whole = false; /* a batch does not run over a break */
	estimator->exchanges_count++;
	estimator->age_count++;
	estimator->jumps_count++;
	second_expert_follow(&estimator->expert, &estimator->bank);
	jump_watch_dismiss(&estimator->jump);
}

static bool hold_suspect(struct estimator *estimator, const struct exchange *exchange,
                         const struct reading *reading, double evidence,
                         enum estimator_verdict *verdict_out)
{
	struct jump_suspect suspect = { .at_ns = exchange->at.ns,
		                        .reading = *reading,
		                        .present = estimator->bank.mean,
		                        .wander = wander_bank_wander(&estimator->bank) };
	bool is_frequency_free;

	suspect.base_ns = base_for(estimator, exchange, &suspect.reading);
	suspect.rival = jump_watch_rival(&estimator->law, &suspect.reading, &suspect.belief);
	if (!(evidence < suspect.rival)) {
		jump_watch_dismiss(&estimator->jump);
		return false;
	}
	*verdict_out = ESTIMATOR_HELD_OUTLIER;
	if (jump_watch_hold(&estimator->jump, &estimator->law, &suspect, &is_frequency_free)) {
		jump(estimator, &estimator->jump, is_frequency_free);
		*verdict_out = ESTIMATOR_JUMPED;
	}
	return true;
}

/* While there is no law to judge by: only what no law could explain. */
static bool hold_contradiction(struct estimator *estimator, const struct exchange *exchange,
                               const struct reading *reading, double dt_s,
                               enum estimator_verdict *verdict_out)
{
	struct track track = estimator->bank.mean;
	double slack_s;

	track_predict(&track, dt_s, wander_bank_wander(&estimator->bank));
	slack_s = fabs(reading->delay_s) / 2 + CONTRADICTION_SD * sqrt(track.variance);
	if (fabs(reading->middle_s - track.offset_s) <= slack_s) {
		estimator->contradictions_count = 0;
		return false;
	}
	*verdict_out = ESTIMATOR_HELD_OUTLIER;
	if (++estimator->contradictions_count >= CONTRADICTIONS_MAX) {
		begin(estimator, exchange);
		estimator->jumps_count++;
		*verdict_out = ESTIMATOR_JUMPED;
	}
	return true;
}

static bool is_believable(const struct estimator *estimator, const struct wander_bank *bank)
{
	const struct estimator_config *config = &estimator->config;
	const double most =
		fmax(FREQUENCY_MAX, fabs(config->initial_frequency) +
	                                    FREQUENCY_MAX_SD * config->initial_frequency_sd);

	return wander_bank_is_sound(bank) && fabs(bank->mean.frequency) <= most;
}

static void remember(struct estimator *estimator, const struct timed_reading *now)
{
	history_add(&estimator->history,
	            &(struct history_entry){ .at_ns = now->at_ns,
	                                     .reading = now->reading,
	                                     .wander = wander_bank_wander(&estimator->bank),
	                                     .is_break = estimator->is_after_jump,
	                                     .after = estimator->bank.mean });
	estimator->is_after_jump = false;
	estimator->at_ns = now->at_ns;
	estimator->exchanges_count++;
	estimator->age_count++;
	estimator->fit.exchanges_count++;
}

/* Forgets all but the newest exchanges and what the law was made from. */
static void relearn(struct estimator *estimator, unsigned count)
{
	history_keep_newest(&estimator->history, count);
	law_fit_restart(&estimator->fit, &(struct law_past){ &estimator->history,
	                                                     wander_bank_wander(&estimator->bank),
	                                                     estimator->asymmetry_s });
	estimator->path.is_slow_known = false;
	take_law(estimator);
}

static void ask_second_expert(struct estimator *estimator, const struct reading *reading,
                              double evidence, double dt_s)
{
	const struct second_opinion opinion = { .first = &estimator->bank,
		                                .first_evidence = evidence,
		                                .law = &estimator->law,
		                                .precision_s = estimator->config.precision_s,
		                                .dt_s = dt_s };

	if (is_young(estimator)) {
		second_expert_note_delay(&estimator->expert, reading->delay_s);
		return;
	}
	if (!second_expert_judge(&estimator->expert, &opinion, reading))
		return;
	estimator->bank = estimator->expert.bank;
	estimator->asymmetry_s = 0;
	estimator->heals_count++;
	estimator->expert.first_score = estimator->expert.score = 0;
	take_law(estimator);
	if (estimator->history.count >= HEAL_HISTORY_MIN)
		relearn(estimator, HEAL_HISTORY);
}

/* While the start is a batch: up to 64 exchanges and at 128 and 256. */
static bool is_time_to_run_again(const struct estimator *estimator)
{
	const unsigned n = estimator->fit.exchanges_count;

	return estimator->history.is_whole && (n < 8 || n <= YOUNG_COUNT || n == 128 || n == 256);
}

static void learn(struct estimator *estimator)
{
	path_watch_learn(&estimator->path, &estimator->history, estimator->fit.exchanges_count);
	if (estimator->age_count % 8 == 0 && path_watch_has_risen(&estimator->history)) {
		relearn(estimator, PATH_RECENT);
		estimator->path_changes_count++;
	}
	if (law_fit_learn(&estimator->fit, &estimator->history,
	                  wander_bank_wander(&estimator->bank), estimator->asymmetry_s))
		take_law(estimator);
	if (is_time_to_run_again(estimator))
		run_again(estimator);
	if (is_young(estimator))
		second_expert_follow(&estimator->expert, &estimator->bank);
}

static enum estimator_verdict use(struct estimator *estimator, const struct exchange *exchange,
                                  const struct reading *reading)
{
	const struct timed_reading now = { exchange->at.ns, *reading };
	const double dt_s = (double)(exchange->at.ns - estimator->at_ns) * 1e-9;
	struct likelihood likelihood = { .is_made = false };
	struct wander_bank bank;
	enum path_outcome path = PATH_AS_USUAL;
	enum estimator_verdict verdict;
	double evidence = -INFINITY;
	bool is_held;

	estimator->law.asymmetry_s = estimator->asymmetry_s *= exp(
		-(double)(exchange->at.ns - estimator->last_seen_ns) * 1e-9 / ASYMMETRY_MEMORY_S);
	estimator->last_seen_ns = exchange->at.ns;
	if (is_near(reading))
		path = watch_path(estimator, &now);
	if (path == PATH_HOLD)
		return ESTIMATOR_HELD_PATH;

	bank = estimator->bank;
	wander_bank_predict(&bank, dt_s);
	if (is_near(reading))
		evidence = wander_bank_update(&bank, &estimator->law, reading, &likelihood);
	is_held = estimator->fit.exchanges_count < LAW_CAN_JUDGE_COUNT
	                  ? hold_contradiction(estimator, exchange, reading, dt_s, &verdict)
	                  : hold_suspect(estimator, exchange, reading, evidence, &verdict);
	if (is_held)
		return verdict;
	if (!is_believable(estimator, &bank)) {
		begin(estimator, exchange);
		estimator->jumps_count++;
		return ESTIMATOR_JUMPED;
	}
	estimator->bank = bank;
	remember(estimator, &now);
	ask_second_expert(estimator, reading, evidence, dt_s);
	learn(estimator);
	follow_with_base(estimator);
	return path == PATH_MOVED ? ESTIMATOR_PATH_CHANGED : ESTIMATOR_USED;
}

enum estimator_verdict estimator_on_exchange(struct estimator *estimator,
                                             const struct exchange *exchange)
{
	const bool is_first = estimator->exchanges_count == 0;
	struct reading reading;

	if (!read_about(exchange, is_first ? exchange->lower_ns : estimator->base_ns, &reading) ||
	    reading.delay_s < -estimator->config.precision_s || reading.delay_s > DELAY_MAX_S ||
	    (!is_first && exchange->at.ns <= estimator->last_seen_ns))
		return ESTIMATOR_REFUSED;
	if (!is_first)
		return use(estimator, exchange, &reading);
	begin(estimator, exchange);
	estimator->last_seen_ns = exchange->at.ns;
	return ESTIMATOR_USED;
}

bool estimator_has_estimate(const struct estimator *estimator)
{
	return estimator->exchanges_count > 0;
}

struct estimate estimator_estimate(const struct estimator *estimator)
{
	const struct track *track = &estimator->expert.blend;

	assert(estimator_has_estimate(estimator));
	return (struct estimate){
		.at = { estimator->at_ns },
		.offset_ns = estimator->base_ns + llround(track->offset_s * 1e9),
		.frequency = track->frequency,
		.offset_variance = track->variance,
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
	status.wander = wander_bank_wander(&estimator->bank);
	if (history->count > 0)
		status.span_s = (double)(estimator->at_ns - history->start_at_ns) * 1e-9;
	describe_residuals(history, &status);
	return status;
}

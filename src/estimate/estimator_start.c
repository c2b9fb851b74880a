/* SPDX-License-Identifier: MIT */
#include "estimate/estimator_state.h"

#include <math.h>

/* Before the first exchange its own width says where the offset is; the belief is this many times
 * wider, so that the exchange decides. */
#define FIRST_BELIEF_WIDTH 10.0

/* A first exchange that was faster by so many standard deviations than what came later says the
 * path can be had its stamps wrong, and says nothing of the offset. Lowered: good ones are lost. */
#define IMPOSSIBLE_SDS 5.0

/* After each start that was contradicted the oscillator may be so many times further off. */
#define FREQUENCY_DOUBT  4.0
#define FREQUENCY_SD_MAX 0.1

/* What was learnt before the source stepped is believed with so many times its error. Raised: the
 * rate is learnt anew after a step; lowered: few exchanges may have misled it. */
#define LEARNT_DOUBT 2.0

void estimator_doubt_prior(struct estimator *estimator)
{
	estimator->prior_frequency = estimator->config.initial_frequency;
	estimator->prior_frequency_sd =
		fmin(estimator->config.initial_frequency_sd *
	                     pow(FREQUENCY_DOUBT, estimator->false_starts_count),
	             FREQUENCY_SD_MAX);
}

void estimator_learn_prior(struct estimator *estimator)
{
	const struct track *learnt = &estimator->bank.mean;

	estimator->prior_frequency = learnt->frequency;
	estimator->prior_frequency_sd = fmin(LEARNT_DOUBT * sqrt(learnt->frequency_variance) + 1e-9,
	                                     estimator->config.initial_frequency_sd);
}

static struct track prior_track(const struct estimator *estimator)
{
	const double sd = estimator->prior_frequency_sd;

	return (struct track){ .frequency = estimator->prior_frequency,
		               .frequency_variance = sd * sd };
}

void estimator_begin(struct estimator *estimator, const struct exchange *exchange)
{
	const double precision_s = estimator->config.precision_s;
	struct track start = prior_track(estimator);
	struct reading reading = { 0 };

	estimator->base_ns = estimator_middle_ns(exchange);
	estimator_read(exchange, estimator->base_ns, &reading);
	start.offset_s = reading.middle_s;
	start.variance = reading.delay_s * reading.delay_s / 4 + precision_s * precision_s;
	estimator->asymmetry_s = estimator->asymmetry_variance = 0;
	law_fit_start(&estimator->fit, reading.delay_s, precision_s);
	estimator_take_law(estimator);
	wander_bank_start(&estimator->bank, &start);
	history_start(&estimator->history, exchange->at.ns, &start, &reading);
	path_watch_reset(&estimator->path);
	jump_watch_dismiss(&estimator->jump);
	second_expert_follow(&estimator->expert, &estimator->bank);
	estimator->is_after_jump = false;
	estimator->contradictions_count = estimator->unexplained_count = 0;
	estimator->exchanges_count++;
	estimator->age_count = 1;
	estimator->at_ns = estimator->last_seen_ns = exchange->at.ns;
}

/* The first exchanges were filtered under a poor law; so the start becomes a batch estimate. */
void estimator_run_again(struct estimator *estimator)
{
	struct history *history = &estimator->history;
	const double width_s =
		FIRST_BELIEF_WIDTH * (fabs(history->first.delay_s) + estimator->config.precision_s);
	struct belief belief = { history->first.middle_s, width_s * width_s };
	struct path_update update = { .rounds = 3 };
	struct track start = prior_track(estimator);
	int64_t at_ns = history->start_at_ns;

	if (history->first.delay_s >
	    2 * estimator->law.floor_s - IMPOSSIBLE_SDS * estimator->law.noise_s)
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
		entry->bend = wander_bank_bend(&estimator->bank);
	}
}

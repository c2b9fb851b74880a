/* SPDX-License-Identifier: MIT */
#include "estimate/estimator_state.h"

/* After the bank has lost the track only this many newest exchanges are kept. Raised: more to learn
 * the law from, more of what misled it; lowered: the reverse. */
#define HEAL_HISTORY     24
#define HEAL_HISTORY_MIN 8

#define RUN_AGAIN_EACH 16
#define RUN_AGAIN_STEP 4

/* A rise of the floor is looked for at each eighth exchange. */
#define RISE_CHECKED 8

/* Forgets all but the newest exchanges and what the law was made from. */
static void relearn(struct estimator *estimator, unsigned count)
{
	history_keep_newest(&estimator->history, count);
	law_fit_restart(&estimator->fit, &(struct law_past){ &estimator->history,
	                                                     wander_bank_wander(&estimator->bank),
	                                                     estimator->asymmetry_s });
	estimator->path.is_slow_known = false;
	estimator_take_law(estimator);
}

void estimator_ask_second_expert(struct estimator *estimator, struct sight *sight)
{
	struct second_opinion opinion = { .first = &estimator->bank,
		                          .first_evidence = sight->evidence,
		                          .precision_s = estimator->config.precision_s,
		                          .dt_s = sight->dt_s };

	if (estimator_is_young(estimator)) {
		second_expert_note_delay(&estimator->expert, sight->reading.delay_s);
		return;
	}
	if (!sight->likelihood.is_made)
		path_law_likelihood(&estimator->law, &sight->reading, &sight->likelihood);
	opinion.log_integral = path_law_log_integral(&sight->likelihood);
	if (!second_expert_judge(&estimator->expert, &opinion, &sight->reading))
		return;

	/* the law is wrong: go on from the expert, learn it anew from the recent past */
	estimator->bank = estimator->expert.bank;
	estimator->asymmetry_s = estimator->asymmetry_variance = 0;
	estimator->heals_count++;
	estimator->expert.first_score = estimator->expert.score = 0;
	estimator_take_law(estimator);
	if (estimator->history.count >= HEAL_HISTORY_MIN)
		relearn(estimator, HEAL_HISTORY);
}

/* While the start is a batch: at each of the first 16 exchanges, each fourth up to 64, and at 128
 * and 256. Oftener costs time (the square of the exchanges) and gains nothing that is measured. */
static bool is_time_to_run_again(const struct estimator *estimator)
{
	const unsigned n = estimator->fit.exchanges_count;
	const bool is_young = n <= RUN_AGAIN_EACH || (n <= YOUNG_COUNT && n % RUN_AGAIN_STEP == 0);

	return estimator->history.is_whole && (is_young || n == 128 || n == 256);
}

void estimator_learn(struct estimator *estimator)
{
	path_watch_learn(&estimator->path, &estimator->history, estimator->fit.exchanges_count);
	if (estimator->age_count % RISE_CHECKED == 0 && path_watch_has_risen(&estimator->history)) {
		relearn(estimator, PATH_RECENT);
		estimator->path_changes_count++;
	}
	if (law_fit_learn(&estimator->fit, &estimator->history,
	                  wander_bank_wander(&estimator->bank), estimator->asymmetry_s))
		estimator_take_law(estimator);
	if (is_time_to_run_again(estimator))
		estimator_run_again(estimator);
	if (estimator_is_young(estimator))
		second_expert_follow(&estimator->expert, &estimator->bank);
}

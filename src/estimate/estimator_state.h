/* estimate/estimator_state: what an estimator keeps; private to its files.
 * SPDX-License-Identifier: MIT
 *
 * estimator.c is the sequence; estimator_start.c makes the start, estimator_suspects.c holds back
 * what cannot be, estimator_learning.c draws the lessons from what could; estimator_samples.c is
 * for sources without a path. */
#pragma once

#include "estimate/estimator.h"
#include "estimate/history.h"
#include "estimate/jump_watch.h"
#include "estimate/law_fit.h"
#include "estimate/path_watch.h"
#include "estimate/second_expert.h"
#include "estimate/wander_bank.h"

/* Offsets are doubles within so many seconds of an integer base: 2e-13 s is then still seen. */
#define FAR_FROM_BASE_S 1000.0

/* Exchanges until the second expert is asked and shorter paths need a witness. */
#define YOUNG_COUNT 64

/* Exchanges since the law's (re)start until something can be called impossible or a new path. */
#define LAW_CAN_JUDGE_COUNT 9

struct sample_suspect {
	int64_t at_ns;
	double middle_s; /* about the base */
};

struct estimator {
	struct estimator_config config;
	double prior_frequency, prior_frequency_sd; /* that the start was (last) made from */
	int64_t base_ns;                            /* offsets below are seconds relative to it */
	int64_t at_ns;                              /* of the last exchange used */
	int64_t last_seen_ns;                       /* of the last one not refused */
	uint64_t exchanges_count;                   /* used ones */
	uint64_t age_count;                         /* the same, since the start was (last) made */
	double asymmetry_s, asymmetry_variance;
	struct wander_bank bank;
	struct law_fit fit;
	struct path_law law;
	struct second_expert expert;
	struct path_watch path;
	struct jump_watch jump;
	bool is_after_jump;
	unsigned contradictions_count; /* in a row */
	struct exchange contradiction; /* the last of them */
	unsigned false_starts_count;   /* since create or reset */
	unsigned unexplained_count;    /* in a row: held back, and no jump explains them */
	unsigned jumps_count, path_changes_count, heals_count;
	struct history history;
	/* of samples, see estimator_samples.c */
	double excess; /* their errors' variance is so many times what they say; >= 1 */
	struct sample_suspect suspect;
	unsigned suspects_count; /* in a row, that tell the same story */
};

/* One exchange on its way through the sequence. */
struct sight {
	const struct exchange *exchange;
	struct reading reading; /* about the estimator's base */
	double dt_s;            /* since the last one used */
	double evidence;        /* log density under the bank; -infinity if far from the base */
	struct likelihood likelihood;
};

/* Exact within FAR_FROM_BASE_S; false if the numbers are beyond use. */
bool estimator_read(const struct exchange *exchange, int64_t base_ns, struct reading *reading_out);
int64_t estimator_middle_ns(const struct exchange *exchange);
bool estimator_is_near(const struct reading *reading);
bool estimator_is_young(const struct estimator *estimator);
void estimator_take_law(struct estimator *estimator); /* from the fit */
void estimator_follow_with_base(struct estimator *estimator);

/* The next start is made from what the configuration says, with more doubt after each false one; or
 * from what was learnt of the frequency since the last. */
void estimator_doubt_prior(struct estimator *estimator);
void estimator_learn_prior(struct estimator *estimator);
/* Forgets all but the counters and starts from this exchange. */
void estimator_begin(struct estimator *estimator, const struct exchange *exchange);
/* While the history is whole and short: runs the bank over it again, under the present law. */
void estimator_run_again(struct estimator *estimator);

/* Both return true if the exchange is not to be used as usual; *verdict_out says why. The first is
 * for a state that has no law to judge by: only what no law could explain. */
bool estimator_hold_contradiction(struct estimator *estimator, const struct sight *sight,
                                  enum estimator_verdict *verdict_out);
bool estimator_hold_suspect(struct estimator *estimator, struct sight *sight,
                            enum estimator_verdict *verdict_out);

/* Is the clock where it is expected, as far as any path can tell? Else it is no question of paths.
 */
bool estimator_can_coast(const struct estimator *estimator, const struct sight *sight);

/* What was held back is explained by nothing. After too many in a row nothing speaks for the state
 * any more, and the start is made again: a source whose rate differs from all that is known of it
 * would else be kept as it once was, for ever. */
enum estimator_verdict estimator_hold_unexplained(struct estimator *estimator,
                                                  const struct exchange *exchange);

/* After the exchange was used. */
void estimator_ask_second_expert(struct estimator *estimator, struct sight *sight);
void estimator_learn(struct estimator *estimator);

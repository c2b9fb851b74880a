/* estimate/second_expert: a plainer filter beside the bank, and how much each is to be trusted.
 * SPDX-License-Identifier: MIT
 *
 * The law of the path can be wrong, say when the floor creeps. The second expert knows no law: it
 * takes the middle of each exchange with a Gaussian error that grows with the round trip's excess.
 * Both are scored by how well they foresee the middles; the output is their blend. */
#pragma once

#include "estimate/wander_bank.h"

/* Round trips that the expert measures the excess against. Raised: follows a creeping floor later;
 * lowered: knows less of the floor. */
#define SECOND_EXPERT_DELAYS 32

struct second_expert {
	struct wander_bank bank;
	double delay_s[SECOND_EXPERT_DELAYS]; /* a ring */
	unsigned delays_count;                /* ever */
	double first_score, score;            /* the bank's that it stands beside, and its own */
	double first_share;                   /* 0..1: of the blend */
	struct track blend;
};

/* Agrees with the first bank entirely and starts to score anew. */
void second_expert_follow(struct second_expert *expert, const struct wander_bank *first);
void second_expert_note_delay(struct second_expert *expert, double delay_s);

struct second_opinion {
	const struct wander_bank *first; /* after the reading */
	double first_evidence;           /* log density of the reading by the first, before it */
	double log_integral;             /* of the reading's likelihood over the offset */
	double precision_s;
	double dt_s; /* since the last reading used */
};

/* Updates expert, scores and blend. Returns whether the first bank has lost the track. */
bool second_expert_judge(struct second_expert *expert, const struct second_opinion *opinion,
                         const struct reading *reading);

/* Of the blend: growth of the frequency variance, (s/s)^2 per s. */
double second_expert_wander_variance(const struct second_expert *expert,
                                     const struct wander_bank *first);
void second_expert_shift(struct second_expert *expert, double shift_s);

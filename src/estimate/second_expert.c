/* SPDX-License-Identifier: MIT */
#include "estimate/second_expert.h"

#include <math.h>

#include "estimate/history.h"

/* How much of the scores outlives an exchange: about 50 count. Raised: slower change of trust;
 * lowered: nervous blends. */
#define SCORE_MEMORY 0.98

/* An expert loses at most this many nats on the other by one exchange. */
#define SCORE_MARGIN 20.0

/* The first is the better one unless shown otherwise: head start in nats. */
#define FIRST_ADVANTAGE 1.0

/* Trailing by so many nats, the first has lost the track. Raised: wrong laws live longer; lowered:
 * good ones are relearnt for nothing. */
#define LOST_BY 10.0

/* Error of a middle: a fifth of the usual spread, plus what a uniform share of the excess gives. */
#define SPREAD_SHARE    0.2
#define EXCESS_VARIANCE (1.0 / 12)

void second_expert_follow(struct second_expert *expert, const struct wander_bank *first)
{
	expert->bank = *first;
	expert->first_score = expert->score = 0;
	expert->first_share = 1;
	expert->blend = first->mean;
}

void second_expert_note_delay(struct second_expert *expert, double delay_s)
{
	expert->delay_s[expert->delays_count++ % SECOND_EXPERT_DELAYS] = delay_s;
}

static double error_variance(const struct second_expert *expert, double delay_s, double precision_s)
{
	double sorted_s[SECOND_EXPERT_DELAYS], spread_s, excess_s;
	const unsigned count = expert->delays_count < SECOND_EXPERT_DELAYS ? expert->delays_count
	                                                                   : SECOND_EXPERT_DELAYS;

	for (unsigned i = 0; i < count; i++)
		sorted_s[i] = expert->delay_s[i];
	history_sort(sorted_s, count);
	spread_s = SPREAD_SHARE * (sorted_s[count / 2] - sorted_s[0]) / 2;
	excess_s = delay_s - sorted_s[0];
	return spread_s * spread_s + precision_s * precision_s +
	       EXCESS_VARIANCE * excess_s * excess_s;
}

static void blend(struct second_expert *expert, const struct wander_bank *first)
{
	const struct track tracks[2] = { first->mean, expert->bank.mean };
	const double behind = expert->score - expert->first_score - FIRST_ADVANTAGE;
	const double share = 1 / (1 + exp(behind));

	expert->first_share = share;
	expert->blend = track_mixture(tracks, (const double[2]){ share, 1 - share }, 2);
}

bool second_expert_judge(struct second_expert *expert, const struct second_opinion *opinion,
                         const struct reading *reading)
{
	/* the density of the middle, given the round trip */
	const double first = opinion->first_evidence - opinion->log_integral;
	double second, variance;

	second_expert_note_delay(expert, reading->delay_s);
	variance = error_variance(expert, reading->delay_s, opinion->precision_s);
	wander_bank_predict(&expert->bank, opinion->dt_s);
	second = wander_bank_update_gaussian(&expert->bank, reading->middle_s, variance);

	expert->first_score =
		SCORE_MEMORY * expert->first_score + fmax(first, second - SCORE_MARGIN);
	expert->score = SCORE_MEMORY * expert->score + fmax(second, first - SCORE_MARGIN);
	blend(expert, opinion->first);
	return expert->first_score < expert->score - LOST_BY;
}

double second_expert_wander_variance(const struct second_expert *expert,
                                     const struct wander_bank *first)
{
	return expert->first_share * wander_bank_variance(first) +
	       (1 - expert->first_share) * wander_bank_variance(&expert->bank);
}

void second_expert_shift(struct second_expert *expert, double shift_s)
{
	wander_bank_shift(&expert->bank, shift_s);
	expert->blend.offset_s -= shift_s;
}

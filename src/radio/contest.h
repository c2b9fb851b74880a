/* radio/contest: the likeliest of many hypotheses, and the odds against all others together.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

struct contest {
	float best;   /* nats, of the best so far; begin with CONTEST_BEGIN */
	float others; /* sum of exp over the others, relative to best */
};

#define CONTEST_REACH 60 /* nats below the best, beyond which no hypothesis counts */
#define CONTEST_BEGIN ((struct contest){ .best = -1e30F })

bool contest_enter(struct contest *contest, float score_nats); /* true: it is the best now */
float contest_odds(const struct contest *contest);             /* nats; at most 60 */

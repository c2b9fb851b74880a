/* SPDX-License-Identifier: MIT */
#include "radio/contest.h"

#include <math.h>

bool contest_enter(struct contest *contest, float score)
{
	if (score > contest->best) {
		contest->others =
			(float)((contest->others + 1) * exp((double)(contest->best - score)));
		contest->best = score;
		return true;
	}
	if (score > contest->best - CONTEST_REACH)
		contest->others += (float)exp((double)(score - contest->best));
	return false;
}

float contest_odds(const struct contest *contest)
{
	return contest->others > 0 ? (float)-log((double)contest->others) : CONTEST_REACH;
}

/* SPDX-License-Identifier: MIT */
#include "estimate/poll.h"

#include <assert.h>
#include <math.h>

/* Aimed-at error as a share of the floor. Raised: fewer packets, larger errors (0.1: half the
 * packets on a quiet LAN and twice the error); lowered: hardly ever longer than the minimum. At
 * this value the interval grows only where the readings are far better than the path's asymmetry
 * could ever let them be. */
#define TARGET_SHARE 1e-4

/* The same where several requests a second would be made: those need more of a reason. */
#define TARGET_SHARE_SUBSECOND 0.1

/* A doubled interval is good enough when it predicts less than this share of the target. Raised:
 * the interval hunts up and down; lowered: it stays short longer than needed. */
#define CALM_SHARE 0.7

static double predicted_sd_s(const struct estimate *estimate, int interval_log2_s)
{
	const int64_t wait_ns = (int64_t)ldexp(1e9, interval_log2_s);

	return estimate_offset_sd_s(estimate, (struct free_time){ estimate->at.ns + wait_ns });
}

/* What the error has to be above for this interval to be worth its packets. */
static double target_s(const struct poll_question *question, int interval_log2_s)
{
	return (interval_log2_s < 0 ? TARGET_SHARE_SUBSECOND : TARGET_SHARE) *
	       fmax(question->floor_s, 0);
}

int poll_choose(struct poll_choice *choice, const struct poll_question *question)
{
	const int min = question->min_log2_s, max = question->max_log2_s;
	int poll = question->present_log2_s;

	assert(POLL_LOG2_S_MIN <= min && min <= max && max <= POLL_LOG2_S_MAX);
	poll = poll < min ? min : poll > max ? max : poll;
	if (question->is_held_back) {
		choice->calm_count = 0;
		return min;
	}
	if (predicted_sd_s(question->estimate, poll) > target_s(question, poll - 1)) {
		choice->calm_count = 0;
		return poll > min ? poll - 1 : min;
	}
	if (poll == max ||
	    predicted_sd_s(question->estimate, poll + 1) >= CALM_SHARE * target_s(question, poll)) {
		choice->calm_count = 0;
		return poll;
	}
	if (++choice->calm_count < POLL_CALM_POLLS)
		return poll;
	choice->calm_count = 0;
	return poll + 1;
}

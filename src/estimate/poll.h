/* estimate/poll: how long to wait until the next exchange. SPDX-License-Identifier: MIT
 *
 * Asks often enough that the error expected just before the next exchange stays below what the
 * asymmetry of the path may hide anyway, by a wide margin. Knows nothing
 * of reach, bursts or rate limits; those are the caller's. */
#pragma once

#include <stdbool.h>

#include "estimate/exchange.h"

#define POLL_LOG2_S_MIN (-7)
#define POLL_LOG2_S_MAX 24

/* Polls in a row that must be calm. Raised: slower growth after a start; lowered: growth on luck.
 */
#define POLL_CALM_POLLS 4

/* Zeroed at the start. */
struct poll_choice {
	unsigned calm_count; /* polls in a row at which a doubled interval would have been enough */
};

struct poll_question {
	const struct estimate *estimate; /* as just after the exchange; borrowed for the call */
	double floor_s;                  /* half the floor of the round trip */
	int present_log2_s;
	int min_log2_s, max_log2_s; /* POLL_LOG2_S_MIN..POLL_LOG2_S_MAX, min <= max */
	bool is_held_back;          /* the last exchange was: ask again at the minimum */
};

/* The new interval, min_log2_s..max_log2_s; at most one step from the present one unless that lies
 * outside or the exchange was held back. */
int poll_choose(struct poll_choice *choice, const struct poll_question *question);

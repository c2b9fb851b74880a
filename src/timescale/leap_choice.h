/* timescale/leap_choice: which of several leap tables is believed, and whether a leap second ends
 * this day. SPDX-License-Identifier: MIT
 *
 * The copy in the program is history that nobody may contradict. Of the tables that agree with it,
 * the one that speaks furthest into the future wins; two that contradict each other cancel out. */
#pragma once

#include <stddef.h>

#include "timescale/leap_table.h"

#define LEAP_CHOICE_MAX 4 /* tables beside the built-in one */

enum leap_candidate {
	LEAP_CANDIDATE_CHOSEN,
	LEAP_CANDIDATE_OLDER,      /* good, but another one reaches further */
	LEAP_CANDIDATE_HISTORY,    /* contradicts what has happened: refused */
	LEAP_CANDIDATE_CONTRADICTS /* contradicts another candidate: both are refused */
};

struct leap_choice {
	struct leap_table table; /* what is believed; its origin says which */
	enum leap_candidate verdicts[LEAP_CHOICE_MAX];
};

/* tables: 0..LEAP_CHOICE_MAX of the operator's, in any order. */
struct leap_choice leap_choice_make(const struct leap_table *const *tables, size_t count);
const char *leap_candidate_text(enum leap_candidate verdict);

struct leap_announcement { /* what a majority of the sources says */
	int direction;     /* +1, -1, 0 */
	bool is_spoken;    /* some of them are of a kind that would say so, as NTP servers do */
};

/* +1 or -1 when a leap second ends the UTC day that `when` is in, else 0. What is announced counts
 * only in June and December, on their last day, and only while no table that the operator chose
 * speaks for that day. What the program's own copy alone lists counts only where nobody can
 * announce it: servers that smear it are silent on purpose. table may be NULL. */
int leap_choice_today(const struct leap_table *table, struct leap_announcement announced,
                      struct utc_time when);

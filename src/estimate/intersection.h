/* estimate/intersection: which sources agree, and where true time can be.
 * SPDX-License-Identifier: MIT
 *
 * Marzullo's algorithm as RFC 5905 section 11.2.1 has it, with a strict majority: half is not
 * enough, so a tie moves nobody. Where trusted sources stand, only they vote; the others are then
 * judged against what the trusted agreed upon. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vote {
	int64_t low_ns, high_ns; /* in: the interval that the source claims, low <= high */
	bool is_trusted;         /* in */
	bool is_agreeing; /* out: a majority was found and this interval meets low_ns..high_ns */
};

enum intersection_outcome {
	INTERSECTION_FOUND,
	INTERSECTION_NO_VOTES,    /* count was 0 */
	INTERSECTION_TIE,         /* exactly half of the voters agree */
	INTERSECTION_NO_MAJORITY, /* fewer */
};

struct intersection {
	int64_t low_ns, high_ns; /* the overlap of the largest agreeing group; where several
	                            groups are as large, from the first to the last */
	int64_t hull_low_ns, hull_high_ns; /* hull of all points that a strict majority covers: true
	                                      time is in it while at most a minority lies. Without
	                                      a majority: low_ns and high_ns again */
	unsigned agreeing_count;           /* voters in the largest group */
	unsigned voters_count;             /* trusted ones, or all when none is trusted */
};

/* `votes` are marked. Limits: count <= INTERSECTION_VOTES_MAX. *result_out is written whatever the
 * outcome (zeros with no votes). */
#define INTERSECTION_VOTES_MAX 128
enum intersection_outcome intersection_find(struct vote *votes, size_t count,
                                            struct intersection *result_out);

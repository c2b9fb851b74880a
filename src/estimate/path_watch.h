/* estimate/path_watch: has the floor of the path moved? SPDX-License-Identifier: MIT
 *
 * A packet that takes another route changes the floor, perhaps of one direction only. Taking that
 * for lateness would drag the clock by half the change. So: longer round trips are held back until
 * sure, shorter ones need a witness, and the new floor of each direction is read off against the
 * coasting clock. Slow rises are noticed from the fastest of many. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "estimate/history.h"
#include "estimate/path_law.h"
#include "estimate/track.h"

/* Exchanges that confirm a longer path. Raised: coasts longer after a real change; lowered: a storm
 * of queues is taken for a new route. */
#define PATH_RUN_MAX 12

struct timed_reading {
	int64_t at_ns;
	struct reading reading;
};

struct path_watch {
	double slow_delay_s; /* 92 % of the round trips are faster */
	bool is_slow_known;
	struct timed_reading run[PATH_RUN_MAX]; /* the newest of a run of slow ones, a ring */
	unsigned run_count;
	double before_s; /* median round trip just before the run */
	bool is_before_known;
	struct timed_reading fast[2]; /* below the floor */
	unsigned fast_count;
	uint64_t fast_at_count; /* exchanges_count at the newest of them */
};

/* What the watch judges by; borrowed for the call. */
struct path_scene {
	const struct history *history;
	const struct path_law *law;
	double lateness_s;         /* tau */
	const struct track *track; /* the coasting clock */
	int64_t at_ns;             /* of the track */
	uint64_t exchanges_count;  /* used ones since the start was made */
};

enum path_outcome {
	PATH_AS_USUAL,
	PATH_HOLD,        /* keep this exchange back */
	PATH_LOWER_FLOOR, /* the same path: its floor was only guessed too high */
	PATH_MOVED,
};

struct path_move {
	double floor_s;
	double asymmetry_s;
	double asymmetry_variance; /* how well it was read off; 0 if it is 0 by rule */
};

void path_watch_reset(struct path_watch *watch);

/* *move_out is written with PATH_LOWER_FLOOR and PATH_MOVED. */
enum path_outcome path_watch_judge(struct path_watch *watch, const struct path_scene *scene,
                                   const struct timed_reading *now, struct path_move *move_out);

/* The floor as low as it may be: a round trip below the law's that is still held back counts. */
double path_watch_floor_s(const struct path_watch *watch, const struct path_law *law);

/* After a used exchange: keeps the idea of a slow round trip fresh. */
void path_watch_learn(struct path_watch *watch, const struct history *history,
                      unsigned law_age_count);

/* Is even the fastest of the newest PATH_RECENT slower than a quarter of the older ones? */
#define PATH_RECENT 32
bool path_watch_has_risen(const struct history *history);

void path_watch_shift(struct path_watch *watch, double shift_s); /* subtracts from all offsets */

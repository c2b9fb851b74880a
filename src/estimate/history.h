/* estimate/history: the exchanges that the path's law is fitted to. SPDX-License-Identifier: MIT
 *
 * A ring of the newest 256 with the state after each, and the state before the oldest: enough to
 * run a filter over any newest part of them again. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "estimate/path_law.h"
#include "estimate/track.h"

/* Raised: a better law on calm paths (2 % at 512), more memory and work; lowered: a law that
 * follows changing paths sooner and knows less of rare lateness. */
#define HISTORY_MAX 256

struct history_entry {
	int64_t at_ns;
	struct reading reading;
	double wander;      /* the bank's at that time */
	double bend;        /* of its trend, likewise */
	bool is_break;      /* the offset jumped just before */
	struct track after; /* the bank's mean */
};

struct history {
	struct history_entry entry[HISTORY_MAX];
	unsigned next_index, count;
	struct track start; /* before the oldest entry */
	int64_t start_at_ns;
	struct reading
		first; /* the exchange that the start was made from; meaningful if is_whole */
	bool is_whole; /* nothing was dropped since the first exchange */
};

/* Empty, beginning at the moment of `first`. */
void history_start(struct history *history, int64_t at_ns, const struct track *start,
                   const struct reading *first);
/* Empty again, going on from `start`. */
void history_restart(struct history *history, int64_t at_ns, const struct track *start);

void history_add(struct history *history, const struct history_entry *entry);
void history_keep_newest(struct history *history, unsigned count); /* no-op if there are fewer */
void history_shift(struct history *history, double shift_s);       /* subtracts from all offsets */

/* age 0 = the newest; age < count */
struct history_entry *history_newest(struct history *history, unsigned age);
const struct history_entry *history_entry_at_age(const struct history *history, unsigned age);

/* Round trips of `count` entries (or all there are) after the newest `skip`, sorted. Returns how
 * many. */
unsigned history_sort_delays(const struct history *history, unsigned skip, unsigned count,
                             double delays_s_out[HISTORY_MAX + 1]);
void history_sort(double *values, unsigned count);

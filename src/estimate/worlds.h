/* estimate/worlds: small simulated oscillators, paths and servers; linked into tests only.
 * SPDX-License-Identifier: MIT
 *
 * The true offset stands beside each exchange. Same world and seed, same exchanges. */
#pragma once

#include <stdbool.h>

#include "base/rng.h"
#include "estimate/exchange.h"

enum jitter {
	JITTER_EXPONENTIAL,
	JITTER_GAUSSIAN,  /* about the base delay */
	JITTER_GAMMA,     /* of order 3 */
	JITTER_LOGNORMAL, /* median jitter_s */
	JITTER_PARETO,
	JITTER_BURSTS, /* exponential, twenty times as long for a sixth of the exchanges, in runs */
	JITTER_ONE_WAY,  /* only forth, twice as long */
	JITTER_LOPSIDED, /* exponential, 9 : 1 */
	JITTER_NONE,
};

struct world {
	const char *name;
	enum jitter jitter;
	double jitter_s;
	double wander; /* s/s per sqrt(s) */
	double poll_s;
	double base_s;       /* one way; 0 = 5 ms */
	double quantum_s;    /* of timestamps; 0 = 1 ns */
	double outlier_rate; /* share of exchanges that are half a second wrong */
	double loss_rate;
	double creep; /* s/s: growth of both floors */
	/* happens at half time */
	double server_step_s, frequency_step, forth_change_s, back_change_s;
};

struct world_run {
	const struct world *world;
	struct rng rng;
	unsigned polls_count, event_poll; /* 0 = no event */
	int64_t base_offset_ns;           /* decades */
	double offset_s, frequency;       /* true now, about base_offset_ns */
	struct free_time now;
	bool is_bad[2]; /* in a burst */
};

void world_start(struct world_run *run, const struct world *world, uint64_t seed,
                 unsigned event_poll);
/* Time passes, the oscillator wanders. */
void world_pass(struct world_run *run, double dt_s);
/* false: the exchange is lost */
bool world_exchange(struct world_run *run, struct exchange *exchange_out);
/* What a clock corrected by the estimate would show now, minus the truth. */
double world_error_s(const struct world_run *run, const struct estimate *estimate);

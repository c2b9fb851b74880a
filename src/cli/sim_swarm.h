/* cli/sim_swarm: `timeball sim --swarm`: random worlds with random faults, one after the other.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

struct swarm_order {
	uint64_t count, first_seed;
	uint64_t seconds_max; /* of real time; 0 = no limit */
};

/* Tells of each world in which something was broken, and at the end how many years, seeds and
 * violations there were and the tightest bound. Exit status. */
int sim_swarm_run(const struct swarm_order *order);
/* Prints the scenario of one seed, to be kept in scenarios/. Exit status. */
int sim_swarm_show(uint64_t seed);

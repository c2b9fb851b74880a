/* cli/sim_each: `timeball sim FILE --crash-each N`, `--fail-each N`: the same world again and
 * again, and each time something goes wrong a little later. SPDX-License-Identifier: MIT */
#pragma once

#include "sim/simulation.h"

struct each_order {
	uint64_t crash_stride; /* every so many events all nodes crash, in a run of its own; 0 = no
	                        */
	uint64_t fail_stride;  /* as many calls to the operating system, of which one fails */
};

/* Tells of each run in which something was broken, with the option that shows it again. Exit
 * status. */
int sim_each_run(const char *path, const struct scenario *scenario,
                 const struct simulation_options *options, const struct each_order *order);

/* sim/simulation: runs a scenario: the same nodes as in the daemon, in a world made from a seed.
 * SPDX-License-Identifier: MIT
 *
 * No clock, no file, no socket: text goes out through the sinks. The same scenario and seed give
 * the same bytes in every sink, whatever the compiler. */
#pragma once

#include <stdbool.h>

#include "base/attributes.h"
#include "sim/line_sink.h"
#include "sim/scenario.h"

struct simulation;

struct simulation_options {
	uint64_t seed; /* instead of the scenario's, if has_seed */
	bool has_seed;
	uint64_t crash_at_event; /* all nodes die after the event of this number, 1 is the first,
	                            and start again a second later; 0 = never */
	uint64_t fail_at_call;   /* what the nodes ask for at their call of this number is refused,
	                            as an operating system may; 0 = never */
	struct line_sink trace;  /* one line for everything that happens */
	struct line_sink csv;    /* a heading, then one line per node and observation */
};

/* `scenario` is borrowed until destroy. The caller owns *simulation_out. 0, -ENOMEM, or what
 * node_create says. */
NODISCARD int simulation_create(const struct scenario *scenario,
                                const struct simulation_options *options,
                                struct simulation **simulation_out);
void simulation_destroy(struct simulation *simulation); /* NULL is fine */

void simulation_run(struct simulation *simulation); /* once */

/* After the run: a table of the nodes, then one line per expectation and broken invariant, "ok" or
 * "BROKEN" with numbers. True when all hold. */
bool simulation_report(const struct simulation *simulation, const struct line_sink *out);
/* The true error over time, as text: one picture for each node that follows others. */
void simulation_plot(const struct simulation *simulation, const struct line_sink *out);
/* Of everything that happened: the same on every run and every build. */
uint64_t simulation_hash(const struct simulation *simulation);
/* The smallest bound / |error| of any node while its bound was judged; INFINITY without one. */
double simulation_margin(const struct simulation *simulation);
uint64_t simulation_events_count(const struct simulation *simulation);
uint64_t simulation_calls_count(const struct simulation *simulation); /* of all nodes */

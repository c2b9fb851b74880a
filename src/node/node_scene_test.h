/* node/node_scene_test: one node against ideal servers on a plain network, for its tests.
 * SPDX-License-Identifier: MIT
 *
 * Delays are constant, so every number can be foretold. The richer worlds are in scenarios/. */
#pragma once

#include "base/rng.h"
#include "node/node.h"
#include "testing/check.h"

#define START_NS INT64_C(1795000000000000000) /* 2026-11-18 */
#define FLOOR_NS INT64_C(1790000000000000000)
#define DELAY_NS (100 * NS_PER_US)
#define SERVERS  5
#define WAITING  64

struct ideal_server {
	bool is_there;
	int64_t error_ns; /* its clock minus true time */
	uint8_t stratum;
	enum leap leap;
	uint32_t kiss;
};

struct reply {
	int64_t at_ns; /* true time of arrival; 0 = free slot */
	uint32_t association;
	struct address remote;
	uint8_t bytes[NTP_HEADER_SIZE];
};

struct scene {
	struct node *node;
	struct node_config config;
	struct node_spent spent;
	struct rng rng;
	struct outbox out;
	int64_t true_ns;   /* since START_NS */
	double oscillator; /* its error, s/s */
	double correction; /* the last frequency commanded */
	int64_t local_ns, mono_ns;
	struct ideal_server servers[SERVERS];
	struct reply replies[WAITING];
	unsigned steps, resolves, saves, give_ups, adjusted;
	bool is_synchronised_told;
	int64_t error_max_told_ns, error_max_told_after_step_ns;
	int64_t backwards_ns;
	struct trace_event last[TRACE_LEAP + 1];
	unsigned seen[TRACE_LEAP + 1];
};

/* `servers` of them, 10.0.0.0 and on, all right; the clock is offset_ns behind true time, its
 * oscillator off by so many s/s. To be changed before scene_start, which creates the node. */
struct scene *scene_with(unsigned servers, int64_t offset_ns, double oscillator);
void scene_start(struct scene *scene);
void scene_run(struct scene *scene, double duration_s);
void scene_carry_out(struct scene *scene); /* what the node wants after a call of the test's own */
void scene_end(struct scene *scene);

struct instant scene_now(const struct scene *scene);
int64_t scene_error_ns(const struct scene *scene); /* the clock minus true time */
struct node_source_status scene_source(const struct scene *scene, size_t index);

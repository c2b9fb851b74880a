/* SPDX-License-Identifier: MIT */
#include "sim/simulation.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "sim/scenario_reader.h"
#include "sim/world.h"

#define FNV_START UINT64_C(0xcbf29ce484222325)

static int allocate(struct simulation *world)
{
	const size_t count = world->nodes_count;

	world->nodes = calloc(count + 1, sizeof *world->nodes);
	world->paths = calloc(count * count + 1, sizeof *world->paths);
	world->sent_counts = calloc(count * count + 1, sizeof *world->sent_counts);
	world->flights = calloc(WORLD_FLIGHTS_MAX, sizeof *world->flights);
	world->outboxes = calloc(WORLD_NESTING_MAX, sizeof *world->outboxes);
	world->signals = calloc(SCENARIO_DEVICES_MAX, sizeof *world->signals);
	world->resolutions = calloc(WORLD_RESOLUTIONS_MAX, sizeof *world->resolutions);
	if (!world->nodes || !world->paths || !world->sent_counts || !world->flights ||
	    !world->outboxes || !world->signals || !world->resolutions)
		return -ENOMEM;
	for (uint32_t i = 0; i < WORLD_FLIGHTS_MAX; i++)
		world->flights[i].next_free = i + 1;
	return event_queue_init(&world->queue, WORLD_QUEUE_MAX);
}

/* Every node and every path has its own generator, so that what one of them uses up changes nothing
 * for the others. */
static int populate(struct simulation *world)
{
	const uint32_t count = world->nodes_count;
	struct rng seeds;

	rng_init_seed(&seeds, world->options.seed);
	for (uint32_t i = 0; i < count; i++) {
		struct world_node *node = &world->nodes[i];
		const int error = world_process_create(world, i, &seeds);

		if (error < 0)
			return error;
		node->errors.histogram =
			calloc(ERROR_HISTOGRAM_SIZE, sizeof *node->errors.histogram);
		if (!node->errors.histogram)
			return -ENOMEM;
	}
	for (uint32_t i = 0; i < count * count; i++)
		path_init(&world->paths[i],
		          &world->scenario->links[i / count * SCENARIO_NODES_MAX + i % count],
		          rng_u64(&seeds));
	for (uint32_t i = 0; i < world->scenario->devices_count; i++)
		world_device_create(world, i, rng_u64(&seeds));
	return verdict_create_checks(world);
}

static void add_event(struct simulation *world, int64_t at_ns, enum event_kind kind, uint32_t who)
{
	(void)event_queue_add(&world->queue,
	                      (struct event){ .at_ns = at_ns, .kind = kind, .who = who });
}

int simulation_create(const struct scenario *scenario, const struct simulation_options *options,
                      struct simulation **simulation_out)
{
	struct simulation *world = calloc(1, sizeof *world);
	int error;

	if (!world)
		return -ENOMEM;
	world->scenario = scenario;
	world->options = *options;
	if (!options->has_seed)
		world->options.seed = scenario->seed;
	world->nodes_count = (uint32_t)scenario->nodes_count;
	world->hash = FNV_START;
	leap_table_builtin(&world->old_leap_table);
	leap_table_builtin(&world->leap_table);
	if (scenario->is_leap_listed)
		(void)!leap_table_add(&world->leap_table,
		                      scenario->leap_at_ns / NS_PER_S + (scenario->leap < 0),
		                      scenario->leap);
	world->leap_table.expires_s = 0;
	world->leap_table.origin = LEAP_ORIGIN_LIST;
	error = allocate(world);
	if (error == 0)
		error = populate(world);
	if (error < 0) {
		simulation_destroy(world);
		return error;
	}
	for (uint32_t i = 0; i < scenario->events_count; i++)
		add_event(world, scenario->events[i].at_ns, EVENT_SCRIPT, i);
	add_event(world, 0, EVENT_START, 0);
	add_event(world, scenario->duration_ns, EVENT_END, 0);
	add_event(world, 0, EVENT_OBSERVE, 0);
	*simulation_out = world;
	return 0;
}

void simulation_destroy(struct simulation *simulation)
{
	if (!simulation)
		return;
	for (uint32_t i = 0; simulation->nodes && i < simulation->nodes_count; i++) {
		world_process_destroy(&simulation->nodes[i]);
		free(simulation->nodes[i].errors.histogram);
	}
	for (size_t i = 0; i < simulation->checks_count; i++)
		free(simulation->checks[i].errors.histogram);
	event_queue_release(&simulation->queue);
	free(simulation->nodes);
	free(simulation->paths);
	free(simulation->sent_counts);
	free(simulation->flights);
	free(simulation->outboxes);
	free(simulation->signals);
	free(simulation->resolutions);
	free(simulation->checks);
	free(simulation);
}

/* ---- running ---- */

static void run_script(struct simulation *world, const struct script_event *event)
{
	const uint32_t count = world->nodes_count;
	struct ideal_server *ideal;

	if (event->kind == SCRIPT_LINK) {
		scenario_link_apply(event, &world->paths[event->a * count + event->b].options,
		                    &world->paths[event->b * count + event->a].options);
	} else if (event->kind == SCRIPT_IDEAL) {
		ideal = &world->nodes[event->a].ideal;
		ideal_server_fold(ideal, world->now_ns);
		settings_apply(&event->settings, &ideal->options);
	} else if (event->kind == SCRIPT_DEVICE) {
		world_device_on_script(world, event);
	} else if (event->kind == SCRIPT_DNS) {
		world->is_dns_down = !event->is_on;
	} else {
		world_node_on_script(world, event);
	}
}

static void observe(struct simulation *world)
{
	for (uint32_t i = 0; i < world->nodes_count; i++)
		observer_look(world, i, true);
	add_event(world, world->now_ns + world->scenario->observe_ns, EVENT_OBSERVE, 0);
}

static void deliver(struct simulation *world, uint32_t flight_index)
{
	const struct flight flight = world_network_arrive(world, flight_index);

	if (world->nodes[flight.to].plan->is_ideal)
		world_network_answer_ideally(world, &flight);
	else
		world_node_on_datagram(world, flight.to, &flight);
}

/* False at the end. */
static bool happen(struct simulation *world, const struct event *event)
{
	switch (event->kind) {
	case EVENT_DATAGRAM:
		deliver(world, event->who);
		break;
	case EVENT_RESOLVED:
		world_node_on_resolved(world, event->who, &world->resolutions[event->what]);
		break;
	case EVENT_SIGNAL:
		world_device_on_signal(world, event->who, event->what);
		break;
	case EVENT_SCRIPT:
		run_script(world, &world->scenario->events[event->who]);
		break;
	case EVENT_OBSERVE:
		observe(world);
		break;
	case EVENT_START:
		for (uint32_t i = 0; i < world->nodes_count; i++)
			world_node_start(world, i);
		for (uint32_t i = 0; i < world->scenario->devices_count; i++)
			world_device_start(world, i);
		break;
	case EVENT_END:
		return false;
	}
	return true;
}

/* The node that is due first; of several the one with the lowest number. */
static uint32_t first_due(const struct simulation *world)
{
	uint32_t first = 0;

	for (uint32_t i = 1; i < world->nodes_count; i++) {
		if (world->nodes[i].due_ns < world->nodes[first].due_ns)
			first = i;
	}
	return first;
}

static void crash_all(struct simulation *world)
{
	for (uint32_t i = 0; i < world->nodes_count; i++) {
		if (!world->nodes[i].plan->is_ideal)
			world_node_crash(world, i, NS_PER_S);
	}
}

void simulation_run(struct simulation *simulation)
{
	bool goes_on = true;

	record_csv_heading(simulation);
	while (goes_on) {
		const struct event *event;
		uint32_t due;

		if (simulation->events_count > 0 &&
		    simulation->events_count == simulation->options.crash_at_event)
			crash_all(simulation);
		event = event_queue_first(&simulation->queue);
		due = first_due(simulation);

		simulation->events_count++;
		if (simulation->nodes_count == 0 || event->at_ns <= simulation->nodes[due].due_ns) {
			const struct event taken = event_queue_take(&simulation->queue);

			simulation->now_ns = taken.at_ns;
			goes_on = happen(simulation, &taken);
		} else {
			simulation->now_ns = simulation->nodes[due].due_ns;
			world_node_on_deadline(simulation, due);
		}
	}
	verdict_at_end(simulation);
}

uint64_t simulation_hash(const struct simulation *simulation)
{
	return simulation->hash;
}

uint64_t simulation_calls_count(const struct simulation *simulation)
{
	return simulation->calls_count;
}

uint64_t simulation_events_count(const struct simulation *simulation)
{
	return simulation->events_count;
}

double simulation_margin(const struct simulation *simulation)
{
	double margin = INFINITY;

	for (uint32_t i = 0; i < simulation->nodes_count; i++)
		if (simulation->nodes[i].node)
			margin = fmin(margin, simulation->nodes[i].margin_min);
	return margin;
}

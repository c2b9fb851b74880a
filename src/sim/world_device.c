/* What receivers give to nodes. SPDX-License-Identifier: MIT */
#include <math.h>

#include "sim/world.h"

static void add(struct simulation *world, int64_t at_ns, uint32_t device, uint32_t what)
{
	if (!event_queue_add(&world->queue, (struct event){ .at_ns = at_ns,
	                                                    .kind = EVENT_SIGNAL,
	                                                    .who = device,
	                                                    .what = what }))
		observer_violation(world, world->scenario->devices[device].node,
		                   VIOLATION_WORLD_FULL, WORLD_QUEUE_MAX, 0);
}

static const struct radio_station *station_of(const struct simulation *world, uint32_t device)
{
	const struct scenario_device *plan = &world->scenario->devices[device];

	return world->scenario->nodes[plan->node].config->refclocks[plan->refclock].driver->station;
}

static void tune(struct simulation *world, uint32_t device)
{
	const struct scenario *scenario = world->scenario;

	time_signal_begin(
		&world->signals[device], station_of(world, device),
		&world->receivers[device].options, scenario_true_start(scenario, world->now_ns),
		(struct utc_time){ scenario->leap_at_ns + (scenario->leap < 0) * NS_PER_S },
		scenario->leap, world->now_ns);
}

static void plan_next(struct simulation *world, uint32_t device)
{
	struct receiver *receiver = &world->receivers[device];
	struct receiver_plan plan;

	if (station_of(world, device))
		time_signal_plan(&world->signals[device], receiver, world->now_ns, &plan);
	else
		plan = receiver_plan(receiver, world->now_ns);
	for (unsigned i = 0; i < plan.count; i++)
		add(world, plan.arrives_ns[i], device, plan.slot[i] + 1);
	add(world, plan.begins_ns, device, 0);
}

void world_device_create(struct simulation *world, uint32_t device, uint64_t seed)
{
	receiver_init(&world->receivers[device], &world->scenario->devices[device].options, seed);
	world->signals[device].seed = seed;
}

void world_device_start(struct simulation *world, uint32_t device)
{
	if (station_of(world, device))
		tune(world, device);
	plan_next(world, device);
}

void world_device_on_script(struct simulation *world, const struct script_event *event)
{
	struct receiver *receiver = &world->receivers[event->a];

	receiver_fold(receiver, world->now_ns);
	settings_apply(&event->settings, &receiver->options);
	if (station_of(world, event->a) &&
	    llrint(receiver->options.offset_s * 1e9) != world->signals[event->a].offset_ns)
		tune(world, event->a);
}

/* what: 0 = plan the next interval, else the signal in this slot + 1 arrives. */
void world_device_on_signal(struct simulation *world, uint32_t device, uint32_t what)
{
	const struct scenario_device *plan = &world->scenario->devices[device];

	if (what == 0)
		plan_next(world, device);
	else
		world_node_on_signal(world, plan->node, plan->refclock, &world->receivers[device],
		                     what - 1);
}

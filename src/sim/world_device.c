/* What receivers give to nodes. SPDX-License-Identifier: MIT */
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

void world_device_plan(struct simulation *world, uint32_t device)
{
	const struct receiver_plan plan = receiver_plan(&world->receivers[device], world->now_ns);

	for (unsigned i = 0; i < plan.count; i++)
		add(world, plan.arrives_ns[i], device, plan.slot[i] + 1);
	add(world, plan.begins_ns, device, 0);
}

/* what: 0 = plan the next interval, else the signal in this slot + 1 arrives. */
void world_device_on_signal(struct simulation *world, uint32_t device, uint32_t what)
{
	const struct scenario_device *plan = &world->scenario->devices[device];

	if (what == 0)
		world_device_plan(world, device);
	else
		world_node_on_signal(world, plan->node, plan->refclock, &world->receivers[device],
		                     what - 1);
}

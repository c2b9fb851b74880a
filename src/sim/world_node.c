/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/writer.h"
#include "sim/world.h"
#include "timescale/ntp_time.h"
#include "wire/ntp_header.h"

#define NTP_PORT        123
#define PORT_FIRST      32768 /* of the ephemeral ones */
#define PORT_COUNT      28232
#define TOUCHED_LOOK_NS NS_PER_S /* how often a driver looks whether others adjust its clock */

void world_node_schedule(struct simulation *world, uint32_t index)
{
	struct world_node *node = &world->nodes[index];
	const int64_t ticks_ns = kept_clock_read(&node->clock).mono.ns;
	int64_t deadline_ns;
	double left_ns;

	node->rtc_edge_ns = world_rtc_edge_ns(world, node);
	node->due_ns = node->restart_ns < node->rtc_edge_ns ? node->restart_ns : node->rtc_edge_ns;
	if (!node->node)
		return;
	deadline_ns = node_deadline(node->node).ns;
	if (deadline_ns == MONO_TIME_NEVER.ns)
		return;
	left_ns = deadline_ns > ticks_ns ? (double)(deadline_ns - ticks_ns) : 0;
	left_ns = ceil(left_ns / (1 + oscillator_rate(&node->clock.oscillator)));
	if (left_ns < (double)(node->due_ns - world->now_ns))
		node->due_ns = world->now_ns + (int64_t)left_ns;
}

/* ---- actions ---- */

static void carry_out(struct simulation *world, uint32_t index, struct outbox *out, unsigned depth);

static void stamp_transmit(struct send_action *send, struct local_time now)
{
	struct writer out = writer_into(send->bytes + send->transmit_at_byte, 8);

	assert(send->transmit_at_byte + 8 <= send->length_bytes);
	writer_u64(&out, ntp_time_encode((struct utc_time){ now.ns + send->transmit_add_ns }));
}

static void send(struct simulation *world, uint32_t index, struct send_action *send)
{
	struct world_node *node = &world->nodes[index];
	const struct local_time now = kept_clock_read(&node->clock).local;
	uint16_t port = NTP_PORT;

	if (send->transmit_at_byte != 0)
		stamp_transmit(send, now);
	if (send->seal_key_id != 0)
		node_seal(node->node, send);
	if (send->keeps_stamp) {
		struct reader in = reader_over(send->bytes + NTP_HEADER_RECEIVE_AT, 8);

		node_on_answered(node->node, reader_u64(&in), now, STAMP_DAEMON);
	}
	if (send->association != ASSOCIATION_SERVER) {
		assert(send->association < NODE_SOURCES_MAX);
		node_on_sent(node->node, send->association, now, STAMP_DAEMON);
		node_on_sent(node->node, send->association, now, STAMP_KERNEL);
		observer_on_request(world, index, send->association,
		                    scenario_node_at(world->scenario, &send->remote));
	}
	if (send->association != ASSOCIATION_SERVER && !send->is_from_server_port) {
		port = (uint16_t)(PORT_FIRST + rng_below(&node->rng, PORT_COUNT));
		node->ports[send->association] = port;
	}
	world_network_send(world, index, send, port);
}

static void adjust_clock(struct simulation *world, uint32_t index,
                         const struct clock_command *command, unsigned depth)
{
	struct world_node *node = &world->nodes[index];
	struct outbox *out = &world->outboxes[depth + 1];
	const double before = node->clock.frequency;
	struct clock_adjusted adjusted = { .step_ns = command->step_ns };

	assert(depth + 1 < WORLD_NESTING_MAX);
	kept_clock_step(&node->clock, command->step_ns);
	adjusted.at.ns = kept_clock_read(&node->clock).local.ns - command->step_ns;
	kept_clock_arm_leap(&node->clock, command->leap == LEAP_INSERT   ? 1
	                                  : command->leap == LEAP_DELETE ? -1
	                                                                 : 0);
	if (command->tai_offset_s != 0)
		node->clock.tai_offset_s = command->tai_offset_s;
	adjusted.frequency = kept_clock_set_frequency(&node->clock, command->frequency);
	node->commanded_frequency = adjusted.frequency;
	out->count = 0;
	node_on_clock_adjusted(node->node, &adjusted, kept_clock_read(&node->clock), out);
	observer_on_adjusted(world, index, before, &adjusted);
	carry_out(world, index, out, depth + 1);
}

/* What the operating system may do instead of what was asked for. */
static void fail(struct simulation *world, uint32_t index, const struct action *action,
                 unsigned depth)
{
	struct world_node *node = &world->nodes[index];
	const struct instant now = kept_clock_read(&node->clock);
	struct outbox *out = &world->outboxes[depth + 1];

	assert(depth + 1 < WORLD_NESTING_MAX);
	if (action->kind == ACTION_SEND && action->send.association != ASSOCIATION_SERVER)
		node_on_not_sent(node->node, action->send.association, now);
	else if (action->kind == ACTION_RESOLVE)
		node_on_resolved(node->node, action->resolve.request, NULL, 0, now, out);
	else if (action->kind == ACTION_ADJUST_CLOCK)
		node_on_clock_adjusted(node->node,
		                       &(struct clock_adjusted){ .at = now.local, .error = EPERM },
		                       now, out);
	carry_out(world, index, out, depth + 1);
}

static void carry_out_one(struct simulation *world, uint32_t index, struct action *action,
                          unsigned depth)
{
	struct world_node *node = &world->nodes[index];

	if (++world->calls_count == world->options.fail_at_call) {
		fail(world, index, action, depth);
		return;
	}
	switch (action->kind) {
	case ACTION_SEND:
		send(world, index, &action->send);
		break;
	case ACTION_CLOSE:
		assert(action->close_association < NODE_SOURCES_MAX);
		node->ports[action->close_association] = 0;
		break;
	case ACTION_RESOLVE:
		world_network_resolve(world, index, action->resolve.request, action->resolve.name,
		                      (enum address_family)action->resolve.family);
		break;
	case ACTION_ADJUST_CLOCK:
		adjust_clock(world, index, &action->clock, depth);
		break;
	case ACTION_SET_RTC:
		world_rtc_set(world, node, action->rtc_second);
		break;
	case ACTION_SAVE:
		world_process_save(node, action);
		break;
	case ACTION_GIVE_UP:
		observer_violation(world, index, VIOLATION_GAVE_UP, 0, 0);
		node->is_ended = true;
		break;
	}
}

static void carry_out(struct simulation *world, uint32_t index, struct outbox *out, unsigned depth)
{
	for (size_t i = 0; i < out->count && !world->nodes[index].is_ended; i++)
		carry_out_one(world, index, &out->actions[i], depth);
	out->count = 0;
}

/* ---- events ---- */

static void wake_up(const struct simulation *world, struct world_node *node)
{
	const int64_t passed_ns = world->now_ns - node->asleep_from_ns;

	node->is_asleep = false;
	kept_clock_sleep(&node->clock, node->asleep_from_ticks_ns);
	if (node->is_guest) {
		kept_clock_step(&node->clock, -passed_ns);
		node->last_local_ns = INT64_MIN;
	} else {
		node->was_set = true;
	}
}

/* What the clock's driver sees of others: that it was set, at once; another frequency than the
 * commanded one, when it looks. */
static void notice(struct simulation *world, uint32_t index)
{
	struct world_node *node = &world->nodes[index];
	struct outbox *out = &world->outboxes[0];
	const bool was_set = node->was_set;
	const bool is_look_due = world->now_ns - node->touched_looked_ns >= TOUCHED_LOOK_NS;
	int64_t lost_ns;

	node->was_set = false;
	if (was_set)
		node_on_clock_disturbed(node->node, CLOCK_DISTURBED_SET,
		                        kept_clock_read(&node->clock), out);
	carry_out(world, index, out, 0);
	if (!is_look_due)
		return;
	node->touched_looked_ns = world->now_ns;
	if (node->clock.frequency != node->commanded_frequency)
		node_on_clock_disturbed(node->node, CLOCK_DISTURBED_RATE,
		                        kept_clock_read(&node->clock), out);
	carry_out(world, index, out, 0);
	lost_ns = world_rtc_lost_ns(world, node);
	if (lost_ns > 0)
		node_on_machine_stopped(node->node, lost_ns, kept_clock_read(&node->clock), out);
	carry_out(world, index, out, 0);
}

/* What each event begins with; NULL when there is nobody to tell. */
static struct world_node *wake(struct simulation *world, uint32_t index, struct instant *now_out)
{
	struct world_node *node = &world->nodes[index];

	if (!node->node || node->is_ended || node->paused_until_ns > world->now_ns)
		return NULL;
	kept_clock_advance(&node->clock, world->now_ns);
	if (node->is_asleep)
		wake_up(world, node);
	if (!node->was_set) /* else the driver is about to say so */
		observer_look_before(world, index);
	notice(world, index);
	*now_out = kept_clock_read(&node->clock);
	return node;
}

static void finish(struct simulation *world, uint32_t index)
{
	carry_out(world, index, &world->outboxes[0], 0);
	world_node_schedule(world, index);
	observer_look(world, index, false);
}

void world_node_start(struct simulation *world, uint32_t index)
{
	struct instant now;
	struct world_node *node = wake(world, index, &now);
	const struct address ours[] = { scenario_address(index, ADDRESS_IPV4),
		                        scenario_address(index, ADDRESS_IPV6) };

	if (!node)
		return;
	node_on_addresses(node->node, ours, ARRAY_COUNT(ours));
	node_on_start(node->node, now, &world->outboxes[0]);
	finish(world, index);
}

static bool is_restart_due(const struct simulation *world, const struct world_node *node)
{
	return node->restart_ns <= world->now_ns && node->paused_until_ns <= world->now_ns;
}

void world_node_on_deadline(struct simulation *world, uint32_t index)
{
	struct instant now;
	struct world_node *node = &world->nodes[index];

	if (is_restart_due(world, node)) {
		world_process_begin(world, index);
		world_node_start(world, index);
		return;
	}
	node = wake(world, index, &now);
	if (!node) { /* a process that stands still does it all when it wakes */
		world->nodes[index].due_ns = world->nodes[index].is_ended
		                                     ? NEVER_NS
		                                     : world->nodes[index].paused_until_ns;
		return;
	}
	if (node->rtc_edge_ns <= world->now_ns) {
		world_rtc_on_edge(world, node, now, &world->outboxes[0]);
		finish(world, index);
		return;
	}
	if (now.mono.ns < node_deadline(node->node).ns) { /* the oscillator wandered meanwhile */
		world_node_schedule(world, index);
		return;
	}
	node_on_deadline(node->node, now, &world->outboxes[0]);
	finish(world, index);
}

/* Whose socket has this port? */
static bool find_socket(const struct world_node *node, uint16_t port, uint32_t *association_out)
{
	*association_out = ASSOCIATION_SERVER;
	if (port == NTP_PORT)
		return true;
	for (uint32_t i = 0; i < NODE_SOURCES_MAX; i++) {
		if (node->ports[i] == port) {
			*association_out = i;
			return true;
		}
	}
	return false;
}

void world_node_on_datagram(struct simulation *world, uint32_t index, const struct flight *flight)
{
	struct instant now;
	struct world_node *node = wake(world, index, &now);
	struct datagram datagram = { .remote = flight->remote,
		                     .local = flight->local,
		                     .stamp = STAMP_KERNEL,
		                     .bytes = flight->bytes,
		                     .length_bytes = flight->length_bytes };

	if (!node || !find_socket(node, flight->port, &datagram.association))
		return;
	datagram.received = now.local;
	node_on_received(node->node, &datagram, now, &world->outboxes[0]);
	observer_on_replies(world, index, flight, &world->outboxes[0]);
	finish(world, index);
}

void world_node_on_signal(struct simulation *world, uint32_t index, uint32_t refclock,
                          struct receiver *receiver, uint32_t slot)
{
	struct instant now;
	struct world_node *node = wake(world, index, &now);
	uint8_t bytes[RECEIVER_BYTES];
	struct refclock_event event;
	struct receiver_moment moment = {
		.true_ns = world->now_ns,
		.start = scenario_true_start(world->scenario, world->now_ns),
		.tai_offset_s = scenario_tai_offset_s(world->scenario, world->now_ns),
	};

	if (!node)
		return;
	moment.now = now.local;
	if (!receiver_event(receiver, slot, &moment, &node->plan->config->refclocks[refclock],
	                    bytes, &event))
		return;
	node_on_refclock(node->node, refclock, &event, now, &world->outboxes[0]);
	finish(world, index);
}

void world_node_on_resolved(struct simulation *world, uint32_t index,
                            const struct resolution *resolution)
{
	struct instant now;
	struct world_node *node = wake(world, index, &now);

	if (!node)
		return;
	node_on_resolved(node->node, resolution->request, resolution->addresses, resolution->count,
	                 now, &world->outboxes[0]);
	finish(world, index);
}

static void touch_clock(struct simulation *world, uint32_t index, const struct settings *settings)
{
	struct world_node *node = &world->nodes[index];
	struct clock_change change = { 0 };
	struct instant now;

	settings_apply(settings, &change);
	kept_clock_advance(&node->clock, world->now_ns);
	node->clock.oscillator.options.frequency += change.frequency;
	node->clock.frequency += change.rate;
	kept_clock_step(&node->clock, llrint(change.step_s * 1e9));
	node->last_local_ns = INT64_MIN; /* it is not the node that went back */
	node->was_set |= change.step_s != 0;
	if (node->was_set && wake(world, index, &now))
		finish(world, index);
	world_node_schedule(world, index);
}

static void suspend(struct simulation *world, const struct script_event *event)
{
	struct world_node *node = &world->nodes[event->a];

	kept_clock_advance(&node->clock, world->now_ns);
	node->paused_until_ns = world->now_ns + event->duration_ns;
	node->is_asleep = true;
	node->is_guest = !event->is_on;
	node->asleep_from_ns = world->now_ns;
	node->asleep_from_ticks_ns = node->clock.oscillator.ticks_ns;
}

void world_node_crash(struct simulation *world, uint32_t index, int64_t duration_ns)
{
	kept_clock_advance(&world->nodes[index].clock, world->now_ns);
	world_process_end(world, index, duration_ns);
	world_node_schedule(world, index);
}

/* What is said to a process that stands still waits in its socket. */
static bool waits_for_process(struct simulation *world, const struct script_event *event)
{
	const struct world_node *node = &world->nodes[event->a];

	return node->node && node->paused_until_ns > world->now_ns &&
	       event_queue_add(
		       &world->queue,
		       (struct event){ .at_ns = node->paused_until_ns,
	                               .kind = EVENT_SCRIPT,
	                               .who = (uint32_t)(event - world->scenario->events) });
}

void world_node_on_script(struct simulation *world, const struct script_event *event)
{
	struct instant now;
	struct world_node *node;

	if (event->kind == SCRIPT_CLOCK) {
		touch_clock(world, event->a, &event->settings);
	} else if (event->kind == SCRIPT_PAUSE) {
		world->nodes[event->a].paused_until_ns = world->now_ns + event->duration_ns;
	} else if (event->kind == SCRIPT_SUSPEND) {
		suspend(world, event);
	} else if (event->kind == SCRIPT_CRASH) {
		world_node_crash(world, event->a, event->duration_ns);
	} else if (event->kind == SCRIPT_ONLINE) {
		if (waits_for_process(world, event))
			return;
		node = wake(world, event->a, &now);
		if (!node)
			return;
		node_command_online(node->node, event->is_on, now, &world->outboxes[0]);
		finish(world, event->a);
	}
}

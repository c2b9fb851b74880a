/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "sim/forger.h"
#include "sim/world.h"

#define NTP_PORT          123
#define RESOLVE_NS        (2 * NS_PER_MS) /* what a name server takes */
#define RESOLVE_FAILED_NS (5 * NS_PER_S)  /* when there is none */

static void carry(struct simulation *world, const struct flight *flight, int64_t delay_ns)
{
	const uint32_t index = world->free_flight;
	struct flight *free_flight;
	bool is_added;

	if (index == WORLD_FLIGHTS_MAX) {
		observer_violation(world, flight->from, VIOLATION_WORLD_FULL, WORLD_FLIGHTS_MAX, 0);
		return;
	}
	free_flight = &world->flights[index];
	world->free_flight = free_flight->next_free;
	*free_flight = *flight;
	is_added = event_queue_add(&world->queue, (struct event){ .at_ns = world->now_ns + delay_ns,
	                                                          .kind = EVENT_DATAGRAM,
	                                                          .who = index });
	assert(is_added); /* the queue has room for all flights */
}

void world_network_send(struct simulation *world, uint32_t from, const struct send_action *send,
                        uint16_t source_port)
{
	const uint32_t to = scenario_node_at(world->scenario, &send->remote);
	struct flight flight = { .from = from,
		                 .to = to,
		                 .port = send->remote.port,
		                 .length_bytes = send->length_bytes };
	int64_t delays_ns[PATH_COPIES_MAX];
	struct path *path;
	unsigned copies;

	world->nodes[from].sent_count++;
	if (to == SCENARIO_NODE_NONE || to == from)
		return;
	flight.remote = scenario_address(from, (enum address_family)send->remote.family);
	flight.remote.port = source_port;
	flight.local = scenario_address(to, (enum address_family)send->remote.family);
	memcpy(flight.bytes, send->bytes, send->length_bytes);
	path = &world->paths[from * world->nodes_count + to];
	copies = path_send(path, world->now_ns, delays_ns);
	for (unsigned i = 0; i < copies; i++)
		carry(world, &flight, delays_ns[i]);
	if (path_forge(path, &delays_ns[0])) {
		flight.length_bytes = (uint16_t)forger_alter(
			&path->rng, flight.bytes, flight.length_bytes, sizeof flight.bytes);
		carry(world, &flight, delays_ns[0]);
	}
}

void world_network_answer_ideally(struct simulation *world, const struct flight *request)
{
	struct send_action reply = { .association = ASSOCIATION_SERVER, .remote = request->remote };

	if (request->port != NTP_PORT)
		return;
	reply.length_bytes = (uint16_t)ideal_server_answer(
		&world->nodes[request->to].ideal, request->from,
		scenario_true_start(world->scenario, world->now_ns), world->now_ns, request->bytes,
		request->length_bytes, reply.bytes);
	if (reply.length_bytes > 0)
		world_network_send(world, request->to, &reply, NTP_PORT);
}

struct flight world_network_arrive(struct simulation *world, uint32_t flight_index)
{
	struct flight *place = &world->flights[flight_index];
	const struct flight flight = *place;

	place->next_free = world->free_flight;
	world->free_flight = flight_index;
	world->nodes[flight.to].received_count++;
	return flight;
}

/* ---- names ---- */

/* IPv6 only on demand, so that no server turns up twice. */
static void add_address(struct resolution *resolution, uint32_t node, enum address_family family)
{
	resolution->addresses[resolution->count++] =
		scenario_address(node, family == ADDRESS_IPV6 ? ADDRESS_IPV6 : ADDRESS_IPV4);
}

static const struct scenario_pool *find_pool(const struct scenario *scenario, const char *name)
{
	for (size_t i = 0; i < scenario->pools_count; i++) {
		if (strcmp(scenario->pools[i].name, name) == 0)
			return &scenario->pools[i];
	}
	return NULL;
}

void world_network_resolve(struct simulation *world, uint32_t node, uint32_t request,
                           const char *name, enum address_family family)
{
	const struct scenario *scenario = world->scenario;
	struct resolution *resolution = &world->resolutions[world->resolutions_next];
	const struct scenario_pool *pool = find_pool(scenario, name);
	const uint32_t target = scenario_find(scenario, name);
	const int64_t takes_ns = world->is_dns_down ? RESOLVE_FAILED_NS : RESOLVE_NS;
	bool is_added;

	*resolution = (struct resolution){ .request = request };
	if (pool && !world->is_dns_down) {
		for (size_t i = 0; i < pool->count; i++)
			add_address(resolution, pool->members[i], family);
	} else if (target != SCENARIO_NODE_NONE && !world->is_dns_down) {
		add_address(resolution, target, family);
	}
	is_added =
		event_queue_add(&world->queue, (struct event){ .at_ns = world->now_ns + takes_ns,
	                                                       .kind = EVENT_RESOLVED,
	                                                       .who = node,
	                                                       .what = world->resolutions_next });
	assert(is_added);
	world->resolutions_next = (world->resolutions_next + 1) % WORLD_RESOLUTIONS_MAX;
}

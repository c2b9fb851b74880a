/* SPDX-License-Identifier: MIT
 *
 * One node against ideal servers on a plain network: delays are constant, so every number can be
 * foretold. The richer worlds are in scenarios/. */
#include "node/node.h"
#include "testing/check.h"
#include "timescale/ntp_time.h"
#include "wire/ntp_header.h"

#include <stdlib.h>

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

struct world {
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

static void remember(void *to, const struct trace_event *event)
{
	struct world *world = to;

	world->last[event->kind] = *event;
	world->seen[event->kind]++;
}

static struct instant now(const struct world *world)
{
	return (struct instant){ .mono = { world->mono_ns }, .local = { world->local_ns } };
}

/* True time passes: the oscillator is off, and the clock runs by it and by its correction. */
static void pass(struct world *world, int64_t true_ns)
{
	const double free_ns = (double)true_ns * (1 + world->oscillator);

	world->true_ns += true_ns;
	world->mono_ns += llrint(free_ns);
	world->local_ns += llrint(free_ns * (1 + world->correction));
}

static void answer(struct world *world, const struct send_action *send)
{
	const unsigned which = send->remote.bytes[3];
	const struct ideal_server *server = &world->servers[which];
	const int64_t there_ns = START_NS + world->true_ns + DELAY_NS / 2 + server->error_ns;
	struct reader in = reader_over(send->bytes, send->length_bytes);
	struct ntp_header request, reply = { 0 };
	struct reply *slot = world->replies;
	struct writer out;

	CHECK_EQ(ntp_header_decode(&in, &request), 0);
	if (!server->is_there)
		return;
	while (slot->at_ns != 0) {
		slot++;
		CHECK(slot < world->replies + WAITING);
	}
	reply = (struct ntp_header){
		.leap = (uint8_t)server->leap,
		.version = request.version,
		.mode = NTP_MODE_SERVER,
		.stratum = server->kiss ? 0 : server->stratum,
		.precision_log2_s = -25,
		.reference_id = server->kiss ? server->kiss : 0x47505300,
		.origin_ntp64 = request.transmit_ntp64,
		.receive_ntp64 = ntp_time_encode((struct utc_time){ there_ns }),
		.transmit_ntp64 = ntp_time_encode((struct utc_time){ there_ns }),
		.reference_ntp64 = ntp_time_encode((struct utc_time){ there_ns - NS_PER_S }),
	};
	slot->at_ns = world->true_ns + DELAY_NS;
	slot->association = send->association;
	slot->remote = send->remote;
	out = writer_into(slot->bytes, sizeof slot->bytes);
	ntp_header_encode(&reply, &out);
}

static void adjust(struct world *world, const struct clock_command *clock)
{
	const struct clock_adjusted adjusted = { .at = { world->local_ns },
		                                 .frequency = clock->frequency,
		                                 .step_ns = clock->step_ns };
	struct outbox *more = calloc(1, sizeof *more);

	CHECK(more != NULL);
	world->steps += clock->step_ns != 0;
	world->adjusted++;
	if (clock->step_ns < 0)
		world->backwards_ns -= clock->step_ns;
	world->local_ns += clock->step_ns;
	world->correction = clock->frequency;
	world->is_synchronised_told = clock->is_synchronised;
	world->error_max_told_ns = clock->error_max_ns;
	node_on_clock_adjusted(world->node, &adjusted, now(world), more);
	for (size_t i = 0; i < more->count; i++) {
		if (more->actions[i].kind == ACTION_ADJUST_CLOCK)
			adjust(world, &more->actions[i].clock);
	}
	if (clock->step_ns != 0)
		world->error_max_told_after_step_ns = world->error_max_told_ns;
	free(more);
}

static void carry_out(struct world *world)
{
	for (size_t i = 0; i < world->out.count; i++) {
		const struct action *action = &world->out.actions[i];

		world->resolves += action->kind == ACTION_RESOLVE;
		world->saves += action->kind == ACTION_SAVE;
		world->give_ups += action->kind == ACTION_GIVE_UP;
		if (action->kind == ACTION_SEND && action->send.association != ASSOCIATION_SERVER) {
			node_on_sent(world->node, action->send.association,
			             (struct local_time){ world->local_ns }, STAMP_KERNEL);
			answer(world, &action->send);
		} else if (action->kind == ACTION_ADJUST_CLOCK) {
			adjust(world, &action->clock);
		}
	}
	world->out.count = 0;
}

/* The earliest of the replies under way, or NULL. */
static struct reply *next_reply(struct world *world)
{
	struct reply *next = NULL;

	for (unsigned i = 0; i < WAITING; i++) {
		struct reply *reply = &world->replies[i];

		if (reply->at_ns != 0 && (!next || reply->at_ns < next->at_ns))
			next = reply;
	}
	return next;
}

static void run(struct world *world, double duration_s)
{
	const int64_t end_ns = world->true_ns + llrint(duration_s * 1e9);

	for (;;) {
		const int64_t wait_ns = node_deadline(world->node).ns - world->mono_ns;
		const int64_t due_ns =
			wait_ns <= 0 ? world->true_ns
			: wait_ns > 2 * (end_ns - world->true_ns)
				? INT64_MAX
				: world->true_ns + 1 +
					  llrint((double)wait_ns / (1 + world->oscillator));
		struct reply *reply = next_reply(world);
		struct datagram datagram;

		if ((!reply || reply->at_ns > end_ns) && due_ns > end_ns)
			break;
		if (!reply || reply->at_ns > due_ns) {
			pass(world, due_ns - world->true_ns);
			node_on_deadline(world->node, now(world), &world->out);
			carry_out(world);
			continue;
		}
		pass(world, reply->at_ns - world->true_ns);
		datagram = (struct datagram){ .association = reply->association,
			                      .remote = reply->remote,
			                      .local = { .family = ADDRESS_IPV4,
			                                 .bytes = { 10, 0, 0, 99 } },
			                      .received = { world->local_ns },
			                      .stamp = STAMP_KERNEL,
			                      .bytes = reply->bytes,
			                      .length_bytes = sizeof reply->bytes };
		node_on_received(world->node, &datagram, now(world), &world->out);
		reply->at_ns = 0;
		carry_out(world);
	}
	pass(world, end_ns - world->true_ns);
}

static const struct source_options server_options = {
	.port = 123,
	.version = 4,
	.minpoll_log2_s = 6,
	.maxpoll_log2_s = 10,
	.maxsources = 4,
	.iburst = true,
	.maxdelay_s = 3,
	.maxunreach_polls = 100000,
};

/* `servers` of them, all right; the clock is offset_ns behind true time, its oscillator off. */
static struct world *world_with(unsigned servers, int64_t offset_ns, double oscillator)
{
	struct world *world = calloc(1, sizeof *world);

	CHECK(world != NULL);
	world->oscillator = oscillator;
	world->local_ns = START_NS - offset_ns;
	world->mono_ns = 1000;
	world->config.selection = (struct selection_options){ .minsources = 1,
		                                              .maxdistance_s = 3,
		                                              .maxjitter_s = 1,
		                                              .combinelimit = 3,
		                                              .reselectdist_s = 1e-4,
		                                              .stratumweight_s = 1e-3,
		                                              .maxstratum = 15 };
	world->config.discipline = (struct discipline_options){ .maxslewrate_ppm = 83333.333,
		                                                .corrtimeratio = 3,
		                                                .maxupdateskew_ppm = 1000,
		                                                .maxdrift_ppm = 100000,
		                                                .maxclockerror_ppm = 1,
		                                                .logchange_s = 1,
		                                                .driftfile_interval_s = 3600 };
	for (unsigned i = 0; i < servers; i++) {
		struct source_options *options = &world->config.sources[i];

		*options = server_options;
		memcpy(options->name,
		       (char[]){ '1', '0', '.', '0', '.', '0', '.', (char)('0' + i), 0 }, 9);
		world->servers[i] = (struct ideal_server){ .is_there = true, .stratum = 1 };
	}
	world->config.sources_count = servers;
	return world;
}

static void start(struct world *world)
{
	struct node_setup setup = { .config = &world->config,
		                    .rng = &world->rng,
		                    .trace = { remember, world },
		                    .plausible = { .floor = { FLOOR_NS } },
		                    .spent = world->spent,
		                    .precision_s = 1e-7 };

	rng_init_seed(&world->rng, 11);
	CHECK_EQ(node_create(&setup, now(world), &world->node), 0);
	node_on_start(world->node, now(world), &world->out);
	carry_out(world);
}

static void end(struct world *world)
{
	node_destroy(world->node);
	free(world);
}

static int64_t error_ns(const struct world *world)
{
	return world->local_ns - (START_NS + world->true_ns);
}

static struct node_source_status source(const struct world *world, size_t index)
{
	return node_source_status(world->node, index, now(world));
}

TEST(node_node, falls_into_step_without_stepping)
{
	struct world *world = world_with(3, 250 * NS_PER_MS, 40e-6);
	struct node_status status;

	start(world);
	run(world, 15);
	CHECK_NEAR((double)error_ns(world), 0, 1e6);
	run(world, 1000);
	status = node_status(world->node, now(world));
	CHECK(status.is_synchronised);
	CHECK_EQ(world->steps, 0);
	CHECK_NEAR((double)error_ns(world), 0, 2000);
	CHECK_NEAR(status.frequency_ppm, 40, 0.05);
	CHECK_EQ(status.stratum, 2);
	CHECK(status.bound_ns >= llabs(error_ns(world)));
	CHECK(status.bound_ns < 500 * NS_PER_US);
	CHECK(world->is_synchronised_told);
	end(world);
}

TEST(node_node, steps_when_makestep_says_so)
{
	struct world *world = world_with(1, 100 * NS_PER_S, 0);

	world->config.discipline.makestep_threshold_s = 1;
	world->config.discipline.makestep_limit = 3;
	start(world);
	run(world, 15);
	CHECK_EQ(world->steps, 1);
	CHECK_NEAR((double)error_ns(world), 0, 1e6);
	/* the command that steps cannot say yet what is true after it */
	CHECK(world->error_max_told_after_step_ns < NS_PER_S);
	end(world);
}

TEST(node_node, steps_no_more_when_programs_before_it_used_the_updates_up)
{
	struct world *world = world_with(1, 100 * NS_PER_S, 0);

	world->config.discipline.makestep_threshold_s = 1;
	world->config.discipline.makestep_limit = 3;
	world->spent.updates_count = 3;
	start(world);
	run(world, 15);
	CHECK_EQ(world->steps, 0);
	end(world);

	world = world_with(1, 100 * NS_PER_S, 0);
	world->config.discipline.makestep_threshold_s = 1;
	world->config.discipline.makestep_limit = -1; /* always may */
	world->spent.updates_count = 3;
	start(world);
	run(world, 15);
	CHECK_EQ(world->steps, 1);
	end(world);
}

TEST(node_node, names_the_falseticker_and_follows_the_others)
{
	struct world *world = world_with(4, 0, 10e-6);

	world->servers[2].error_ns = 300 * NS_PER_MS;
	start(world);
	run(world, 600);
	CHECK_EQ(source(world, 2).state, SOURCE_STATE_FALSETICKER);
	CHECK_NEAR(source(world, 2).reason[0], 300e6, 1e6);
	CHECK_EQ(world->seen[TRACE_FALSETICKER], 1);
	CHECK_NEAR((double)error_ns(world), 0, 5000);
	CHECK_EQ(node_status(world->node, now(world)).agreeing_count, 3);
	end(world);
}

TEST(node_node, does_not_move_the_clock_on_a_tie)
{
	struct world *world = world_with(4, 5 * NS_PER_MS, 0);

	world->servers[2].error_ns = world->servers[3].error_ns = 300 * NS_PER_MS;
	start(world);
	run(world, 3600);
	CHECK_EQ(source(world, 0).state, SOURCE_STATE_TIE);
	CHECK_EQ(world->adjusted, 1); /* the initial frequency and nothing else */
	CHECK_NEAR((double)error_ns(world), -5e6, 1);
	CHECK(!node_status(world->node, now(world)).is_synchronised);
	CHECK_EQ(world->seen[TRACE_NO_MAJORITY], 1);
	end(world);
}

TEST(node_node, refuses_a_server_that_says_1970)
{
	struct world *world = world_with(1, 0, 0);

	world->config.discipline.makestep_threshold_s = 1;
	world->config.discipline.makestep_limit = -1;
	world->servers[0].error_ns = -START_NS;
	start(world);
	run(world, 300);
	CHECK_EQ(source(world, 0).state, SOURCE_STATE_IMPLAUSIBLE);
	CHECK_EQ(world->steps, 0);
	CHECK_EQ(world->seen[TRACE_IMPLAUSIBLE], 1);
	CHECK_NEAR((double)error_ns(world), 0, 1);
	end(world);
}

TEST(node_node, comes_from_1970_when_makestep_lets_it)
{
	struct world *world = world_with(3, START_NS - 77, 20e-6);

	world->config.discipline.makestep_threshold_s = 1;
	world->config.discipline.makestep_limit = 3;
	start(world);
	run(world, 60);
	CHECK_EQ(world->steps, 1);
	CHECK_NEAR((double)error_ns(world), 0, 1e5);
	end(world);
}

TEST(node_node, does_not_follow_the_unsynchronised)
{
	struct world *world = world_with(1, 0, 0);

	world->servers[0].leap = LEAP_UNSYNCHRONISED;
	start(world);
	run(world, 300);
	CHECK_EQ(source(world, 0).state, SOURCE_STATE_UNSYNCHRONISED);
	CHECK(!node_status(world->node, now(world)).is_synchronised);
	end(world);
}

TEST(node_node, gives_every_refusal_its_state)
{
	struct world *world = world_with(5, 0, 0);

	world->config.sources[0].noselect = true;
	world->config.sources[1].key_id = 7;
	world->config.sources[2].offline = true;
	world->servers[3].kiss = 0x44454e59; /* DENY */
	world->servers[4].is_there = false;
	start(world);
	run(world, 30);
	CHECK_EQ(source(world, 0).state, SOURCE_STATE_NOSELECT);
	CHECK_EQ(source(world, 1).state, SOURCE_STATE_KEY_MISSING);
	CHECK_EQ(source(world, 2).state, SOURCE_STATE_OFFLINE);
	CHECK_EQ(source(world, 3).state, SOURCE_STATE_DENIED);
	CHECK_EQ(source(world, 4).state, SOURCE_STATE_NO_SAMPLES);
	CHECK_EQ(world->seen[TRACE_KISS], 1);
	world->servers[3].kiss = 0;
	node_command_online(world->node, true, now(world), &world->out);
	run(world, 30);
	CHECK(source(world, 3).weight > 0); /* the operator asks again for the one that refused */
	CHECK(source(world, 2).has_measurement);
	end(world);
}

TEST(node_node, combines_the_preferred_only)
{
	struct world *world = world_with(3, 0, 0);

	world->config.sources[1].prefer = true;
	start(world);
	run(world, 100);
	CHECK_EQ(source(world, 1).state, SOURCE_STATE_SELECTED);
	CHECK_EQ(source(world, 0).state, SOURCE_STATE_NOT_PREFERRED);
	CHECK_EQ(source(world, 2).state, SOURCE_STATE_NOT_PREFERRED);
	end(world);
}

TEST(node_node, waits_for_minsources)
{
	struct world *world = world_with(2, 0, 0);

	world->config.selection.minsources = 3;
	start(world);
	run(world, 100);
	CHECK_EQ(source(world, 0).state, SOURCE_STATE_MINSOURCES);
	CHECK(!node_status(world->node, now(world)).is_synchronised);
	end(world);
}

TEST(node_node, holds_over_with_a_growing_bound_then_says_so)
{
	struct world *world = world_with(2, 0, 0);
	int64_t before_ns;

	world->config.selection.maxdistance_s = 0.01;
	start(world);
	run(world, 500);
	before_ns = node_status(world->node, now(world)).bound_ns;
	world->servers[0].is_there = world->servers[1].is_there = false;
	run(world, 3000);
	CHECK(node_status(world->node, now(world)).is_synchronised);
	CHECK(node_status(world->node, now(world)).bound_ns > before_ns + NS_PER_MS);
	run(world, 40000);
	CHECK(!node_status(world->node, now(world)).is_synchronised);
	CHECK_EQ(node_status(world->node, now(world)).leap, LEAP_UNSYNCHRONISED);
	world->servers[0].is_there = true;
	run(world, 3000);
	CHECK(node_status(world->node, now(world)).is_synchronised);
	end(world);
}

TEST(node_node, notices_that_somebody_else_moved_the_clock)
{
	struct world *world = world_with(3, 0, 10e-6);

	start(world);
	run(world, 1000);
	world->local_ns += 3 * NS_PER_S;
	run(world, 70);
	CHECK_EQ(world->seen[TRACE_CLOCK_JUMPED], 1);
	CHECK_NEAR(world->last[TRACE_CLOCK_JUMPED].numbers[0], 3e9, 1e6);
	run(world, 120);
	CHECK_NEAR((double)error_ns(world), 0, 1e5);
	CHECK_EQ(world->steps, 0);
	end(world);
}

TEST(node_node, measures_anew_each_time_that_others_adjust_the_clock_and_says_so_now_and_then)
{
	struct world *world = world_with(1, 0, 10e-6);

	start(world);
	run(world, 100);
	for (int i = 0; i < 3; i++) {
		CHECK(node_status(world->node, now(world)).is_synchronised);
		node_on_clock_disturbed(world->node, CLOCK_DISTURBED_RATE, now(world), &world->out);
		carry_out(world);
		CHECK(!node_status(world->node, now(world)).is_synchronised);
		CHECK(!world->is_synchronised_told);
		run(world, 18);
	}
	CHECK_EQ(world->seen[TRACE_CLOCK_TOUCHED], 1);
	run(world, 60);
	node_on_clock_disturbed(world->node, CLOCK_DISTURBED_RATE, now(world), &world->out);
	carry_out(world);
	CHECK_EQ(world->seen[TRACE_CLOCK_TOUCHED], 2);
	end(world);
}

TEST(node_node, keeps_the_drift_for_the_next_start)
{
	struct world *world = world_with(1, 0, 25e-6);

	start(world);
	run(world, 4000);
	CHECK_EQ(world->saves, 2); /* the drift, and the time, which was trusted */
	node_on_exit(world->node, now(world), &world->out);
	CHECK_EQ(world->out.count, 3);
	CHECK_EQ(world->out.actions[2].save.file, STATE_FILE_TIME);
	CHECK_NEAR(atof(world->out.actions[1].save.bytes), 25, 0.1);
	end(world);
}

TEST(node_node, leaves_no_slew_behind_at_its_end)
{
	struct world *world = world_with(1, -10 * NS_PER_S, 25e-6);

	start(world);
	run(world, 20); /* ten seconds are slewed in two minutes at least */
	CHECK(fabs(world->correction) > 1e-2);
	node_on_exit(world->node, now(world), &world->out);
	carry_out(world);
	CHECK_NEAR(world->correction, 0, 1e-3);
	end(world);
}

TEST(node_node, serves_nothing_before_it_knows_and_its_own_clock_when_told_to)
{
	struct world *world = world_with(0, 0, 0);

	start(world);
	CHECK_EQ(node_status(world->node, now(world)).leap, LEAP_UNSYNCHRONISED);
	node_destroy(world->node);
	world->config.local =
		(struct local_options){ .is_on = true, .stratum = 5, .distance_s = 1 };
	start(world);
	CHECK_EQ(node_status(world->node, now(world)).stratum, 5);
	CHECK_EQ(node_status(world->node, now(world)).leap, LEAP_NONE);
	CHECK(!node_status(world->node, now(world)).is_synchronised);
	end(world);
}

static const struct address pool[] = {
	{ .family = ADDRESS_IPV4, .bytes = { 10, 0, 0, 0 } },
	{ .family = ADDRESS_IPV4, .bytes = { 10, 0, 0, 1 } },
	{ .family = ADDRESS_IPV4, .bytes = { 10, 0, 0, 1 } }, /* twice, as resolvers do */
	{ .family = ADDRESS_IPV4, .bytes = { 10, 0, 0, 2 } },
};

TEST(node_node, fills_a_pool_with_different_addresses_and_replaces_the_dead)
{
	struct world *world = world_with(1, 0, 0);

	world->config.sources[0].kind = SOURCE_POOL;
	world->config.sources[0].maxsources = 2;
	world->config.sources[0].maxpoll_log2_s = 6;
	memcpy(world->config.sources[0].name, "pool", 5);
	for (unsigned i = 0; i < 3; i++)
		world->servers[i] = (struct ideal_server){ .is_there = true, .stratum = 1 };
	start(world);
	CHECK_EQ(world->resolves, 1);
	CHECK_EQ(source(world, 0).state, SOURCE_STATE_NOT_RESOLVED);
	node_on_resolved(world->node, 0, pool, ARRAY_COUNT(pool), now(world), &world->out);
	carry_out(world);
	CHECK_EQ(node_source_count(world->node), 2);
	CHECK_EQ(source(world, 0).address.bytes[3], 0);
	CHECK_EQ(source(world, 1).address.bytes[3], 1);
	world->servers[1].is_there = false;
	run(world, 1000);
	CHECK_EQ(world->resolves, 2);
	node_on_resolved(world->node, 0, pool, ARRAY_COUNT(pool), now(world), &world->out);
	carry_out(world);
	CHECK_EQ(source(world, 1).address.bytes[3], 2);
	CHECK_EQ(world->seen[TRACE_SOURCE_REPLACED], 1);
	end(world);
}

TEST(node_node, asks_again_for_a_name_that_does_not_resolve)
{
	struct world *world = world_with(1, 0, 0);

	memcpy(world->config.sources[0].name, "host", 5);
	start(world);
	node_on_resolved(world->node, 0, NULL, 0, now(world), &world->out);
	run(world, 10);
	CHECK_EQ(world->resolves, 2);
	node_on_resolved(world->node, 0, NULL, 0, now(world), &world->out);
	run(world, 10);
	CHECK_EQ(world->resolves, 2);                                        /* 14 s, not 7 */
	node_on_resolved(world->node, 99, pool, 1, now(world), &world->out); /* nobody asked */
	end(world);
}

TEST(node_node, does_not_wait_for_a_name_that_has_no_address)
{
	struct world *world = world_with(2, 50 * NS_PER_MS, 0);

	memcpy(world->config.sources[1].name, "host", 5);
	start(world);
	run(world, 5);
	CHECK_EQ(node_status(world->node, now(world)).updates_count, 0); /* it may speak yet */
	node_on_resolved(world->node, 1, NULL, 0, now(world), &world->out);
	carry_out(world);
	run(world, 2);
	CHECK(node_status(world->node, now(world)).updates_count > 0);
	end(world);
}

TEST(node_node, observes_only_when_it_may_not_touch_the_clock)
{
	struct world *world = world_with(1, 50 * NS_PER_MS, 0);
	struct node_setup setup = { .config = &world->config,
		                    .rng = &world->rng,
		                    .plausible = { .floor = { FLOOR_NS } },
		                    .precision_s = 1e-7,
		                    .is_driftless = true };

	rng_init_seed(&world->rng, 1);
	CHECK_EQ(node_create(&setup, now(world), &world->node), 0);
	node_on_start(world->node, now(world), &world->out);
	carry_out(world);
	run(world, 100);
	CHECK_EQ(world->adjusted, 0);
	CHECK_NEAR((double)node_status(world->node, now(world)).offset_ns, 50e6, 1e5);
	CHECK(node_status(world->node, now(world)).is_synchronised);
	end(world);
}

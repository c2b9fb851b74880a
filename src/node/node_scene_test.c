/* SPDX-License-Identifier: MIT */
#include "node/node_scene_test.h"

#include <stdlib.h>

#include "base/reader.h"
#include "base/writer.h"
#include "timescale/ntp_time.h"
#include "wire/ntp_header.h"

static void remember(void *to, const struct trace_event *event)
{
	struct scene *scene = to;

	scene->last[event->kind] = *event;
	scene->seen[event->kind]++;
}

struct instant scene_now(const struct scene *scene)
{
	return (struct instant){ .mono = { scene->mono_ns }, .local = { scene->local_ns } };
}

/* True time passes: the oscillator is off, and the clock runs by it and by its correction. */
static void pass(struct scene *scene, int64_t true_ns)
{
	const double free_ns = (double)true_ns * (1 + scene->oscillator);

	scene->true_ns += true_ns;
	scene->mono_ns += llrint(free_ns);
	scene->local_ns += llrint(free_ns * (1 + scene->correction));
}

static void answer(struct scene *scene, const struct send_action *send)
{
	const unsigned which = send->remote.bytes[3];
	const struct ideal_server *server = &scene->servers[which];
	const int64_t there_ns = START_NS + scene->true_ns + DELAY_NS / 2 + server->error_ns;
	struct reader in = reader_over(send->bytes, send->length_bytes);
	struct ntp_header request, reply = { 0 };
	struct reply *slot = scene->replies;
	struct writer out;

	CHECK_EQ(ntp_header_decode(&in, &request), 0);
	if (!server->is_there)
		return;
	while (slot->at_ns != 0) {
		slot++;
		CHECK(slot < scene->replies + WAITING);
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
	slot->at_ns = scene->true_ns + DELAY_NS;
	slot->association = send->association;
	slot->remote = send->remote;
	out = writer_into(slot->bytes, sizeof slot->bytes);
	ntp_header_encode(&reply, &out);
}

static void adjust(struct scene *scene, const struct clock_command *clock)
{
	const struct clock_adjusted adjusted = { .at = { scene->local_ns },
		                                 .frequency = clock->frequency,
		                                 .step_ns = clock->step_ns };
	struct outbox *more = calloc(1, sizeof *more);

	CHECK(more != NULL);
	scene->steps += clock->step_ns != 0;
	scene->adjusted++;
	if (clock->step_ns < 0)
		scene->backwards_ns -= clock->step_ns;
	scene->local_ns += clock->step_ns;
	scene->correction = clock->frequency;
	scene->is_synchronised_told = clock->is_synchronised;
	scene->error_max_told_ns = clock->error_max_ns;
	node_on_clock_adjusted(scene->node, &adjusted, scene_now(scene), more);
	for (size_t i = 0; i < more->count; i++) {
		if (more->actions[i].kind == ACTION_ADJUST_CLOCK)
			adjust(scene, &more->actions[i].clock);
	}
	if (clock->step_ns != 0)
		scene->error_max_told_after_step_ns = scene->error_max_told_ns;
	free(more);
}

void scene_carry_out(struct scene *scene)
{
	for (size_t i = 0; i < scene->out.count; i++) {
		const struct action *action = &scene->out.actions[i];

		scene->resolves += action->kind == ACTION_RESOLVE;
		scene->saves += action->kind == ACTION_SAVE;
		scene->give_ups += action->kind == ACTION_GIVE_UP;
		if (action->kind == ACTION_SEND && action->send.association != ASSOCIATION_SERVER) {
			node_on_sent(scene->node, action->send.association,
			             (struct local_time){ scene->local_ns }, STAMP_KERNEL);
			answer(scene, &action->send);
		} else if (action->kind == ACTION_ADJUST_CLOCK) {
			adjust(scene, &action->clock);
		}
	}
	scene->out.count = 0;
}

/* The earliest of the replies under way, or NULL. */
static struct reply *next_reply(struct scene *scene)
{
	struct reply *next = NULL;

	for (unsigned i = 0; i < WAITING; i++) {
		struct reply *reply = &scene->replies[i];

		if (reply->at_ns != 0 && (!next || reply->at_ns < next->at_ns))
			next = reply;
	}
	return next;
}

void scene_run(struct scene *scene, double duration_s)
{
	const int64_t end_ns = scene->true_ns + llrint(duration_s * 1e9);

	for (;;) {
		const int64_t wait_ns = node_deadline(scene->node).ns - scene->mono_ns;
		const int64_t due_ns =
			wait_ns <= 0 ? scene->true_ns
			: wait_ns > 2 * (end_ns - scene->true_ns)
				? INT64_MAX
				: scene->true_ns + 1 +
					  llrint((double)wait_ns / (1 + scene->oscillator));
		struct reply *reply = next_reply(scene);
		struct datagram datagram;

		if ((!reply || reply->at_ns > end_ns) && due_ns > end_ns)
			break;
		if (!reply || reply->at_ns > due_ns) {
			pass(scene, due_ns - scene->true_ns);
			node_on_deadline(scene->node, scene_now(scene), &scene->out);
			scene_carry_out(scene);
			continue;
		}
		pass(scene, reply->at_ns - scene->true_ns);
		datagram = (struct datagram){ .association = reply->association,
			                      .remote = reply->remote,
			                      .local = { .family = ADDRESS_IPV4,
			                                 .bytes = { 10, 0, 0, 99 } },
			                      .received = { scene->local_ns },
			                      .stamp = STAMP_KERNEL,
			                      .bytes = reply->bytes,
			                      .length_bytes = sizeof reply->bytes };
		node_on_received(scene->node, &datagram, scene_now(scene), &scene->out);
		reply->at_ns = 0;
		scene_carry_out(scene);
	}
	pass(scene, end_ns - scene->true_ns);
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

struct scene *scene_with(unsigned servers, int64_t offset_ns, double oscillator)
{
	struct scene *scene = calloc(1, sizeof *scene);

	CHECK(scene != NULL);
	scene->oscillator = oscillator;
	scene->local_ns = START_NS - offset_ns;
	scene->mono_ns = 1000;
	scene->config.selection = (struct selection_options){ .minsources = 1,
		                                              .maxdistance_s = 3,
		                                              .maxjitter_s = 1,
		                                              .combinelimit = 3,
		                                              .reselectdist_s = 1e-4,
		                                              .stratumweight_s = 1e-3,
		                                              .maxstratum = 15 };
	scene->config.discipline = (struct discipline_options){ .maxslewrate_ppm = 83333.333,
		                                                .corrtimeratio = 3,
		                                                .maxupdateskew_ppm = 1000,
		                                                .maxdrift_ppm = 100000,
		                                                .maxclockerror_ppm = 1,
		                                                .logchange_s = 1,
		                                                .driftfile_interval_s = 3600 };
	for (unsigned i = 0; i < servers; i++) {
		struct source_options *options = &scene->config.sources[i];

		*options = server_options;
		memcpy(options->name,
		       (char[]){ '1', '0', '.', '0', '.', '0', '.', (char)('0' + i), 0 }, 9);
		scene->servers[i] = (struct ideal_server){ .is_there = true, .stratum = 1 };
	}
	scene->config.sources_count = servers;
	return scene;
}

void scene_start(struct scene *scene)
{
	struct node_setup setup = { .config = &scene->config,
		                    .rng = &scene->rng,
		                    .trace = { remember, scene },
		                    .plausible = { .floor = { FLOOR_NS } },
		                    .spent = scene->spent,
		                    .precision_s = 1e-7 };

	rng_init_seed(&scene->rng, 11);
	CHECK_EQ(node_create(&setup, scene_now(scene), &scene->node), 0);
	node_on_start(scene->node, scene_now(scene), &scene->out);
	scene_carry_out(scene);
}

void scene_end(struct scene *scene)
{
	node_destroy(scene->node);
	free(scene);
}

int64_t scene_error_ns(const struct scene *scene)
{
	return scene->local_ns - (START_NS + scene->true_ns);
}

struct node_source_status scene_source(const struct scene *scene, size_t index)
{
	return node_source_status(scene->node, index, scene_now(scene));
}

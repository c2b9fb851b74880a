/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_scene_test.h"

#define SCENE_MONO_S 5000

const struct ntp_server_time scene_own_time = {
	.leap = LEAP_NONE,
	.stratum = 3,
	.precision_log2_s = -24,
	.reference_id = 0xc6336405,
};
const uint32_t scene_our_ids[2] = { 0xc0000207, 0x7f000001 };

struct ntp_client_config scene_config(struct rng *rng)
{
	return (struct ntp_client_config){
		.association = 42,
		.remote = { .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 1 }, .port = 123 },
		.version = 4,
		.minpoll_log2_s = 6,
		.maxpoll_log2_s = 10,
		.is_online = true,
		.presend_log2_s = 100,
		.maxdelay_s = 3,
		.rng = rng,
	};
}

void scene_begin_with(struct scene *scene, const struct ntp_client_config *config)
{
	scene->now = (struct instant){ { SCENE_MONO_S * NS_PER_S }, { SCENE_LOCAL_S * NS_PER_S } };
	CHECK_EQ(ntp_client_create(config, scene->now.mono, &scene->client), 0);
}

void scene_begin(struct scene *scene)
{
	struct ntp_client_config config;

	memset(scene, 0, sizeof *scene);
	rng_init_seed(&scene->rng, 2026);
	config = scene_config(&scene->rng);
	scene_begin_with(scene, &config);
}

void scene_end(struct scene *scene)
{
	ntp_client_destroy(scene->client);
	scene->client = NULL;
}

void scene_pass(struct scene *scene, int64_t duration_ns)
{
	scene->now.mono.ns += duration_ns;
	scene->now.local.ns += duration_ns;
}

void scene_next_deadline(struct scene *scene)
{
	const int64_t wait_ns = ntp_client_deadline(scene->client).ns - scene->now.mono.ns;

	CHECK(wait_ns < 100000 * NS_PER_S);
	if (wait_ns > 0)
		scene_pass(scene, wait_ns);
	scene->out.count = 0;
	ntp_client_on_deadline(scene->client, scene->now, &scene_own_time, &scene->out);
}

static struct ntp_header request_of(const struct scene *scene)
{
	const struct action *last = &scene->out.actions[scene->out.count - 1];
	struct reader in = reader_over(last->send.bytes, last->send.length_bytes);
	struct ntp_header request;

	CHECK(scene->out.count >= 1);
	CHECK_EQ(last->kind, ACTION_SEND);
	CHECK_EQ(ntp_header_decode(&in, &request), 0);
	return request;
}

uint64_t scene_server_time(const struct scene *scene, int64_t later_ns)
{
	return ntp_time_encode((struct utc_time){ scene->now.local.ns + 250 * MS + later_ns });
}

void scene_prepare_reply(struct scene *scene)
{
	const struct ntp_header request = request_of(scene);

	scene->reply = (struct ntp_header){
		.leap = LEAP_NONE,
		.version = 4,
		.mode = NTP_MODE_SERVER,
		.stratum = 2,
		.poll_log2_s = 6,
		.precision_log2_s = -23,
		.root_delay_q16_s = ntp_time_short_encode(2 * MS),
		.root_dispersion_q16_s = ntp_time_short_encode(MS),
		.reference_id = 0xc6336401,
		.reference_ntp64 = scene_server_time(scene, -9 * NS_PER_S),
		.origin_ntp64 = request.transmit_ntp64,
		.receive_ntp64 = scene_server_time(scene, 10 * MS),
		.transmit_ntp64 = scene_server_time(scene, 10 * MS + 50 * US),
	};
	scene->tail_bytes = 0;
	scene_pass(scene, 20 * MS + 50 * US);
	scene->datagram = (struct datagram){
		.association = 42,
		.remote = { .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 1 }, .port = 123 },
		.local = { .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 7 } },
		.received = scene->now.local,
		.stamp = STAMP_KERNEL,
		.bytes = scene->bytes,
	};
}

void scene_ask(struct scene *scene)
{
	const uint64_t sent_count = ntp_client_status(scene->client).sent_count;

	while (ntp_client_status(scene->client).sent_count == sent_count)
		scene_next_deadline(scene);
	scene_prepare_reply(scene);
}

enum ntp_verdict scene_deliver_bytes(struct scene *scene, size_t length_bytes)
{
	scene->datagram.length_bytes = length_bytes;
	scene->out.count = 0;
	return ntp_client_on_received(scene->client, &scene->datagram, scene->now, scene_our_ids,
	                              ARRAY_COUNT(scene_our_ids), &scene->measurement, &scene->out);
}

enum ntp_verdict scene_deliver(struct scene *scene)
{
	struct writer bytes = writer_into(scene->bytes, NTP_HEADER_SIZE);

	ntp_header_encode(&scene->reply, &bytes);
	return scene_deliver_bytes(scene, NTP_HEADER_SIZE + scene->tail_bytes);
}

void scene_exchange(struct scene *scene, enum ntp_verdict want)
{
	scene_ask(scene);
	CHECK_EQ(scene_deliver(scene), want);
}

void scene_copy_state(const struct scene *scene, struct ntp_client *state)
{
	memcpy(state, scene->client, sizeof *state);
	memset(&state->counters, 0, sizeof state->counters);
}

void scene_check_bounces(struct scene *scene, size_t length_bytes, enum ntp_verdict want)
{
	const struct ntp_client_status status = ntp_client_status(scene->client);
	const struct rng rng = scene->rng;
	const struct mono_time deadline = ntp_client_deadline(scene->client);
	struct ntp_client_status status_after;
	struct ntp_client before, after;

	scene_copy_state(scene, &before);
	CHECK_EQ(scene_deliver_bytes(scene, length_bytes), want);
	CHECK(want > NTP_GOOD && want < NTP_KISS_RATE);
	scene_copy_state(scene, &after);
	status_after = ntp_client_status(scene->client);
	CHECK(memcmp(&before, &after, sizeof before) == 0);
	CHECK(memcmp(&rng, &scene->rng, sizeof rng) == 0);
	CHECK_EQ(scene->out.count, 0);
	CHECK_EQ(ntp_client_deadline(scene->client).ns, deadline.ns);
	CHECK_EQ(status_after.verdict_count[want], status.verdict_count[want] + 1);
	CHECK_EQ(status_after.received_count, status.received_count + 1);
	CHECK_EQ(status_after.valid_count, status.valid_count);
	CHECK_EQ(status_after.good_count, status.good_count);
	CHECK_EQ(status_after.reach, status.reach);
}

void scene_check_reply_bounces(struct scene *scene, enum ntp_verdict want)
{
	struct writer bytes = writer_into(scene->bytes, NTP_HEADER_SIZE);

	ntp_header_encode(&scene->reply, &bytes);
	scene_check_bounces(scene, NTP_HEADER_SIZE + scene->tail_bytes, want);
}

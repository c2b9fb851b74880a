/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_scene_test.h"

/* The server's real transmit time is LATE_NS after what its answer says. */
#define LATE_NS (3 * MS)

static void begin(struct scene *scene)
{
	struct ntp_client_config config;

	memset(scene, 0, sizeof *scene);
	rng_init_seed(&scene->rng, 2026);
	config = scene_config(&scene->rng);
	config.is_interleaved = true;
	scene_begin_with(scene, &config);
}

static struct ntp_header last_request(const struct scene *scene)
{
	const struct action *send = &scene->out.actions[scene->out.count - 1];
	struct reader in = reader_over(send->send.bytes, NTP_HEADER_SIZE);
	struct ntp_header header;

	CHECK_EQ(send->kind, ACTION_SEND);
	CHECK_EQ(ntp_header_decode(&in, &header), 0);
	return header;
}

/* Asks, and bends the reply as a server does that knows when the one before, which is in
 * *before, left. Returns the request. */
static struct ntp_header ask_again(struct scene *scene, const struct ntp_header *before)
{
	struct ntp_header request;

	do
		scene_next_deadline(scene);
	while (scene->out.count == 0 ||
	       scene->out.actions[scene->out.count - 1].kind != ACTION_SEND);
	request = last_request(scene);
	scene_prepare_reply(scene);
	if (request.origin_ntp64 == before->receive_ntp64) {
		scene->reply.origin_ntp64 = request.receive_ntp64;
		scene->reply.transmit_ntp64 = before->receive_ntp64 +
		                              ntp_time_encode((struct utc_time){ LATE_NS }) -
		                              ntp_time_encode((struct utc_time){ 0 });
	}
	return request;
}

TEST(ntp_client_interleaved, asks_for_the_real_time_of_the_answer_it_got)
{
	struct scene scene;
	struct ntp_header request, first;

	begin(&scene);
	scene_next_deadline(&scene);
	request = last_request(&scene);
	CHECK(request.origin_ntp64 == 0);
	CHECK(request.receive_ntp64 == 0);
	scene_prepare_reply(&scene);
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	CHECK(!scene.measurement.is_interleaved);
	first = scene.reply;

	request = ask_again(&scene, &first);
	CHECK(request.origin_ntp64 == first.receive_ntp64);
	CHECK(request.receive_ntp64 != 0);
	CHECK(request.receive_ntp64 != request.transmit_ntp64);
	CHECK(request.transmit_ntp64 != scene_server_time(&scene, 0)); /* discloses nothing */
	scene_end(&scene);
}

TEST(ntp_client_interleaved, measures_the_exchange_before_and_each_once)
{
	struct scene scene;
	struct ntp_header before;
	struct local_time sent, received;

	begin(&scene);
	scene_ask(&scene);
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	before = scene.reply;

	(void)ask_again(&scene, &before);
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	CHECK(scene.measurement.is_interleaved);
	CHECK(scene.measurement.is_repeat); /* it was measured in basic mode */
	before = scene.reply;
	received = scene.datagram.received;
	sent.ns = received.ns - 20 * MS - 50 * US;

	(void)ask_again(&scene, &before);
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	CHECK(scene.measurement.is_interleaved && !scene.measurement.is_repeat);
	CHECK_EQ(scene.measurement.sent.ns, sent.ns);
	CHECK_EQ(scene.measurement.received.ns, received.ns);
	CHECK_NEAR((double)(scene.measurement.server_received.ns - sent.ns), 260e6, 1);
	CHECK_NEAR(
		(double)(scene.measurement.server_sent.ns - scene.measurement.server_received.ns),
		(double)LATE_NS, 1);
	CHECK_EQ(ntp_client_status(scene.client).good_count, 3);
	scene_end(&scene);
}

TEST(ntp_client_interleaved, falls_back_to_basic_answers)
{
	struct scene scene;
	struct ntp_header request;

	begin(&scene);
	for (unsigned i = 0; i < 5; i++) { /* this server knows nothing of it */
		scene_exchange(&scene, NTP_GOOD);
		CHECK(!scene.measurement.is_interleaved && !scene.measurement.is_repeat);
	}
	scene_ask(&scene);
	request = last_request(&scene);
	CHECK(request.origin_ntp64 != 0);
	scene_end(&scene);
}

TEST(ntp_client_interleaved, names_a_lost_exchange_a_few_times_only)
{
	struct scene scene;
	struct ntp_header before, request;

	begin(&scene);
	scene_exchange(&scene, NTP_GOOD);
	before = scene.reply;
	for (unsigned i = 0; i < NTP_INTERLEAVE_REQUESTS_MAX; i++) {
		request = ask_again(&scene, &before);
		CHECK(request.origin_ntp64 == before.receive_ntp64);
	}
	request = ask_again(&scene, &before);
	CHECK(request.origin_ntp64 == 0);
	CHECK(request.receive_ntp64 == 0);
	scene_end(&scene);
}

TEST(ntp_client_interleaved, takes_one_answer_of_either_kind)
{
	struct scene scene;
	struct ntp_header before, request;

	begin(&scene);
	scene_exchange(&scene, NTP_GOOD);
	before = scene.reply;
	request = ask_again(&scene, &before);
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	scene_check_reply_bounces(&scene, NTP_DUPLICATE);
	scene.reply.origin_ntp64 = request.transmit_ntp64;
	scene_check_reply_bounces(&scene, NTP_DUPLICATE);
	scene_end(&scene);
}

/* CVE-2016-1548: what the server said before is no secret and must not pass as a proof. */
TEST(ntp_client_interleaved, is_not_turned_by_what_a_stranger_can_know)
{
	struct scene scene;
	struct ntp_header before;

	begin(&scene);
	scene_exchange(&scene, NTP_GOOD);
	before = scene.reply;
	(void)ask_again(&scene, &before);
	scene.reply.origin_ntp64 = before.receive_ntp64;
	scene_check_reply_bounces(&scene, NTP_BOGUS_ORIGIN);
	scene.reply.origin_ntp64 = before.transmit_ntp64;
	scene_check_reply_bounces(&scene, NTP_BOGUS_ORIGIN);
	scene.reply.origin_ntp64 = 0;
	scene_check_reply_bounces(&scene, NTP_BOGUS_ORIGIN);
	scene_end(&scene);
}

TEST(ntp_client_interleaved, compares_no_readings_across_a_step)
{
	struct scene scene;
	struct ntp_header before, request;

	begin(&scene);
	scene_exchange(&scene, NTP_GOOD);
	before = scene.reply;
	ntp_client_on_clock_stepped(scene.client, scene.now.mono, &scene.out);
	request = ask_again(&scene, &before);
	CHECK(request.origin_ntp64 == 0);
	scene_end(&scene);
}

TEST(ntp_client_interleaved, keeps_nothing_of_a_server_that_was_not_synchronised)
{
	struct scene scene;
	struct ntp_header before, request;

	begin(&scene);
	scene_ask(&scene);
	scene.reply.leap = LEAP_UNSYNCHRONISED;
	CHECK_EQ(scene_deliver(&scene), NTP_UNSYNCHRONISED);
	before = scene.reply;
	request = ask_again(&scene, &before);
	CHECK(request.origin_ntp64 == 0);
	scene_end(&scene);
}

/* The server was set by its own source between both answers. */
TEST(ntp_client_interleaved, lets_a_server_be_updated_between_answers)
{
	struct scene scene;
	struct ntp_header before;

	begin(&scene);
	scene_exchange(&scene, NTP_GOOD);
	before = scene.reply;
	(void)ask_again(&scene, &before);
	scene.reply.reference_ntp64 = scene.reply.receive_ntp64 - 5;
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	before = scene.reply;
	(void)ask_again(&scene, &before);
	scene.reply.reference_ntp64 = scene.reply.receive_ntp64 + 5;
	CHECK_EQ(scene_deliver(&scene), NTP_UNSYNCHRONISED);
	scene_end(&scene);
}

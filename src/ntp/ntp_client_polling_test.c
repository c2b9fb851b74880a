/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_scene_test.h"

TEST(ntp_client, asks_2_s_apart_until_4_were_good_then_4_times_at_growing_distances)
{
	struct ntp_client_config config;
	struct scene scene;
	int64_t last_ns;

	memset(&scene, 0, sizeof scene);
	rng_init_seed(&scene.rng, 3);
	config = scene_config(&scene.rng);
	config.iburst = true;
	scene_begin_with(&scene, &config);
	CHECK(ntp_client_deadline(scene.client).ns - scene.now.mono.ns <= NS_PER_S / 5);
	scene_next_deadline(&scene);
	last_ns = scene.now.mono.ns;
	scene_prepare_reply(&scene);
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	for (int i = 1; i < 4; i++) {
		scene_next_deadline(&scene);
		CHECK_EQ(scene.now.mono.ns - last_ns, 2 * NS_PER_S);
		last_ns = scene.now.mono.ns;
		scene_prepare_reply(&scene);
		CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	}
	CHECK_EQ(ntp_client_status(scene.client).burst_left_count, 0);
	CHECK_EQ(ntp_client_status(scene.client).reach, 0xf);
	for (int64_t wait_s = 4; wait_s < 64; wait_s *= 2) { /* what the burst did not need */
		CHECK_EQ(ntp_client_status(scene.client).interval_ns, wait_s * NS_PER_S);
		scene_next_deadline(&scene);
		CHECK_EQ(scene.now.mono.ns - last_ns, wait_s * NS_PER_S);
		last_ns = scene.now.mono.ns;
		scene_prepare_reply(&scene);
		CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	}
	CHECK_EQ(ntp_client_status(scene.client).sent_count, 8);
	CHECK(ntp_client_deadline(scene.client).ns - scene.now.mono.ns > 60 * NS_PER_S);
	scene_end(&scene);
}

TEST(ntp_client, gives_up_a_burst_after_8_requests)
{
	struct ntp_client_config config;
	struct scene scene;
	int64_t begin_ns;

	memset(&scene, 0, sizeof scene);
	rng_init_seed(&scene.rng, 3);
	config = scene_config(&scene.rng);
	config.iburst = true;
	scene_begin_with(&scene, &config);
	scene_next_deadline(&scene);
	begin_ns = scene.now.mono.ns;
	while (scene.now.mono.ns < begin_ns + 60 * NS_PER_S) {
		scene_next_deadline(&scene);
		CHECK_EQ(scene.out.count, 1); /* the next SEND takes the place of the socket */
	}
	CHECK_EQ(ntp_client_status(scene.client).sent_count, 9); /* the burst and the next poll */
	CHECK_EQ(ntp_client_status(scene.client).unanswered_count, 8);
	CHECK_EQ(ntp_client_status(scene.client).reach, 0);
	scene_end(&scene);
}

TEST(ntp_client, closes_what_it_gives_up)
{
	struct scene scene;
	int64_t sent_ns;

	scene_begin(&scene);
	scene_next_deadline(&scene);
	sent_ns = scene.now.mono.ns;
	scene_next_deadline(&scene);
	CHECK_EQ(scene.out.count, 1);
	CHECK_EQ(scene.out.actions[0].kind, ACTION_CLOSE);
	CHECK_EQ(scene.now.mono.ns - sent_ns, 7 * NS_PER_S); /* maxdelay, and 4 s for the server */
	CHECK_EQ(ntp_client_status(scene.client).unanswered_count, 1);
	scene_end(&scene);
}

TEST(ntp_client, takes_no_reply_later_than_half_a_poll)
{
	struct ntp_client_config config;
	struct scene scene;

	memset(&scene, 0, sizeof scene);
	rng_init_seed(&scene.rng, 3);
	config = scene_config(&scene.rng);
	config.minpoll_log2_s = 1;
	scene_begin_with(&scene, &config);
	scene_ask(&scene);
	scene_pass(&scene, NS_PER_S - 20 * MS - 50 * US); /* 1 s after the request */
	scene_check_reply_bounces(&scene, NTP_BOGUS_ORIGIN);
	scene_pass(&scene, -1);
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	scene_end(&scene);
}

TEST(ntp_client, keeps_the_reach_of_the_last_8_polls)
{
	struct scene scene;

	scene_begin(&scene);
	for (int i = 0; i < 10; i++)
		scene_exchange(&scene, NTP_GOOD);
	CHECK_EQ(ntp_client_status(scene.client).reach, 0xff);
	scene_ask(&scene); /* not answered */
	scene_exchange(&scene, NTP_GOOD);
	CHECK_EQ(ntp_client_status(scene.client).reach, 0xfd);
	CHECK_EQ(ntp_client_status(scene.client).unanswered_count, 0);
	for (int i = 1; i <= 9; i++) {
		scene_ask(&scene);
		scene_next_deadline(&scene);
		CHECK_EQ(ntp_client_status(scene.client).unanswered_count, i);
	}
	CHECK_EQ(ntp_client_status(scene.client).reach, 0);
	scene_end(&scene);
}

TEST(ntp_client, asks_who_is_silent_for_long_less_often)
{
	struct scene scene;
	int8_t poll;

	scene_begin(&scene);
	scene_exchange(&scene, NTP_GOOD);
	poll = ntp_client_status(scene.client).poll_log2_s;
	for (int i = 1; i <= 40; i++) {
		scene_ask(&scene);
		scene_next_deadline(&scene);
		CHECK_EQ(ntp_client_status(scene.client).poll_log2_s, i < 8    ? poll
		                                                      : i < 16 ? poll + 1
		                                                               : poll + 2);
	}
	scene_end(&scene);
}

/* How many requests it makes until the poll is over, when nobody answers. */
static uint64_t requests_in_poll(int8_t poll_log2_s)
{
	struct ntp_client_config config;
	struct scene scene;
	uint64_t count;

	memset(&scene, 0, sizeof scene);
	rng_init_seed(&scene.rng, 3);
	config = scene_config(&scene.rng);
	config.burst = true;
	scene_begin_with(&scene, &config);
	ntp_client_set_poll(scene.client, poll_log2_s, scene.now.mono);
	scene_next_deadline(&scene);
	CHECK_EQ(ntp_client_status(scene.client).sent_count, 1);
	while (ntp_client_deadline(scene.client).ns - scene.now.mono.ns < 50 * NS_PER_S)
		scene_next_deadline(&scene);
	count = ntp_client_status(scene.client).sent_count;
	scene_end(&scene);
	return count;
}

TEST(ntp_client, asks_again_when_a_poll_fails_as_far_as_minpoll_allows)
{
	CHECK_EQ(requests_in_poll(6), 1);
	CHECK_EQ(requests_in_poll(7), 2);
	CHECK_EQ(requests_in_poll(8), 4);
	CHECK_EQ(requests_in_poll(10), 4);
}

TEST(ntp_client, is_silent_while_offline)
{
	struct ntp_client_config config;
	struct scene scene;

	memset(&scene, 0, sizeof scene);
	rng_init_seed(&scene.rng, 3);
	config = scene_config(&scene.rng);
	config.is_online = false;
	config.iburst = true;
	scene_begin_with(&scene, &config);
	CHECK_EQ(ntp_client_deadline(scene.client).ns, MONO_TIME_NEVER.ns);
	ntp_client_set_online(scene.client, true, scene.now.mono);
	CHECK_EQ(ntp_client_status(scene.client).burst_left_count, 8);
	CHECK(ntp_client_status(scene.client).is_online);
	scene_exchange(&scene, NTP_GOOD);
	ntp_client_set_online(scene.client, false, scene.now.mono);
	CHECK(!ntp_client_status(scene.client).is_online);
	CHECK_EQ(ntp_client_deadline(scene.client).ns, MONO_TIME_NEVER.ns);
	scene_end(&scene);
}

TEST(ntp_client, takes_the_reply_that_comes_just_after_going_offline)
{
	struct scene scene;

	scene_begin(&scene);
	scene_ask(&scene);
	ntp_client_set_online(scene.client, false, scene.now.mono);
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	CHECK_EQ(ntp_client_deadline(scene.client).ns, MONO_TIME_NEVER.ns);
	scene_end(&scene);
}

TEST(ntp_client, drops_what_is_under_way_when_the_clock_steps)
{
	struct scene scene;

	scene_begin(&scene);
	scene_exchange(&scene, NTP_GOOD);
	scene_ask(&scene);
	scene.out.count = 0;
	ntp_client_on_clock_stepped(scene.client, scene.now.mono, &scene.out);
	CHECK_EQ(scene.out.count, 1);
	CHECK_EQ(scene.out.actions[0].kind, ACTION_CLOSE);
	scene_check_reply_bounces(&scene, NTP_BOGUS_ORIGIN);
	CHECK_EQ(ntp_client_status(scene.client).reach, 1); /* that was not the server's doing */
	CHECK(ntp_client_deadline(scene.client).ns - scene.now.mono.ns < 2 * NS_PER_S);
	scene.out.count = 0;
	ntp_client_on_clock_stepped(scene.client, scene.now.mono, &scene.out);
	CHECK_EQ(scene.out.count, 0);
	scene_end(&scene);
}

TEST(ntp_client, makes_one_request_after_a_long_sleep)
{
	struct scene scene;

	scene_begin(&scene);
	scene_exchange(&scene, NTP_GOOD);
	scene_pass(&scene, 86400 * NS_PER_S);
	scene_next_deadline(&scene);
	CHECK_EQ(scene.out.count, 1);
	scene.out.count = 0;
	ntp_client_on_deadline(scene.client, scene.now, NULL, &scene.out);
	CHECK_EQ(scene.out.count, 0);
	scene_end(&scene);
}

TEST(ntp_client, asks_again_soon_when_hurried_or_ordered_to)
{
	struct scene scene;

	scene_begin(&scene);
	scene_exchange(&scene, NTP_GOOD);
	ntp_client_hurry(scene.client, scene.now.mono);
	CHECK(ntp_client_deadline(scene.client).ns - scene.now.mono.ns < 2 * NS_PER_S);
	scene_exchange(&scene, NTP_GOOD);
	CHECK(ntp_client_deadline(scene.client).ns - scene.now.mono.ns > 60 * NS_PER_S);
	ntp_client_start_burst(scene.client, 2, 3, scene.now.mono);
	for (int i = 0; i < 2; i++) {
		CHECK(ntp_client_deadline(scene.client).ns - scene.now.mono.ns < 2 * NS_PER_S);
		scene_exchange(&scene, NTP_GOOD);
	}
	CHECK(ntp_client_deadline(scene.client).ns - scene.now.mono.ns > 60 * NS_PER_S);
	scene_end(&scene);
}

TEST(ntp_client, sends_one_request_ahead_where_polls_are_long)
{
	struct scene scene;
	struct ntp_client_config config;

	memset(&scene, 0, sizeof scene);
	rng_init_seed(&scene.rng, 2026);
	config = scene_config(&scene.rng);
	config.presend_log2_s = 7;
	scene_begin_with(&scene, &config);
	scene_exchange(&scene, NTP_GOOD);
	CHECK(!scene.measurement.is_warmup); /* at 64 s it is not needed */
	ntp_client_set_poll(scene.client, 7, scene.now.mono);
	for (unsigned i = 0; i < 3; i++) {
		const struct ntp_client_status before = ntp_client_status(scene.client);
		struct mono_time ahead;

		scene_ask(&scene);
		ahead = scene.now.mono;
		if (i != 1) { /* its answer may be missing, nobody minds */
			CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
			CHECK(scene.measurement.is_warmup);
		}
		CHECK_EQ(ntp_client_status(scene.client).reach, before.reach);
		scene_ask(&scene);
		CHECK(scene.now.mono.ns - ahead.ns < 3 * NS_PER_S);
		CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
		CHECK(!scene.measurement.is_warmup);
		CHECK_EQ(ntp_client_status(scene.client).unanswered_count, 0);
		CHECK(ntp_client_deadline(scene.client).ns - scene.now.mono.ns > 120 * NS_PER_S);
	}
	scene_end(&scene);
}

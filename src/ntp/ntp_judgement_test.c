/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_scene_test.h"

/* What is proven to answer our request, and yet is not good. One packet for each verdict. */

static void kiss(struct scene *scene, const char code[4])
{
	scene->reply.stratum = 0;
	scene->reply.leap = LEAP_UNSYNCHRONISED;
	scene->reply.reference_id = (uint32_t)code[0] << 24 | (uint32_t)code[1] << 16 |
	                            (uint32_t)code[2] << 8 | (uint32_t)code[3];
}

TEST(ntp_judgement, slows_down_on_rate_and_stays_slow)
{
	struct scene scene;

	scene_begin(&scene);
	for (int8_t poll = 7; poll <= 12; poll++) {
		scene_ask(&scene);
		kiss(&scene, "RATE");
		CHECK_EQ(scene_deliver(&scene), NTP_KISS_RATE);
		CHECK_EQ(ntp_client_status(scene.client).poll_log2_s, poll < 10 ? poll : 10);
		CHECK_EQ(scene.measurement.reference_id, 0x52415445);
		CHECK_EQ(scene.out.actions[0].kind, ACTION_CLOSE);
		CHECK_EQ(ntp_client_status(scene.client).reach, 0);
		CHECK_EQ(ntp_client_status(scene.client).unanswered_count, poll - 6);
	}
	ntp_client_set_poll(scene.client, 6, scene.now.mono);
	CHECK_EQ(ntp_client_status(scene.client).poll_log2_s, 10);
	CHECK(ntp_client_deadline(scene.client).ns - scene.now.mono.ns > 1000 * NS_PER_S);
	scene_end(&scene);
}

TEST(ntp_judgement, stops_on_deny_until_it_is_told_to_go_online)
{
	static const char *const codes[] = { "DENY", "RSTR" };

	for (size_t i = 0; i < ARRAY_COUNT(codes); i++) {
		struct scene scene;

		scene_begin(&scene);
		scene_ask(&scene);
		kiss(&scene, codes[i]);
		CHECK_EQ(scene_deliver(&scene), NTP_KISS_DENY);
		CHECK(ntp_client_status(scene.client).is_denied);
		CHECK_EQ(ntp_client_deadline(scene.client).ns, MONO_TIME_NEVER.ns);
		ntp_client_start_burst(scene.client, 4, 8, scene.now.mono);
		ntp_client_hurry(scene.client, scene.now.mono);
		CHECK_EQ(ntp_client_deadline(scene.client).ns, MONO_TIME_NEVER.ns);
		ntp_client_set_online(scene.client, true, scene.now.mono);
		CHECK(!ntp_client_status(scene.client).is_denied);
		scene_exchange(&scene, NTP_GOOD);
		scene_end(&scene);
	}
}

TEST(ntp_judgement, makes_nothing_of_other_kisses)
{
	struct scene scene;

	scene_begin(&scene);
	scene_ask(&scene);
	kiss(&scene, "INIT");
	CHECK_EQ(scene_deliver(&scene), NTP_KISS_OTHER);
	CHECK_EQ(ntp_client_status(scene.client).poll_log2_s, 6);
	CHECK_EQ(ntp_client_status(scene.client).unanswered_count, 1);
	CHECK_EQ(ntp_client_status(scene.client).reach, 0);
	scene_ask(&scene);
	kiss(&scene, "X\0\0\0");
	CHECK_EQ(scene_deliver(&scene), NTP_KISS_OTHER);
	scene_ask(&scene);
	kiss(&scene, "A BC");
	CHECK_EQ(scene_deliver(&scene), NTP_UNSYNCHRONISED);
	scene_ask(&scene);
	kiss(&scene, "AB\x7f\0");
	CHECK_EQ(scene_deliver(&scene), NTP_UNSYNCHRONISED);
	scene_ask(&scene);
	kiss(&scene, "RATE"); /* an address, 82.65.84.69 */
	scene.reply.stratum = 2;
	scene.reply.leap = LEAP_NONE;
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	scene_ask(&scene);
	kiss(&scene, "\0\0\0\0"); /* no code: just a server that does not know the time */
	CHECK_EQ(scene_deliver(&scene), NTP_UNSYNCHRONISED);
	scene_ask(&scene);
	kiss(&scene, "A\0BC");
	CHECK_EQ(scene_deliver(&scene), NTP_UNSYNCHRONISED);
	scene_end(&scene);
}

TEST(ntp_judgement, wants_both_timestamps_of_the_server)
{
	struct scene scene;

	scene_begin(&scene);
	scene_ask(&scene);
	scene.reply.receive_ntp64 = 0;
	CHECK_EQ(scene_deliver(&scene), NTP_ZERO_TIMESTAMP);
	CHECK_EQ(scene.measurement.tests & 1 << 7, 0);
	scene_ask(&scene);
	scene.reply.transmit_ntp64 = 0;
	CHECK_EQ(scene_deliver(&scene), NTP_ZERO_TIMESTAMP);
	CHECK_EQ(ntp_client_status(scene.client).reach, 0);
	scene_end(&scene);
}

TEST(ntp_judgement, wants_a_synchronised_server)
{
	struct scene scene;

	scene_begin(&scene);
	scene_ask(&scene);
	scene.reply.leap = LEAP_UNSYNCHRONISED;
	CHECK_EQ(scene_deliver(&scene), NTP_UNSYNCHRONISED);
	CHECK_EQ(scene.measurement.tests, 0x3ff & ~(1 << 5));
	for (unsigned stratum = 16; stratum < 256; stratum++) {
		scene_ask(&scene);
		scene.reply.stratum = (uint8_t)stratum;
		CHECK_EQ(scene_deliver(&scene), NTP_UNSYNCHRONISED);
	}
	scene_ask(&scene);
	scene.reply.reference_ntp64 = scene.reply.transmit_ntp64 + 1;
	CHECK_EQ(scene_deliver(&scene), NTP_UNSYNCHRONISED);
	CHECK_EQ(ntp_client_status(scene.client).reach, 0);
	scene_ask(&scene);
	scene.reply.reference_ntp64 = scene.reply.transmit_ntp64;
	scene.reply.stratum = 15;
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	scene_ask(&scene);
	scene.reply.reference_ntp64 = 0; /* not known is no reason */
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	scene_end(&scene);
}

TEST(ntp_judgement, wants_a_root_distance_below_16_s)
{
	struct scene scene;

	scene_begin(&scene);
	scene_ask(&scene);
	scene.reply.root_delay_q16_s = 16 << 16;
	scene.reply.root_dispersion_q16_s = 8 << 16;
	CHECK_EQ(scene_deliver(&scene), NTP_ROOT_DISTANCE);
	CHECK_EQ(scene.measurement.tests, 0x3ff & ~(1 << 4));
	scene_ask(&scene);
	scene.reply.root_delay_q16_s = UINT32_MAX;
	scene.reply.root_dispersion_q16_s = UINT32_MAX;
	CHECK_EQ(scene_deliver(&scene), NTP_ROOT_DISTANCE);
	CHECK_EQ(ntp_client_status(scene.client).reach, 0);
	scene_ask(&scene);
	scene.reply.root_delay_q16_s = 16 << 16;
	scene.reply.root_dispersion_q16_s = (8 << 16) - 1;
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	scene_end(&scene);
}

TEST(ntp_judgement, wants_the_server_to_take_no_less_than_nothing_and_at_most_4_s)
{
	struct scene scene;

	scene_begin(&scene);
	scene_ask(&scene);
	scene.reply.precision_log2_s = -20; /* 4096 units of 2^-32 s: noise may fill that much */
	scene.reply.transmit_ntp64 = scene.reply.receive_ntp64 - 4000;
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	scene_ask(&scene);
	scene.reply.precision_log2_s = -20;
	scene.reply.transmit_ntp64 = scene.reply.receive_ntp64 - 4200;
	CHECK_EQ(scene_deliver(&scene), NTP_SERVER_INTERVAL);
	CHECK_EQ(scene.measurement.tests, 0x3ff & ~(1 << 3));
	CHECK_EQ(ntp_client_status(scene.client).reach, 3); /* it is there, and synchronised */
	scene_ask(&scene);
	scene.reply.transmit_ntp64 = scene.reply.receive_ntp64 + (UINT64_C(4) << 32) + 8;
	CHECK_EQ(scene_deliver(&scene), NTP_SERVER_INTERVAL);
	scene_ask(&scene);
	scene.reply.receive_ntp64 = scene.reply.transmit_ntp64 + (UINT64_C(1) << 63);
	CHECK_EQ(scene_deliver(&scene), NTP_SERVER_INTERVAL);
	scene_ask(&scene); /* up to 4 s are fine when the round trip took that long */
	scene_pass(&scene, 4 * NS_PER_S - 50 * US);
	scene.datagram.received = scene.now.local;
	scene.reply.transmit_ntp64 = scene.reply.receive_ntp64 + (UINT64_C(4) << 32);
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	scene_end(&scene);
}

TEST(ntp_judgement, wants_a_round_trip_within_maxdelay)
{
	struct scene scene;

	scene_begin(&scene);
	scene_ask(&scene);
	scene.datagram.received.ns += 3 * NS_PER_S;
	CHECK_EQ(scene_deliver(&scene), NTP_DELAY_TOO_LONG);
	CHECK_EQ(scene.measurement.tests, 0x3ff & ~(1 << 3));
	scene_end(&scene);
}

TEST(ntp_judgement, forgives_a_negative_round_trip_by_the_grain_only)
{
	struct scene scene;

	scene_begin(&scene);
	scene_ask(&scene);
	scene.datagram.received.ns -= 20 * MS + 500;
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	scene_ask(&scene);
	scene.datagram.received.ns -= 20 * MS + 10 * US;
	CHECK_EQ(scene_deliver(&scene), NTP_DELAY_TOO_LONG);
	scene_ask(&scene);
	scene.datagram.received.ns -= 20 * MS + 10 * US;
	scene.reply.precision_log2_s = -16; /* 15 us */
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	scene_ask(&scene);
	scene.datagram.received.ns -= 20 * MS + 20 * MS;
	scene.reply.precision_log2_s = 127; /* not believed */
	CHECK_EQ(scene_deliver(&scene), NTP_DELAY_TOO_LONG);
	scene_ask(&scene);
	scene.datagram.received.ns -= 20 * MS + 500;
	scene.reply.precision_log2_s = -128;
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	scene_end(&scene);
}

TEST(ntp_judgement, compares_the_round_trip_with_the_shortest_of_late)
{
	struct ntp_client_config config;
	struct scene scene;
	int refused = 0;

	memset(&scene, 0, sizeof scene);
	rng_init_seed(&scene.rng, 1);
	config = scene_config(&scene.rng);
	config.maxdelayratio = 2;
	scene_begin_with(&scene, &config);
	scene_exchange(&scene, NTP_GOOD);
	scene_ask(&scene); /* what was refused for another reason is no measure */
	scene.datagram.received.ns -= 21 * MS;
	CHECK_EQ(scene_deliver(&scene), NTP_DELAY_TOO_LONG);
	scene_ask(&scene);
	scene.datagram.received.ns += 19 * MS;
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	for (;; refused++) { /* a path that has become longer is accepted in the end */
		scene_ask(&scene);
		scene.datagram.received.ns += 21 * MS;
		if (scene_deliver(&scene) == NTP_GOOD)
			break;
		CHECK_EQ(ntp_client_status(scene.client).last_verdict, NTP_DELAY_RATIO);
		CHECK_EQ(scene.measurement.tests, 0x3ff & ~(1 << 2));
		CHECK(refused < 2 * NTP_CLIENT_DELAY_WINDOW);
	}
	CHECK(refused > NTP_CLIENT_DELAY_WINDOW);
	scene_end(&scene);
}

TEST(ntp_judgement, notices_a_server_that_follows_it)
{
	struct scene scene;

	scene_begin(&scene);
	scene_ask(&scene);
	scene.reply.reference_id = scene_our_ids[1];
	CHECK_EQ(scene_deliver(&scene), NTP_LOOP);
	CHECK_EQ(scene.measurement.tests, 0x3fe);
	scene_ask(&scene);
	scene.reply.reference_id = scene_our_ids[1];
	scene.reply.stratum = 1; /* there it is a name, and no address */
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	scene_end(&scene);
}

TEST(ntp_judgement, names_the_first_test_that_failed)
{
	struct scene scene;

	scene_begin(&scene);
	scene_ask(&scene);
	scene.reply.leap = LEAP_UNSYNCHRONISED;
	scene.reply.root_dispersion_q16_s = 20 << 16;
	scene.reply.reference_id = scene_our_ids[0];
	CHECK_EQ(scene_deliver(&scene), NTP_UNSYNCHRONISED);
	CHECK_EQ(scene.measurement.tests, 0x3ff & ~(1 << 5 | 1 << 4 | 1 << 0));
	for (int verdict = 0; verdict < NTP_VERDICT_COUNT; verdict++)
		CHECK(strlen(ntp_verdict_text((enum ntp_verdict)verdict)) > 3);
	scene_end(&scene);
}

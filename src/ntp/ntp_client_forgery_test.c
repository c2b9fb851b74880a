/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_scene_test.h"

/* What comes before the proof by origin: it must leave no trace. One packet for each verdict. */

TEST(ntp_client, drops_what_is_too_short)
{
	struct scene scene;

	scene_begin(&scene);
	scene_ask(&scene);
	for (size_t length = 0; length < NTP_HEADER_SIZE; length++)
		scene_check_bounces(&scene, length, NTP_TOO_SHORT);
	scene.tail_bytes = 7;
	scene_check_reply_bounces(&scene, NTP_TOO_SHORT);
	scene.tail_bytes = 0;
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	scene_end(&scene);
}

TEST(ntp_client, passes_over_extension_fields_but_wants_them_whole)
{
	struct scene scene;

	scene_begin(&scene);
	scene_ask(&scene);
	scene.tail_bytes = 28;
	scene.bytes[NTP_HEADER_SIZE + 3] = 32;
	scene_check_reply_bounces(&scene, NTP_TOO_SHORT);
	scene.bytes[NTP_HEADER_SIZE + 3] = 28;
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	scene_end(&scene);
}

TEST(ntp_client, drops_what_another_host_or_port_sends)
{
	struct scene scene;

	scene_begin(&scene);
	scene_ask(&scene);
	scene.datagram.remote.bytes[3] = 2;
	scene_check_reply_bounces(&scene, NTP_WRONG_SENDER);
	scene.datagram.remote.bytes[3] = 1;
	scene.datagram.remote.port = 124;
	scene_check_reply_bounces(&scene, NTP_WRONG_SENDER);
	scene.datagram.remote.port = 123;
	scene.datagram.remote.family = ADDRESS_IPV6;
	scene_check_reply_bounces(&scene, NTP_WRONG_SENDER);
	scene_end(&scene);
}

TEST(ntp_client, drops_other_versions_and_modes)
{
	struct scene scene;

	scene_begin(&scene);
	scene_ask(&scene);
	for (unsigned first = 0; first < 256; first++) {
		scene.reply.leap = (uint8_t)(first >> 6);
		scene.reply.version = (uint8_t)(first >> 3 & 7);
		scene.reply.mode = (uint8_t)(first & 7);
		if (scene.reply.version < 1 || scene.reply.version > 4)
			scene_check_reply_bounces(&scene, NTP_WRONG_VERSION);
		else if (scene.reply.mode != NTP_MODE_SERVER)
			scene_check_reply_bounces(&scene, NTP_WRONG_MODE);
	}
	scene_end(&scene);
}

TEST(ntp_client, takes_a_reply_once)
{
	struct scene scene;
	struct ntp_header first;

	scene_begin(&scene);
	scene_exchange(&scene, NTP_GOOD);
	first = scene.reply;
	scene_check_reply_bounces(&scene, NTP_DUPLICATE);
	scene_ask(&scene);
	scene.reply = first;
	scene_check_reply_bounces(&scene, NTP_DUPLICATE); /* also after the next request */
	scene_end(&scene);
}

TEST(ntp_client, drops_an_answer_to_nothing)
{
	struct scene scene;

	scene_begin(&scene);
	scene_ask(&scene);
	scene.reply.origin_ntp64 ^= 1;
	scene_check_reply_bounces(&scene, NTP_BOGUS_ORIGIN);
	scene.reply.origin_ntp64 = 0;
	scene_check_reply_bounces(&scene, NTP_BOGUS_ORIGIN);
	scene_end(&scene);

	scene_begin(&scene); /* before the first request, an origin of zero must not match what is
	                   not there */
	scene.reply = (struct ntp_header){ .version = 4, .mode = NTP_MODE_SERVER, .stratum = 1 };
	scene.datagram = (struct datagram){ .bytes = scene.bytes };
	scene.datagram.remote = scene_config(NULL).remote;
	scene_check_reply_bounces(&scene, NTP_BOGUS_ORIGIN);
	scene_end(&scene);
}

TEST(ntp_client, drops_the_answer_to_an_earlier_request)
{
	struct scene scene;
	struct ntp_header first;

	scene_begin(&scene);
	scene_ask(&scene);
	first = scene.reply;
	scene_ask(&scene);
	scene.reply = first;
	scene_check_reply_bounces(&scene, NTP_BOGUS_ORIGIN);
	scene_end(&scene);
}

TEST(ntp_client, drops_authentication_that_it_did_not_ask_for)
{
	struct scene scene;

	scene_begin(&scene);
	scene_ask(&scene);
	scene.tail_bytes = NTP_MAC_SIZE_NAK;
	scene_check_reply_bounces(&scene, NTP_UNAUTHENTICATED);
	scene.tail_bytes = NTP_MAC_SIZE_SHA1;
	scene.bytes[NTP_HEADER_SIZE + 3] = 1;
	scene_check_reply_bounces(&scene, NTP_UNAUTHENTICATED);
	scene.tail_bytes = 0;
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD); /* the real reply still counts */
	scene_end(&scene);
}

TEST(ntp_client, is_not_moved_by_100000_forged_replies)
{
	struct scene scene;
	struct ntp_client before, after;
	struct rng forger;

	scene_begin(&scene);
	scene_exchange(&scene, NTP_GOOD);
	scene_ask(&scene);
	scene_copy_state(&scene, &before);
	rng_init_seed(&forger, 666);
	for (int i = 0; i < 100000; i++) {
		const struct ntp_header honest = scene.reply;

		if (i % 2)
			scene.reply.origin_ntp64 = rng_u64(&forger);
		else /* one bit off: the hardest to tell */
			scene.reply.origin_ntp64 ^= UINT64_C(1) << rng_below(&forger, 64);
		scene.reply.stratum =
			(uint8_t)rng_below(&forger, 3); /* among them kisses of death */
		scene.reply.reference_id = i % 3 ? 0x44454e59 : 0x52415445;
		scene.reply.transmit_ntp64 = rng_u64(&forger);
		CHECK_EQ(scene_deliver(&scene), NTP_BOGUS_ORIGIN);
		CHECK_EQ(scene.out.count, 0);
		scene.reply = honest;
	}
	scene_copy_state(&scene, &after);
	CHECK(memcmp(&before, &after, sizeof before) == 0);
	CHECK_EQ(ntp_client_status(scene.client).verdict_count[NTP_BOGUS_ORIGIN], 100000);
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	scene_end(&scene);
}

TEST(ntp_client, is_not_moved_by_noise)
{
	struct scene scene;
	struct rng noise;

	scene_begin(&scene);
	scene_ask(&scene);
	rng_init_seed(&noise, 667);
	for (int i = 0; i < 20000; i++) {
		struct ntp_client before, after;
		enum ntp_verdict verdict;

		scene_copy_state(&scene, &before);
		rng_fill(&noise, scene.bytes, sizeof scene.bytes);
		verdict = scene_deliver_bytes(&scene,
		                              (size_t)rng_below(&noise, sizeof scene.bytes + 1));
		CHECK(verdict > NTP_GOOD && verdict < NTP_KISS_RATE);
		scene_copy_state(&scene, &after);
		CHECK(memcmp(&before, &after, sizeof before) == 0);
	}
	scene_end(&scene);
}

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

static const struct mac_key our_key = { .type = MAC_AES128,
	                                .length_bytes = 16,
	                                .bytes = "0123456789abcdef" };
static const struct mac_key others_key = { .type = MAC_SHA1, .length_bytes = 5, .bytes = "other" };

static void begin_with_keys(struct scene *scene, struct ntp_keys *keys)
{
	struct ntp_client_config config;

	memset(scene, 0, sizeof *scene);
	memset(keys, 0, sizeof *keys);
	CHECK_EQ(ntp_keys_add(keys, 5, &our_key), 0);
	CHECK_EQ(ntp_keys_add(keys, 6, &others_key), 0);
	rng_init_seed(&scene->rng, 2026);
	config = scene_config(&scene->rng);
	config.keys = keys;
	config.key_id = 5;
	scene_begin_with(scene, &config);
}

static void seal_reply(struct scene *scene, const struct mac_key *key, uint32_t id)
{
	struct writer bytes = writer_into(scene->bytes, NTP_HEADER_SIZE);

	ntp_header_encode(&scene->reply, &bytes);
	scene->tail_bytes = ntp_keys_seal(key, id, scene->bytes, NTP_HEADER_SIZE);
}

TEST(ntp_client, asks_with_its_key_and_takes_no_other)
{
	static struct ntp_keys keys;
	struct scene scene;
	const struct send_action *request;

	begin_with_keys(&scene, &keys);
	scene_ask(&scene);
	request = &scene.out.actions[scene.out.count - 1].send;
	CHECK_EQ(request->length_bytes, NTP_HEADER_SIZE + 20);
	CHECK_EQ(request->seal_key_id, 0);
	CHECK_EQ(ntp_keys_id(request->bytes, request->length_bytes, 20), 5);
	CHECK(ntp_keys_is_valid(&our_key, request->bytes, request->length_bytes, 20));

	scene_check_reply_bounces(&scene, NTP_UNAUTHENTICATED); /* no MAC at all */
	scene.tail_bytes = NTP_MAC_SIZE_NAK;
	memset(scene.bytes + NTP_HEADER_SIZE, 0, NTP_MAC_SIZE_NAK);
	scene_check_reply_bounces(&scene, NTP_UNAUTHENTICATED);
	seal_reply(&scene, &others_key, 6); /* known to us, and another source's */
	scene_check_reply_bounces(&scene, NTP_UNAUTHENTICATED);
	seal_reply(&scene, &others_key, 5);
	scene_check_reply_bounces(&scene, NTP_UNAUTHENTICATED);
	seal_reply(&scene, &our_key, 6);
	scene_check_reply_bounces(&scene, NTP_UNAUTHENTICATED);
	seal_reply(&scene, &our_key, 7); /* in no key file */
	scene_check_reply_bounces(&scene, NTP_UNAUTHENTICATED);
	for (size_t at = NTP_HEADER_SIZE; at < NTP_HEADER_SIZE + 20; at++) {
		seal_reply(&scene, &our_key, 5);
		scene.bytes[at] ^= 0x10;
		scene_check_reply_bounces(&scene, NTP_UNAUTHENTICATED);
	}
	seal_reply(&scene, &our_key, 5);
	scene.reply.stratum++; /* is what the MAC does not say */
	scene_check_reply_bounces(&scene, NTP_UNAUTHENTICATED);
	scene.reply.stratum--;
	seal_reply(&scene, &our_key, 5);
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	CHECK(scene.measurement.is_authenticated);
	scene_check_reply_bounces(&scene, NTP_DUPLICATE); /* replayed */
	scene_end(&scene);
}

TEST(ntp_client, believes_nobody_when_its_key_is_gone)
{
	static struct ntp_keys keys;
	struct scene scene;

	begin_with_keys(&scene, &keys);
	ntp_keys_wipe(&keys);
	scene_ask(&scene);
	scene_check_reply_bounces(&scene, NTP_UNAUTHENTICATED);
	seal_reply(&scene, &our_key, 5);
	scene_check_reply_bounces(&scene, NTP_UNAUTHENTICATED);
	scene_end(&scene);
}

/* A kiss counts only with the key: a crypto-NAK, or anything unsigned, stops no association. */
TEST(ntp_client, obeys_only_kisses_with_its_key)
{
	static struct ntp_keys keys;
	struct scene scene;

	begin_with_keys(&scene, &keys);
	scene_ask(&scene);
	scene.reply.stratum = 0;
	scene.reply.reference_id = 0x44454e59; /* DENY */
	scene_check_reply_bounces(&scene, NTP_UNAUTHENTICATED);
	CHECK(!ntp_client_status(scene.client).is_denied);
	seal_reply(&scene, &our_key, 5);
	CHECK_EQ(scene_deliver(&scene), NTP_KISS_DENY);
	CHECK(ntp_client_status(scene.client).is_denied);
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

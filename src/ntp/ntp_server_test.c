/* SPDX-License-Identifier: MIT */
#include "base/rng.h"
#include "ntp/ntp_server.h"
#include "testing/check.h"
#include "timescale/ntp_time.h"
#include "wire/ntp_header.h"

/* 2026-11-22 06:30:00.123456789 */
#define RECEIVED_NS (INT64_C(1795329000) * NS_PER_S + 123456789)

static const struct ntp_server_time synchronised = {
	.leap = LEAP_INSERT,
	.stratum = 2,
	.precision_log2_s = -23,
	.root_delay_ns = 12 * NS_PER_MS,
	.root_dispersion_ns = 3 * NS_PER_MS,
	.reference_id = 0xc0000201,
	.reference = { RECEIVED_NS - 17 * NS_PER_S },
};

/* One server, its outbox, and a client's request that can be bent before it is sent. */
struct scene {
	struct ntp_server server;
	struct outbox out;
	struct mono_time now;
	struct datagram datagram;
	uint8_t bytes[256];
};

static void set_up(struct scene *scene)
{
	const struct access_rule everybody = { .is_allowed = true };

	memset(scene, 0, sizeof *scene);
	CHECK_EQ(access_add(&scene->server.access, &everybody, false), 0);
	scene->datagram = (struct datagram){
		.association = ASSOCIATION_SERVER,
		.remote = { .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 7 }, .port = 40123 },
		.local = { .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 1 } },
		.received = { RECEIVED_NS },
		.stamp = STAMP_KERNEL,
		.bytes = scene->bytes,
		.length_bytes = NTP_HEADER_SIZE,
	};
	scene->bytes[0] = 4 << 3 | NTP_MODE_CLIENT;
	for (uint8_t i = 0; i < 8; i++)
		scene->bytes[40 + i] = (uint8_t)(0xa0 + i);
}

static enum ntp_server_verdict ask(struct scene *scene, const struct ntp_server_time *time)
{
	scene->out.count = 0;
	return ntp_server_on_received(&scene->server, &scene->datagram, time, scene->now,
	                              &scene->out);
}

static struct ntp_header answer(const struct scene *scene)
{
	const struct send_action *send = &scene->out.actions[0].send;
	struct reader in = reader_over(send->bytes, send->length_bytes);
	struct ntp_header header;

	CHECK_EQ(scene->out.count, 1);
	CHECK_EQ(scene->out.actions[0].kind, ACTION_SEND);
	CHECK_EQ(ntp_header_decode(&in, &header), 0);
	return header;
}

TEST(ntp_server, answers_a_client_with_its_time)
{
	struct scene scene;
	struct ntp_header reply;

	set_up(&scene);
	scene.bytes[2] = 9;
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_ANSWERED);
	reply = answer(&scene);
	CHECK_EQ(reply.leap, LEAP_INSERT);
	CHECK_EQ(reply.version, 4);
	CHECK_EQ(reply.mode, NTP_MODE_SERVER);
	CHECK_EQ(reply.stratum, 2);
	CHECK_EQ(reply.poll_log2_s, 9);
	CHECK_EQ(reply.precision_log2_s, -23);
	CHECK_EQ(reply.root_delay_q16_s, 787); /* 786.43 rounded up */
	CHECK_EQ(reply.root_dispersion_q16_s, 197);
	CHECK_EQ(reply.reference_id, 0xc0000201);
	CHECK(reply.reference_ntp64 == ntp_time_encode(synchronised.reference));
	CHECK(reply.origin_ntp64 == 0xa0a1a2a3a4a5a6a7);
	CHECK(reply.receive_ntp64 == ntp_time_encode((struct utc_time){ RECEIVED_NS }));
	CHECK(reply.transmit_ntp64 == reply.receive_ntp64);
}

TEST(ntp_server, sends_back_where_it_came_from_and_leaves_room_for_the_late_stamp)
{
	struct scene scene;
	const struct send_action *send = &scene.out.actions[0].send;

	set_up(&scene);
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_ANSWERED);
	CHECK_EQ(send->association, ASSOCIATION_SERVER);
	CHECK(address_is_same(&send->remote, &scene.datagram.remote));
	CHECK(address_is_same_host(&send->local, &scene.datagram.local));
	CHECK_EQ(send->length_bytes, NTP_HEADER_SIZE);
	CHECK_EQ(send->transmit_at_byte, 40);
}

TEST(ntp_server, answers_symmetric_active_with_passive)
{
	struct scene scene;

	set_up(&scene);
	scene.bytes[0] = 3 << 3 | NTP_MODE_SYMMETRIC_ACTIVE;
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_ANSWERED);
	CHECK_EQ(answer(&scene).mode, NTP_MODE_SYMMETRIC_PASSIVE);
	CHECK_EQ(answer(&scene).version, 3);
}

TEST(ntp_server, admits_that_it_is_not_synchronised)
{
	static const struct ntp_server_time states[] = {
		{ .leap = LEAP_UNSYNCHRONISED, .stratum = 3, .reference_id = 0x7f000001 },
		{ .leap = LEAP_NONE, .stratum = 0, .reference_id = 0x7f000001 },
		{ .leap = LEAP_NONE, .stratum = 16, .reference_id = 0x7f000001 },
	};

	for (size_t i = 0; i < ARRAY_COUNT(states); i++) {
		struct scene scene;
		struct ntp_header reply;

		set_up(&scene);
		CHECK_EQ(ask(&scene, &states[i]), NTP_SERVER_ANSWERED);
		reply = answer(&scene);
		CHECK_EQ(reply.leap, 3);
		CHECK_EQ(reply.stratum, 0);
		CHECK_EQ(reply.reference_id, 0);
		CHECK_EQ(reply.reference_ntp64, 0);
		CHECK(reply.transmit_ntp64 != 0);
	}
}

TEST(ntp_server, serves_every_stratum_from_1_to_15)
{
	struct ntp_server_time time = synchronised;

	for (time.stratum = 1; time.stratum <= 15; time.stratum++) {
		struct scene scene;

		set_up(&scene);
		CHECK_EQ(ask(&scene, &time), NTP_SERVER_ANSWERED);
		CHECK_EQ(answer(&scene).stratum, time.stratum);
		CHECK_EQ(answer(&scene).leap, LEAP_INSERT);
		CHECK_EQ(answer(&scene).reference_id, 0xc0000201);
	}
}

/* The oracle is written as the standard's text has it, not as the code is. */
TEST(ntp_server, judges_every_first_byte_at_every_length)
{
	static const size_t lengths[] = { 0, 1, 12, 47, 48, 52, 64, 68, 72, 75, 76, 200 };

	for (unsigned first = 0; first < 256; first++) {
		for (size_t i = 0; i < ARRAY_COUNT(lengths); i++) {
			const unsigned version = first / 8 % 8, mode = first % 8;
			const size_t length = lengths[i];
			struct scene scene;
			enum ntp_server_verdict want = NTP_SERVER_ANSWERED;

			set_up(&scene);
			scene.bytes[0] = (uint8_t)first;
			scene.datagram.length_bytes = length;
			memset(scene.bytes + 48, 0x55, sizeof scene.bytes - 48); /* no fields */
			if (length == 68 || length == 72)
				want = NTP_SERVER_UNAUTHENTICATED;
			else if (length != 48)
				want = NTP_SERVER_MALFORMED;
			if (mode != 3 && mode != 1)
				want = NTP_SERVER_WRONG_MODE;
			if (version == 0 || version > 4)
				want = NTP_SERVER_WRONG_VERSION;
			if (length < 48)
				want = NTP_SERVER_TOO_SHORT;

			CHECK_EQ(ask(&scene, &synchronised), want);
			CHECK_EQ(scene.out.count, want == NTP_SERVER_ANSWERED);
			CHECK_EQ(scene.server.verdict_count[want], 1);
			if (want == NTP_SERVER_ANSWERED) {
				CHECK_EQ(answer(&scene).version, version);
				CHECK_EQ(answer(&scene).mode, mode + 1);
			}
		}
	}
}

TEST(ntp_server, ignores_whole_extension_fields_without_echoing_them)
{
	struct scene scene;

	set_up(&scene);
	scene.bytes[48] = 0x01;
	scene.bytes[49] = 0x04;
	scene.bytes[51] = 36;
	scene.datagram.length_bytes = 48 + 36;
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_ANSWERED);
	CHECK_EQ(scene.out.actions[0].send.length_bytes, 48);
	scene.bytes[51] = 35;
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_MALFORMED);
}

TEST(ntp_server, drops_what_claims_to_be_authenticated)
{
	struct scene scene;

	set_up(&scene);
	scene.datagram.length_bytes = 48 + 4; /* crypto-NAK */
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_UNAUTHENTICATED);
	scene.datagram.length_bytes = 48 + 20;
	scene.bytes[51] = 1; /* key 1, MD5 */
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_UNAUTHENTICATED);
	CHECK_EQ(scene.out.count, 0);
	CHECK_EQ(scene.server.verdict_count[NTP_SERVER_UNAUTHENTICATED], 2);
}

TEST(ntp_server, answers_with_the_key_that_it_was_asked_with)
{
	static const struct mac_key key = { .type = MAC_SHA256, .length_bytes = 3, .bytes = "abc" };
	static struct ntp_keys keys;

	memset(&keys, 0, sizeof keys);
	CHECK_EQ(ntp_keys_add(&keys, 9, &key), 0);
	for (unsigned version = 1; version <= 4; version++) {
		struct scene scene;
		struct send_action *send = &scene.out.actions[0].send;
		const size_t mac = ntp_keys_mac_bytes(&key, version);

		set_up(&scene);
		scene.server.keys = &keys;
		scene.bytes[0] = (uint8_t)(version << 3 | NTP_MODE_CLIENT);
		scene.datagram.length_bytes = 48 + ntp_keys_seal(&key, 9, scene.bytes, 48);
		CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_ANSWERED);
		CHECK_EQ(send->seal_key_id, 9);
		CHECK_EQ(send->length_bytes, 48);
		send->bytes[47] ^= 1; /* the transmit time comes last */
		ntp_server_seal(&scene.server, send);
		CHECK_EQ(send->length_bytes, scene.datagram.length_bytes);
		CHECK_EQ(ntp_keys_id(send->bytes, send->length_bytes, mac), 9);
		CHECK(ntp_keys_is_valid(&key, send->bytes, send->length_bytes, mac));
		CHECK_EQ(scene.server.authenticated_count, 1);

		scene.bytes[10] ^= 1;
		CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_UNAUTHENTICATED);
		scene.bytes[10] ^= 1;
		scene.bytes[51] ^= 1; /* number 8, which there is not */
		CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_UNAUTHENTICATED);
		CHECK_EQ(scene.out.count, 0);
		CHECK_EQ(scene.server.authenticated_count, 1);
	}
}

TEST(ntp_server, answers_only_those_who_are_allowed)
{
	struct scene scene;
	struct access_rule denied = { .prefix_bits = 24 };

	set_up(&scene);
	denied.network = scene.datagram.remote;
	CHECK_EQ(access_add(&scene.server.access, &denied, false), 0);
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_NOT_ALLOWED);
	CHECK_EQ(scene.out.count, 0);
	scene.datagram.remote.bytes[2] = 3;
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_ANSWERED);
}

TEST(ntp_server, has_no_answer_for_many_or_for_nobody)
{
	static const struct address nobody[] = {
		{ .family = ADDRESS_IPV4, .bytes = { 224, 0, 1, 1 }, .port = 123 },
		{ .family = ADDRESS_IPV4, .bytes = { 255, 255, 255, 255 }, .port = 123 },
		{ .family = ADDRESS_IPV4, .port = 123 },
		{ .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 7 }, .port = 0 },
		{ .family = ADDRESS_IPV6, .bytes = { 0xff, 5, [15] = 1 }, .port = 123 },
	};
	struct scene scene;

	for (size_t i = 0; i < ARRAY_COUNT(nobody); i++) {
		set_up(&scene);
		scene.datagram.remote = nobody[i];
		CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_NO_PORT);
		CHECK_EQ(scene.out.count, 0);
	}
	set_up(&scene);
	scene.datagram.local = nobody[0];
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_NO_PORT);
}

TEST(ntp_server, falls_silent_when_fed_its_own_answers)
{
	struct scene scene;
	struct rng rng;

	rng_init_seed(&rng, 5);
	for (int round = 0; round < 20000; round++) {
		set_up(&scene);
		rng_fill(&rng, scene.bytes, sizeof scene.bytes);
		if (round % 2 == 0) /* often a request that is answered */
			scene.bytes[0] = 4 << 3 | NTP_MODE_CLIENT;
		scene.datagram.length_bytes = round % 3 ? 48 : (size_t)rng_below(&rng, 257);
		if (ask(&scene, &synchronised) != NTP_SERVER_ANSWERED)
			continue;
		CHECK_EQ(scene.out.count, 1);
		CHECK(scene.out.actions[0].send.length_bytes <= scene.datagram.length_bytes);

		memcpy(scene.bytes, scene.out.actions[0].send.bytes, 48);
		scene.datagram.length_bytes = 48;
		CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_WRONG_MODE);
		CHECK_EQ(scene.out.count, 0);
	}
	CHECK(scene.server.verdict_count[NTP_SERVER_ANSWERED] <= 1);
}

TEST(ntp_server, never_sends_a_zero_timestamp)
{
	struct scene scene;

	set_up(&scene);
	scene.datagram.received.ns =
		INT64_C(2085978496) * NS_PER_S; /* era 1 begins: all bits zero */
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_ANSWERED);
	CHECK(answer(&scene).receive_ntp64 != 0);
	CHECK(answer(&scene).transmit_ntp64 != 0);
}

TEST(ntp_server, tells_who_asks_too_often)
{
	struct scene scene;
	struct rng rng;
	struct ntp_header kiss;
	unsigned kisses = 0;

	rng_init_seed(&rng, 3);
	set_up(&scene);
	CHECK_EQ(client_table_create(65536, &rng, &scene.server.clients), 0);
	scene.server.limit = (struct client_limit){
		.is_on = true, .interval_log2_s = 3, .burst = 4, .leak_log2 = 4, .kod_log2 = 1
	};
	for (int i = 0; i < 4; i++)
		CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_ANSWERED);
	for (int i = 0; i < 100; i++) {
		const enum ntp_server_verdict verdict = ask(&scene, &synchronised);

		CHECK_EQ(scene.out.count, verdict != NTP_SERVER_RATE_LIMITED);
		if (verdict != NTP_SERVER_KISSED)
			continue;
		kisses++;
		kiss = answer(&scene);
		CHECK_EQ(kiss.leap, 3);
		CHECK_EQ(kiss.stratum, 0);
		CHECK_EQ(kiss.reference_id, 0x52415445);
		CHECK(kiss.origin_ntp64 == 0xa0a1a2a3a4a5a6a7);
	}
	CHECK(kisses > 20);
	CHECK(scene.server.verdict_count[NTP_SERVER_RATE_LIMITED] > 20);
	scene.now.ns += 8 * NS_PER_S;
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_ANSWERED);
	client_table_destroy(scene.server.clients);
}

static void put_u64(struct scene *scene, size_t at, uint64_t value)
{
	struct writer out = writer_into(scene->bytes + at, 8);

	writer_u64(&out, value);
}

/* RFC 9769 section 2, figure 1: what the client knows of an answer brings its transmit time, once.
 */
TEST(ntp_server, says_when_the_answer_before_really_left)
{
	const struct local_time sent = { RECEIVED_NS + 5 * NS_PER_US };
	const struct local_time left = { RECEIVED_NS + 9 * NS_PER_US };
	const struct send_action *send;
	struct scene scene;
	struct ntp_header basic, reply;
	struct rng rng;

	rng_init_seed(&rng, 3);
	set_up(&scene);
	send = &scene.out.actions[0].send;
	CHECK_EQ(stamp_store_create(4096, &rng, &scene.server.stamps), 0);
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_ANSWERED);
	CHECK(!send->keeps_stamp); /* it asked for nothing of the kind */
	put_u64(&scene, 24, 1);    /* an origin that we never said */
	put_u64(&scene, 32, 0x1111);
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_ANSWERED);
	basic = answer(&scene);
	CHECK(basic.origin_ntp64 == 0xa0a1a2a3a4a5a6a7);
	CHECK(send->keeps_stamp);
	CHECK_EQ(send->transmit_at_byte, NTP_HEADER_TRANSMIT_AT);
	ntp_server_on_sent(&scene.server, basic.receive_ntp64, sent, STAMP_DAEMON);
	ntp_server_on_sent(&scene.server, basic.receive_ntp64, left, STAMP_KERNEL);

	scene.datagram.received.ns += 16 * NS_PER_S;
	put_u64(&scene, 24, basic.receive_ntp64);
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_ANSWERED);
	reply = answer(&scene);
	CHECK_EQ(reply.origin_ntp64, 0x1111);
	CHECK(reply.receive_ntp64 ==
	      ntp_time_encode((struct utc_time){ scene.datagram.received.ns }));
	CHECK(reply.transmit_ntp64 == ntp_time_encode((struct utc_time){ left.ns }));
	CHECK_EQ(send->transmit_at_byte, 0);
	CHECK(send->keeps_stamp);
	CHECK_EQ(scene.server.interleaved_count, 1);
	CHECK_EQ(scene.server.sent_stamp_count[STAMP_KERNEL], 1);
	CHECK_EQ(scene.server.sent_stamp_count[STAMP_DAEMON], 2);

	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_ANSWERED); /* a duplicate */
	CHECK(answer(&scene).origin_ntp64 == 0xa0a1a2a3a4a5a6a7);
	CHECK_EQ(send->transmit_at_byte, NTP_HEADER_TRANSMIT_AT);
	CHECK_EQ(scene.server.interleaved_count, 1);
	stamp_store_destroy(scene.server.stamps);
}

/* Neither who could not tell both kinds of answer apart, nor a peer, nor who is kissed. */
TEST(ntp_server, interleaves_for_clients_alone)
{
	struct scene scene;
	struct rng rng;

	rng_init_seed(&rng, 3);
	set_up(&scene);
	CHECK_EQ(stamp_store_create(4096, &rng, &scene.server.stamps), 0);
	stamp_store_keep(scene.server.stamps, 77, (struct stamp_store_sent){ .ntp64 = 88 });
	put_u64(&scene, 24, 77);
	put_u64(&scene, 32, 0xa0a1a2a3a4a5a6a7);
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_ANSWERED);
	CHECK(answer(&scene).transmit_ntp64 == answer(&scene).receive_ntp64);
	scene.bytes[0] = 4 << 3 | NTP_MODE_SYMMETRIC_ACTIVE;
	put_u64(&scene, 32, 5);
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_ANSWERED);
	CHECK(!scene.out.actions[0].send.keeps_stamp);
	CHECK_EQ(scene.server.interleaved_count, 0);
	CHECK_EQ(stamp_store_count(scene.server.stamps), 1);
	stamp_store_destroy(scene.server.stamps);
}

TEST(ntp_server, names_every_verdict)
{
	for (int verdict = 0; verdict < NTP_SERVER_VERDICT_COUNT; verdict++)
		CHECK(strlen(ntp_server_verdict_text((enum ntp_server_verdict)verdict)) > 3);
}

/* What a Windows computer of a domain sends: version 3, its account's number, no checksum. */
static void ask_for_signature(struct scene *scene)
{
	set_up(scene);
	scene->server.has_signer = true;
	scene->bytes[0] = 3 << 3 | NTP_MODE_CLIENT;
	scene->bytes[48] = 0x34;
	scene->bytes[49] = 0x12;
	scene->datagram.length_bytes = 68;
}

TEST(ntp_server, has_what_ms_sntp_clients_ask_for_signed)
{
	struct scene scene;
	const struct send_action *send = &scene.out.actions[0].send;

	ask_for_signature(&scene);
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_SIGNED);
	CHECK_EQ(answer(&scene).mode, NTP_MODE_SERVER);
	CHECK(send->is_to_be_signed);
	CHECK(memcmp(send->signing_key, scene.bytes + 48, 4) == 0);
	CHECK_EQ(send->transmit_at_byte, NTP_HEADER_TRANSMIT_AT);
	CHECK_EQ(send->seal_key_id, 0);
	CHECK(!send->keeps_stamp);
	ntp_server_on_unsigned(&scene.server, 1);
	CHECK_EQ(scene.server.verdict_count[NTP_SERVER_SIGNED], 0);
	CHECK_EQ(scene.server.verdict_count[NTP_SERVER_UNSIGNED], 1);
}

TEST(ntp_server, has_nothing_else_signed)
{
	struct scene scene;

	ask_for_signature(&scene);
	scene.server.has_signer = false;
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_UNAUTHENTICATED);
	ask_for_signature(&scene);
	scene.bytes[0] = 4 << 3 | NTP_MODE_CLIENT;
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_UNAUTHENTICATED);
	ask_for_signature(&scene);
	scene.bytes[67] = 1; /* a checksum: of a key of ours, or wrong */
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_UNAUTHENTICATED);
	ask_for_signature(&scene);
	scene.bytes[48] = scene.bytes[49] = 0;
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_UNAUTHENTICATED);
	ask_for_signature(&scene);
	scene.datagram.length_bytes = 120; /* [MS-SNTP] 2.2.3, which Samba does not know */
	CHECK_EQ(ask(&scene, &synchronised), NTP_SERVER_MALFORMED);
}

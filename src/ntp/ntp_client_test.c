/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_scene_test.h"

#include <errno.h>

TEST(ntp_client, discloses_nothing_in_its_request)
{
	static const uint8_t zeros[NTP_HEADER_SIZE];
	const struct send_action *send;
	struct scene scene;

	scene_begin(&scene);
	scene_next_deadline(&scene);
	CHECK_EQ(scene.out.count, 1);
	CHECK_EQ(scene.out.actions[0].kind, ACTION_SEND);
	send = &scene.out.actions[0].send;
	CHECK_EQ(send->association, 42);
	CHECK_EQ(send->remote.port, 123);
	CHECK_EQ(send->length_bytes, 48);
	CHECK_EQ(send->transmit_at_byte, 0);
	CHECK_EQ(send->bytes[0], 4 << 3 | NTP_MODE_CLIENT);
	CHECK(memcmp(send->bytes + 1, zeros, 39) == 0);
	CHECK(memcmp(send->bytes + 40, zeros, 8) != 0);
	scene_end(&scene);
}

TEST(ntp_client, measures_a_good_exchange)
{
	struct scene scene;
	const struct ntp_measurement *m = &scene.measurement;
	int64_t sent_ns;

	scene_begin(&scene);
	scene_next_deadline(&scene);
	sent_ns = scene.now.local.ns;
	scene_prepare_reply(&scene);
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	CHECK_EQ(m->sent.ns, sent_ns);
	CHECK_EQ(m->received.ns, sent_ns + 20 * MS + 50 * US);
	CHECK_EQ(m->server_received.ns, sent_ns + 260 * MS);
	CHECK_EQ(m->server_sent.ns, sent_ns + 260 * MS + 50 * US);
	CHECK_EQ(m->sent_stamp, STAMP_DAEMON);
	CHECK_EQ(m->received_stamp, STAMP_KERNEL);
	CHECK_EQ(m->stratum, 2);
	CHECK_EQ(m->version, 4);
	CHECK_EQ(m->precision_log2_s, -23);
	CHECK_NEAR((double)m->root_delay_ns, 2e6, 15259);
	CHECK_NEAR((double)m->root_dispersion_ns, 1e6, 15259);
	CHECK_EQ(m->reference_id, 0xc6336401);
	CHECK_EQ(m->tests, 0x3ff);
	CHECK_EQ(scene.out.count, 1);
	CHECK_EQ(scene.out.actions[0].kind, ACTION_CLOSE);
	CHECK_EQ(scene.out.actions[0].close_association, 42);
	scene_end(&scene);
}

TEST(ntp_client, counts_what_it_was_sent)
{
	struct scene scene;
	struct ntp_client_status status;

	scene_begin(&scene);
	scene_exchange(&scene, NTP_GOOD);
	scene_ask(&scene);
	scene.reply.leap = LEAP_UNSYNCHRONISED;
	CHECK_EQ(scene_deliver(&scene), NTP_UNSYNCHRONISED);
	scene_ask(&scene);
	scene.reply.transmit_ntp64 = 0;
	CHECK_EQ(scene_deliver(&scene), NTP_ZERO_TIMESTAMP);
	status = ntp_client_status(scene.client);
	CHECK_EQ(status.sent_count, 3);
	CHECK_EQ(status.received_count, 3);
	CHECK_EQ(status.valid_count, 2);
	CHECK_EQ(status.good_count, 1);
	CHECK_EQ(status.verdict_count[NTP_GOOD], 1);
	CHECK_EQ(status.verdict_count[NTP_UNSYNCHRONISED], 1);
	CHECK_EQ(status.last_verdict, NTP_ZERO_TIMESTAMP);
	CHECK_EQ(status.local.bytes[3], 7);
	scene_end(&scene);
}

TEST(ntp_client, takes_the_better_transmit_stamp_and_keeps_it)
{
	struct scene scene;
	int64_t sent_ns;

	scene_begin(&scene);
	scene_next_deadline(&scene);
	sent_ns = scene.now.local.ns;
	ntp_client_on_sent(scene.client, (struct local_time){ sent_ns + 5 * US }, STAMP_DAEMON);
	ntp_client_on_sent(scene.client, (struct local_time){ sent_ns + 9 * US }, STAMP_KERNEL);
	ntp_client_on_sent(scene.client, (struct local_time){ sent_ns + 99 * US }, STAMP_DAEMON);
	scene_prepare_reply(&scene);
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	CHECK_EQ(scene.measurement.sent.ns, sent_ns + 9 * US);
	CHECK_EQ(scene.measurement.sent_stamp, STAMP_KERNEL);
	scene_ask(&scene);
	ntp_client_on_sent(scene.client, (struct local_time){ sent_ns + 5 * US }, STAMP_DAEMON);
	ntp_client_on_sent(scene.client, (struct local_time){ sent_ns + 7 * US }, STAMP_DAEMON);
	CHECK_EQ(scene.client->request.sent.ns, sent_ns + 7 * US); /* of equals, the later known */
	scene_deliver(&scene);
	/* too late: no request is under way, and the next one has its own stamp */
	ntp_client_on_sent(scene.client, (struct local_time){ sent_ns }, STAMP_HARDWARE);
	scene_exchange(&scene, NTP_GOOD);
	CHECK_EQ(scene.measurement.sent_stamp, STAMP_DAEMON);
	scene_end(&scene);
}

TEST(ntp_client, sends_unpredictable_transmit_times)
{
	uint64_t always_set = UINT64_MAX, ever_set = 0, before = 0;
	struct scene scene;

	scene_begin(&scene);
	for (int i = 0; i < 200; i++) {
		uint64_t transmit;

		scene_ask(&scene);
		transmit = scene.reply.origin_ntp64;
		CHECK(transmit != before && transmit != 0);
		always_set &= transmit;
		ever_set |= transmit;
		before = transmit;
	}
	CHECK(always_set == 0);
	CHECK(ever_set == UINT64_MAX);
	scene_end(&scene);
}

/* ---- eras ---- */

TEST(ntp_client, places_times_by_the_pivot_while_the_clock_stands_before_it)
{
	const int64_t built_ns = SCENE_LOCAL_S * NS_PER_S;
	struct ntp_client_config config;
	struct scene scene;

	memset(&scene, 0, sizeof scene);
	rng_init_seed(&scene.rng, 3);
	config = scene_config(&scene.rng);
	config.era_pivot.ns = built_ns;
	scene_begin_with(&scene, &config);
	scene.now.local.ns = 0; /* a board without a battery: 1970 */
	scene_ask(&scene);
	scene.reply.receive_ntp64 = ntp_time_encode((struct utc_time){ built_ns + NS_PER_S });
	scene.reply.transmit_ntp64 = scene.reply.receive_ntp64;
	scene.reply.reference_ntp64 = 0;
	CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
	CHECK_EQ(scene.measurement.server_sent.ns, built_ns + NS_PER_S);
	CHECK_EQ(scene.measurement.received.ns, scene.now.local.ns);
	scene_end(&scene);
}

TEST(ntp_client, measures_across_the_end_of_an_era)
{
	static const int64_t ends_s[] = { 2085978496, 6380945792 }; /* 2036-02-07, 2172-03-15 */

	for (size_t i = 0; i < ARRAY_COUNT(ends_s); i++) {
		struct scene scene;

		scene_begin(&scene);
		scene.now.local.ns = ends_s[i] * NS_PER_S - 255 * MS -
		                     (ntp_client_deadline(scene.client).ns - scene.now.mono.ns);
		scene_next_deadline(
			&scene); /* T2 lies 5 ms into the new era, T1 and T4 in the old */
		scene_prepare_reply(&scene);
		CHECK(scene.reply.receive_ntp64 < UINT64_C(1) << 32);
		CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
		CHECK_EQ(scene.measurement.server_received.ns, ends_s[i] * NS_PER_S + 5 * MS);
		scene_end(&scene);
	}
}

/* ---- configuration ---- */

TEST(ntp_client, refuses_a_configuration_out_of_range)
{
	struct rng rng;
	struct ntp_client *client = NULL;
	const struct ntp_client_config good = scene_config(&rng);
	struct ntp_client_config bad[12];

	rng_init_seed(&rng, 1);
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		bad[i] = good;
	bad[0].version = 0;
	bad[1].version = 5;
	bad[2].minpoll_log2_s = -8;
	bad[3].maxpoll_log2_s = 25;
	bad[4].minpoll_log2_s = 11;
	bad[5].maxdelay_s = 0;
	bad[6].maxdelay_s = NAN;
	bad[7].maxdelayratio = -1;
	bad[8].maxdelayratio = INFINITY;
	bad[9].rng = NULL;
	bad[10].remote.port = 0;
	bad[11].remote.family = ADDRESS_NONE;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		CHECK_EQ(ntp_client_create(&bad[i], (struct mono_time){ 1 }, &client), -EINVAL);
	CHECK(client == NULL);
	for (uint8_t version = 1; version <= 4; version++) {
		struct ntp_client_config fine = good;

		fine.version = version;
		CHECK_EQ(ntp_client_create(&fine, (struct mono_time){ 1 }, &client), 0);
		ntp_client_destroy(client);
	}
	ntp_client_destroy(NULL);
}

TEST(ntp_client, works_at_every_poll)
{
	for (int8_t poll = -7; poll <= 16; poll++) {
		struct ntp_client_config config;
		struct scene scene;

		memset(&scene, 0, sizeof scene);
		rng_init_seed(&scene.rng, 3);
		config = scene_config(&scene.rng);
		config.minpoll_log2_s = poll;
		config.maxpoll_log2_s = 24;
		scene_begin_with(&scene, &config);
		for (int i = 0; i < 5; i++) {
			scene_ask(&scene);
			scene_pass(&scene,
			           -18 * MS); /* 2 ms are quick enough for 128 polls a second */
			scene.datagram.received = scene.now.local;
			scene.reply.receive_ntp64 = scene_server_time(&scene, -MS);
			scene.reply.transmit_ntp64 = scene_server_time(&scene, -MS);
			CHECK_EQ(scene_deliver(&scene), NTP_GOOD);
		}
		scene_end(&scene);
	}
}

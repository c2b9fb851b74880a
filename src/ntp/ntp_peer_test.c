/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_scene_test.h"

/* Two associations that peer with each other over a wire that the test is: what one sends is
 * delivered to the other, late stamps included, or lost. B's clock is AHEAD_NS ahead. */

#define AHEAD_NS (40 * MS)
#define WAY_NS   (5 * MS)
#define LATE_NS  (300 * US) /* that a datagram really leaves after the clock was read */

struct side {
	struct ntp_client *client;
	int64_t ahead_ns;
	struct rng rng;
	struct ntp_measurement measurement;
	enum ntp_verdict verdict;
	unsigned good_count, interleaved_count, sent_count;
	uint8_t last[NTP_HEADER_SIZE + NTP_KEYS_MAC_SIZE_MAX]; /* that it sent */
	size_t last_bytes;
	double worst_s; /* offset's error of good ones after the first */
};

struct wire {
	struct side a, b;
	int64_t mono_ns;
	unsigned lost_percent;
	struct rng rng;
};

static const struct mac_key key = { .type = MAC_MD5, .length_bytes = 4, .bytes = "peer" };
static struct ntp_keys keys = { .count = 0 };

static struct address address_of(const struct wire *wire, const struct side *side)
{
	return (struct address){ .family = ADDRESS_IPV4,
		                 .bytes = { 192, 0, 2, side == &wire->a ? 1 : 2 },
		                 .port = 123 };
}

static struct instant now_of(const struct wire *wire, const struct side *side)
{
	return (struct instant){ { wire->mono_ns },
		                 { SCENE_LOCAL_S * NS_PER_S + wire->mono_ns + side->ahead_ns } };
}

static void open_side(struct wire *wire, struct side *side, bool is_interleaved, uint32_t key_id)
{
	struct ntp_client_config config = scene_config(&side->rng);

	config.is_peer = true;
	config.is_interleaved = is_interleaved;
	config.remote = address_of(wire, side == &wire->a ? &wire->b : &wire->a);
	config.keys = &keys;
	config.key_id = key_id;
	rng_init_seed(&side->rng, side == &wire->a ? 5 : 6);
	CHECK_EQ(ntp_client_create(&config, (struct mono_time){ wire->mono_ns }, &side->client), 0);
}

static void begin(struct wire *wire, bool is_interleaved, uint32_t key_id)
{
	memset(wire, 0, sizeof *wire);
	rng_init_seed(&wire->rng, 4);
	keys.count = 0;
	CHECK_EQ(ntp_keys_add(&keys, 7, &key), 0);
	CHECK_EQ(ntp_keys_add(&keys, 8, &key), 0);
	wire->mono_ns = 5000 * NS_PER_S;
	wire->b.ahead_ns = AHEAD_NS;
	open_side(wire, &wire->a, is_interleaved, key_id);
	open_side(wire, &wire->b, is_interleaved, key_id);
}

static void end(struct wire *wire)
{
	ntp_client_destroy(wire->a.client);
	ntp_client_destroy(wire->b.client);
}

static enum ntp_verdict deliver(struct wire *wire, struct side *to, const uint8_t *bytes,
                                size_t length)
{
	const struct datagram datagram = {
		.association = ASSOCIATION_SERVER,
		.remote = address_of(wire, to == &wire->a ? &wire->b : &wire->a),
		.local = address_of(wire, to),
		.received = now_of(wire, to).local,
		.stamp = STAMP_KERNEL,
		.bytes = bytes,
		.length_bytes = length,
	};
	struct outbox out = { .count = 0 };

	to->verdict = ntp_client_on_received(to->client, &datagram, now_of(wire, to), NULL, 0,
	                                     &to->measurement, &out);
	CHECK_EQ(out.count, 0);
	return to->verdict;
}

static void check_offset(struct wire *wire, struct side *side)
{
	const struct ntp_measurement *m = &side->measurement;
	const double truth_s = (double)(side == &wire->a ? AHEAD_NS : -AHEAD_NS) * 1e-9;
	const double offset_s = (double)((m->server_received.ns - m->sent.ns) +
	                                 (m->server_sent.ns - m->received.ns)) *
	                        0.5e-9;

	side->interleaved_count += m->is_interleaved;
	if (side->good_count++ > 2)
		side->worst_s = fmax(side->worst_s, fabs(offset_s - truth_s));
}

/* What is due at this moment leaves, and arrives or is lost. */
static void send_due(struct wire *wire, struct side *from, struct side *to)
{
	struct outbox out = { .count = 0 };
	struct instant now = now_of(wire, from);
	struct send_action *send = &out.actions[0].send;

	if (ntp_client_deadline(from->client).ns > now.mono.ns)
		return;
	ntp_client_on_deadline(from->client, now, &scene_own_time, &out);
	if (out.count == 0)
		return;
	CHECK(out.count == 1 && out.actions[0].kind == ACTION_SEND && send->is_from_server_port);
	CHECK_EQ(send->bytes[0] & 7, NTP_MODE_SYMMETRIC_ACTIVE);
	if (send->transmit_at_byte != 0) {
		struct writer bytes = writer_into(send->bytes + send->transmit_at_byte, 8);

		writer_u64(&bytes, ntp_time_encode((struct utc_time){ now.local.ns }));
	}
	if (send->seal_key_id != 0)
		send->length_bytes += (uint16_t)ntp_keys_seal(&key, send->seal_key_id, send->bytes,
		                                              send->length_bytes);
	ntp_client_on_sent(from->client, now.local, STAMP_DAEMON);
	ntp_client_on_sent(from->client, (struct local_time){ now.local.ns + LATE_NS },
	                   STAMP_KERNEL);
	from->sent_count++;
	from->last_bytes = send->length_bytes;
	memcpy(from->last, send->bytes, from->last_bytes);
	if (rng_below(&wire->rng, 100) < wire->lost_percent)
		return;
	wire->mono_ns += LATE_NS + WAY_NS;
	if (deliver(wire, to, send->bytes, send->length_bytes) == NTP_GOOD &&
	    !to->measurement.is_repeat)
		check_offset(wire, to);
}

static void run(struct wire *wire, int64_t duration_ns)
{
	const int64_t end_ns = wire->mono_ns + duration_ns;

	while (wire->mono_ns < end_ns) {
		const int64_t a_ns = ntp_client_deadline(wire->a.client).ns;
		const int64_t b_ns = ntp_client_deadline(wire->b.client).ns;
		const int64_t next_ns = a_ns < b_ns ? a_ns : b_ns;

		wire->mono_ns = next_ns > wire->mono_ns ? next_ns : wire->mono_ns;
		send_due(wire, &wire->a, &wire->b);
		send_due(wire, &wire->b, &wire->a);
	}
}

TEST(ntp_peer, measures_both_ways)
{
	struct wire wire;

	begin(&wire, false, 0);
	run(&wire, 3600 * NS_PER_S);
	CHECK(wire.a.good_count > 50 && wire.b.good_count > 50);
	CHECK(wire.a.sent_count < 60 && wire.b.sent_count < 60); /* no more than the poll allows */
	CHECK(wire.a.worst_s < 2e-4 && wire.b.worst_s < 2e-4);   /* half of what stamps are late */
	CHECK(wire.a.worst_s > 1e-4);
	CHECK_EQ(wire.a.interleaved_count, 0);
	CHECK_EQ(ntp_client_status(wire.a.client).reach, 0xff);
	CHECK_EQ(ntp_client_status(wire.b.client).reach, 0xff);
	end(&wire);
}

TEST(ntp_peer, learns_real_transmit_times_in_interleaved_mode)
{
	struct wire wire;

	begin(&wire, true, 0);
	run(&wire, 3600 * NS_PER_S);
	CHECK(wire.a.interleaved_count > 40 && wire.b.interleaved_count > 40);
	CHECK(wire.a.worst_s < 1e-7 && wire.b.worst_s < 1e-7);
	end(&wire);
}

/* RFC 9769 section 3: one side wants it, the other does as it is done by. */
TEST(ntp_peer, answers_interleaved_who_is_interleaved)
{
	struct wire wire;

	begin(&wire, false, 0);
	ntp_client_destroy(wire.a.client);
	open_side(&wire, &wire.a, true, 0);
	run(&wire, 3600 * NS_PER_S);
	CHECK(wire.a.interleaved_count > 40 && wire.b.interleaved_count > 40);
	end(&wire);
}

TEST(ntp_peer, lives_with_loss_and_never_measures_wrong)
{
	for (unsigned percent = 10; percent <= 50; percent += 5) {
		for (unsigned mode = 0; mode < 2; mode++) {
			struct wire wire;

			begin(&wire, mode == 1, 7);
			wire.lost_percent = percent;
			run(&wire, 4 * 3600 * NS_PER_S);
			CHECK(wire.a.good_count + wire.b.good_count > 60);
			CHECK(wire.a.worst_s < 2e-4 && wire.b.worst_s < 2e-4);
			end(&wire);
		}
	}
}

TEST(ntp_peer, finds_back_after_the_other_was_started_anew)
{
	struct wire wire;
	unsigned before;

	begin(&wire, false, 0);
	run(&wire, 1800 * NS_PER_S);
	ntp_client_destroy(wire.b.client);
	open_side(&wire, &wire.b, false, 0);
	before = wire.a.good_count;
	run(&wire, 600 * NS_PER_S);
	CHECK(wire.a.good_count > before + 6);
	CHECK_EQ(ntp_client_status(wire.b.client).reach & 0xf, 0xf);
	end(&wire);
}

TEST(ntp_peer, polls_as_often_as_the_other)
{
	struct wire wire;

	begin(&wire, false, 0);
	ntp_client_set_poll(wire.a.client, 9, (struct mono_time){ wire.mono_ns });
	run(&wire, 3600 * NS_PER_S);
	CHECK(wire.a.sent_count > 45);
	CHECK_EQ(ntp_client_status(wire.a.client).poll_log2_s, 6);
	end(&wire);
}

static uint8_t *forge(uint8_t bytes[NTP_HEADER_SIZE], uint8_t mode, uint64_t origin_ntp64)
{
	const struct ntp_header header = { .version = 4,
		                           .mode = mode,
		                           .stratum = 1,
		                           .poll_log2_s = 3,
		                           .origin_ntp64 = origin_ntp64,
		                           .receive_ntp64 = 0x1234,
		                           .transmit_ntp64 = 0x5678 };
	struct writer out = writer_into(bytes, NTP_HEADER_SIZE);

	ntp_header_encode(&header, &out);
	return bytes;
}

static struct ntp_client state_of(const struct side *side)
{
	struct ntp_client state;

	memcpy(&state, side->client, sizeof state);
	memset(&state.counters, 0, sizeof state.counters);
	return state;
}

static void check_bounces(struct wire *wire, const uint8_t *bytes, size_t length,
                          enum ntp_verdict want)
{
	const struct ntp_client before = state_of(&wire->a);
	struct ntp_client after;

	CHECK_EQ(deliver(wire, &wire->a, bytes, length), want);
	after = state_of(&wire->a);
	CHECK(memcmp(&before, &after, sizeof before) == 0);
}

/* CVE-2015-1799 and its like: while the peer is known to hear us, what does not answer us changes
 * nothing. */
TEST(ntp_peer, is_not_moved_by_what_answers_nothing)
{
	uint8_t bytes[NTP_HEADER_SIZE];
	struct wire wire;

	begin(&wire, true, 0);
	run(&wire, 600 * NS_PER_S);
	check_bounces(&wire, forge(bytes, 1, 0), sizeof bytes, NTP_BOGUS_ORIGIN);
	check_bounces(&wire, forge(bytes, 1, 0x77), sizeof bytes, NTP_BOGUS_ORIGIN);
	check_bounces(&wire, forge(bytes, 2, 0), sizeof bytes, NTP_BOGUS_ORIGIN);
	for (uint8_t mode = 3; mode < 8; mode++)
		check_bounces(&wire, forge(bytes, mode, 0), sizeof bytes, NTP_WRONG_MODE);
	check_bounces(&wire, wire.a.last, wire.a.last_bytes, NTP_BOGUS_ORIGIN); /* reflected */
	end(&wire);
}

TEST(ntp_peer, drops_duplicates_and_replays)
{
	struct side old;
	struct wire wire;

	begin(&wire, false, 7);
	run(&wire, 300 * NS_PER_S);
	old = wire.b;
	check_bounces(&wire, old.last, old.last_bytes, NTP_DUPLICATE);
	run(&wire, 900 * NS_PER_S);
	check_bounces(&wire, old.last, old.last_bytes, NTP_BOGUS_ORIGIN);
	end(&wire);
}

/* Nothing is remembered of whom the key does not vouch for, not even at the start; and another key
 * of ours is not the peer's (CVE-2015-7974). */
TEST(ntp_peer, hears_nobody_without_its_key)
{
	uint8_t bytes[NTP_HEADER_SIZE + NTP_KEYS_MAC_SIZE_MAX];
	size_t length;
	struct wire wire;

	begin(&wire, false, 7);
	check_bounces(&wire, forge(bytes, 1, 0), NTP_HEADER_SIZE, NTP_UNAUTHENTICATED);
	length = NTP_HEADER_SIZE + ntp_keys_seal(&key, 8, bytes, NTP_HEADER_SIZE);
	check_bounces(&wire, bytes, length, NTP_UNAUTHENTICATED);
	length = NTP_HEADER_SIZE + ntp_keys_seal(&key, 7, bytes, NTP_HEADER_SIZE);
	bytes[length - 1] ^= 1;
	check_bounces(&wire, bytes, length, NTP_UNAUTHENTICATED);
	memset(bytes + NTP_HEADER_SIZE, 0, 4); /* crypto-NAK */
	check_bounces(&wire, bytes, NTP_HEADER_SIZE + 4, NTP_UNAUTHENTICATED);
	bytes[length - 1] ^= 1;
	length = NTP_HEADER_SIZE + ntp_keys_seal(&key, 7, bytes, NTP_HEADER_SIZE);
	CHECK_EQ(deliver(&wire, &wire.a, bytes, length), NTP_BOGUS_ORIGIN);
	CHECK(wire.a.client->peer.heard.is_known);
	end(&wire);
}

TEST(ntp_peer, forgets_all_readings_of_a_clock_that_stepped)
{
	struct outbox out = { .count = 0 };
	struct wire wire;

	begin(&wire, true, 0);
	run(&wire, 600 * NS_PER_S);
	ntp_client_on_clock_stepped(wire.a.client, (struct mono_time){ wire.mono_ns }, &out);
	wire.a.ahead_ns = 500 * NS_PER_S;
	wire.a.good_count = wire.b.good_count = 0;
	run(&wire, 60 * NS_PER_S);
	wire.a.ahead_ns = 0; /* for check_offset only the difference counts */
	CHECK_EQ(out.count, 0);
	CHECK(wire.a.client->earlier.is_known == false || wire.a.good_count > 0);
	end(&wire);
}

/* SPDX-License-Identifier: MIT */
#include "base/attributes.h"
#include "ntp/ntp_client_state.h"
#include "testing/check.h"
#include "timescale/ntp_time.h"
#include "wire/ntp_extension.h"
#include "wire/ntp_header.h"

#include <errno.h>

#define BEGIN_LOCAL_S INT64_C(1795329000) /* 2026-11-22 06:30:00 */
#define BEGIN_MONO_S  5000
#define US            NS_PER_US
#define MS            NS_PER_MS

static const uint32_t our_ids[] = { 0xc0000207, 0x7f000001 };

/* A client, a clock, and a server 250 ms ahead of it, 10 ms away each way, that thinks for 50 us.
 * The reply stands in `reply` and can be bent before it is delivered. */
struct scene {
	struct rng rng;
	struct ntp_client *client;
	struct instant now;
	struct outbox out;
	struct ntp_header reply;
	struct datagram datagram;
	uint8_t bytes[256];
	size_t tail_bytes; /* stand in bytes after the header */
	struct ntp_measurement measurement;
};

static struct ntp_client_config config_of(struct rng *rng)
{
	return (struct ntp_client_config){
		.association = 42,
		.remote = { .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 1 }, .port = 123 },
		.version = 4,
		.minpoll_log2_s = 6,
		.maxpoll_log2_s = 10,
		.is_online = true,
		.maxdelay_s = 3,
		.rng = rng,
	};
}

static void set_up_with(struct scene *scene, const struct ntp_client_config *config)
{
	scene->now = (struct instant){ { BEGIN_MONO_S * NS_PER_S }, { BEGIN_LOCAL_S * NS_PER_S } };
	CHECK_EQ(ntp_client_create(config, scene->now.mono, &scene->client), 0);
}

static void set_up(struct scene *scene)
{
	struct ntp_client_config config;

	memset(scene, 0, sizeof *scene);
	rng_init_seed(&scene->rng, 2026);
	config = config_of(&scene->rng);
	set_up_with(scene, &config);
}

static void tear_down(struct scene *scene)
{
	ntp_client_destroy(scene->client);
	scene->client = NULL;
}

static void pass(struct scene *scene, int64_t duration_ns)
{
	scene->now.mono.ns += duration_ns;
	scene->now.local.ns += duration_ns;
}

/* Carries out what the client wants at its next deadline. */
static void next_deadline(struct scene *scene)
{
	const int64_t wait_ns = ntp_client_deadline(scene->client).ns - scene->now.mono.ns;

	CHECK(wait_ns < 100000 * NS_PER_S);
	if (wait_ns > 0)
		pass(scene, wait_ns);
	scene->out.count = 0;
	ntp_client_on_deadline(scene->client, scene->now, &scene->out);
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

static uint64_t server_time(const struct scene *scene, int64_t later_ns)
{
	return ntp_time_encode((struct utc_time){ scene->now.local.ns + 250 * MS + later_ns });
}

/* Answers the request that was just sent, in `reply`; the clock stands at its arrival then. */
static void prepare_reply(struct scene *scene)
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
		.reference_ntp64 = server_time(scene, -9 * NS_PER_S),
		.origin_ntp64 = request.transmit_ntp64,
		.receive_ntp64 = server_time(scene, 10 * MS),
		.transmit_ntp64 = server_time(scene, 10 * MS + 50 * US),
	};
	scene->tail_bytes = 0;
	pass(scene, 20 * MS + 50 * US);
	scene->datagram = (struct datagram){
		.association = 42,
		.remote = { .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 1 }, .port = 123 },
		.local = { .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 7 } },
		.received = scene->now.local,
		.stamp = STAMP_KERNEL,
		.bytes = scene->bytes,
	};
}

/* Sends the next request and prepares its reply. */
static void ask(struct scene *scene)
{
	const uint64_t sent_count = ntp_client_status(scene->client).sent_count;

	while (ntp_client_status(scene->client).sent_count == sent_count)
		next_deadline(scene);
	prepare_reply(scene);
}

static enum ntp_verdict deliver_bytes(struct scene *scene, size_t length_bytes)
{
	scene->datagram.length_bytes = length_bytes;
	scene->out.count = 0;
	return ntp_client_on_received(scene->client, &scene->datagram, scene->now, our_ids,
	                              ARRAY_COUNT(our_ids), &scene->measurement, &scene->out);
}

static enum ntp_verdict deliver(struct scene *scene)
{
	struct writer bytes = writer_into(scene->bytes, NTP_HEADER_SIZE);

	ntp_header_encode(&scene->reply, &bytes);
	return deliver_bytes(scene, NTP_HEADER_SIZE + scene->tail_bytes);
}

static void exchange(struct scene *scene, enum ntp_verdict want)
{
	ask(scene);
	CHECK_EQ(deliver(scene), want);
}

/* The whole association but for what is only counted, padding included. */
static void copy_state(const struct scene *scene, struct ntp_client *state)
{
	memcpy(state, scene->client, sizeof *state);
	memset(&state->counters, 0, sizeof state->counters);
}

/* Delivers a packet that must fail, and holds the association against what it was before. */
static void check_bounces(struct scene *scene, size_t length_bytes, enum ntp_verdict want)
{
	const struct ntp_client_status status = ntp_client_status(scene->client);
	const struct rng rng = scene->rng;
	const struct mono_time deadline = ntp_client_deadline(scene->client);
	struct ntp_client_status status_after;
	struct ntp_client before, after;

	copy_state(scene, &before);
	CHECK_EQ(deliver_bytes(scene, length_bytes), want);
	CHECK(want > NTP_GOOD && want < NTP_KISS_RATE);
	copy_state(scene, &after);
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

/* Bends nothing: encodes the prepared reply as it stands, and it must bounce. */
static void check_reply_bounces(struct scene *scene, enum ntp_verdict want)
{
	struct writer bytes = writer_into(scene->bytes, NTP_HEADER_SIZE);

	ntp_header_encode(&scene->reply, &bytes);
	check_bounces(scene, NTP_HEADER_SIZE + scene->tail_bytes, want);
}

/* ---- the exchange ---- */

TEST(ntp_client, discloses_nothing_in_its_request)
{
	static const uint8_t zeros[NTP_HEADER_SIZE];
	const struct send_action *send;
	struct scene scene;

	set_up(&scene);
	next_deadline(&scene);
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
	tear_down(&scene);
}

TEST(ntp_client, measures_a_good_exchange)
{
	struct scene scene;
	const struct ntp_measurement *m = &scene.measurement;
	int64_t sent_ns;

	set_up(&scene);
	next_deadline(&scene);
	sent_ns = scene.now.local.ns;
	prepare_reply(&scene);
	CHECK_EQ(deliver(&scene), NTP_GOOD);
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
	tear_down(&scene);
}

TEST(ntp_client, counts_what_it_was_sent)
{
	struct scene scene;
	struct ntp_client_status status;

	set_up(&scene);
	exchange(&scene, NTP_GOOD);
	ask(&scene);
	scene.reply.leap = LEAP_UNSYNCHRONISED;
	CHECK_EQ(deliver(&scene), NTP_UNSYNCHRONISED);
	ask(&scene);
	scene.reply.transmit_ntp64 = 0;
	CHECK_EQ(deliver(&scene), NTP_ZERO_TIMESTAMP);
	status = ntp_client_status(scene.client);
	CHECK_EQ(status.sent_count, 3);
	CHECK_EQ(status.received_count, 3);
	CHECK_EQ(status.valid_count, 2);
	CHECK_EQ(status.good_count, 1);
	CHECK_EQ(status.verdict_count[NTP_GOOD], 1);
	CHECK_EQ(status.verdict_count[NTP_UNSYNCHRONISED], 1);
	CHECK_EQ(status.last_verdict, NTP_ZERO_TIMESTAMP);
	CHECK_EQ(status.local.bytes[3], 7);
	tear_down(&scene);
}

TEST(ntp_client, takes_the_better_transmit_stamp_and_keeps_it)
{
	struct scene scene;
	int64_t sent_ns;

	set_up(&scene);
	next_deadline(&scene);
	sent_ns = scene.now.local.ns;
	ntp_client_on_sent(scene.client, (struct local_time){ sent_ns + 5 * US }, STAMP_DAEMON);
	ntp_client_on_sent(scene.client, (struct local_time){ sent_ns + 9 * US }, STAMP_KERNEL);
	ntp_client_on_sent(scene.client, (struct local_time){ sent_ns + 99 * US }, STAMP_DAEMON);
	prepare_reply(&scene);
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	CHECK_EQ(scene.measurement.sent.ns, sent_ns + 9 * US);
	CHECK_EQ(scene.measurement.sent_stamp, STAMP_KERNEL);
	ask(&scene);
	ntp_client_on_sent(scene.client, (struct local_time){ sent_ns + 5 * US }, STAMP_DAEMON);
	ntp_client_on_sent(scene.client, (struct local_time){ sent_ns + 7 * US }, STAMP_DAEMON);
	CHECK_EQ(scene.client->request.sent.ns, sent_ns + 7 * US); /* of equals, the later known */
	deliver(&scene);
	/* too late: no request is under way, and the next one has its own stamp */
	ntp_client_on_sent(scene.client, (struct local_time){ sent_ns }, STAMP_HARDWARE);
	exchange(&scene, NTP_GOOD);
	CHECK_EQ(scene.measurement.sent_stamp, STAMP_DAEMON);
	tear_down(&scene);
}

TEST(ntp_client, sends_unpredictable_transmit_times)
{
	uint64_t always_set = UINT64_MAX, ever_set = 0, before = 0;
	struct scene scene;

	set_up(&scene);
	for (int i = 0; i < 200; i++) {
		uint64_t transmit;

		ask(&scene);
		transmit = scene.reply.origin_ntp64;
		CHECK(transmit != before && transmit != 0);
		always_set &= transmit;
		ever_set |= transmit;
		before = transmit;
	}
	CHECK(always_set == 0);
	CHECK(ever_set == UINT64_MAX);
	tear_down(&scene);
}

/* ---- one packet per verdict: before the origin check, with no effect ---- */

TEST(ntp_client, drops_what_is_too_short)
{
	struct scene scene;

	set_up(&scene);
	ask(&scene);
	for (size_t length = 0; length < NTP_HEADER_SIZE; length++)
		check_bounces(&scene, length, NTP_TOO_SHORT);
	scene.tail_bytes = 7;
	check_reply_bounces(&scene, NTP_TOO_SHORT);
	scene.tail_bytes = 0;
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	tear_down(&scene);
}

TEST(ntp_client, passes_over_extension_fields_but_wants_them_whole)
{
	struct scene scene;

	set_up(&scene);
	ask(&scene);
	scene.tail_bytes = 28;
	scene.bytes[NTP_HEADER_SIZE + 3] = 32;
	check_reply_bounces(&scene, NTP_TOO_SHORT);
	scene.bytes[NTP_HEADER_SIZE + 3] = 28;
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	tear_down(&scene);
}

TEST(ntp_client, drops_what_another_host_or_port_sends)
{
	struct scene scene;

	set_up(&scene);
	ask(&scene);
	scene.datagram.remote.bytes[3] = 2;
	check_reply_bounces(&scene, NTP_WRONG_SENDER);
	scene.datagram.remote.bytes[3] = 1;
	scene.datagram.remote.port = 124;
	check_reply_bounces(&scene, NTP_WRONG_SENDER);
	scene.datagram.remote.port = 123;
	scene.datagram.remote.family = ADDRESS_IPV6;
	check_reply_bounces(&scene, NTP_WRONG_SENDER);
	tear_down(&scene);
}

TEST(ntp_client, drops_other_versions_and_modes)
{
	struct scene scene;

	set_up(&scene);
	ask(&scene);
	for (unsigned first = 0; first < 256; first++) {
		scene.reply.leap = (uint8_t)(first >> 6);
		scene.reply.version = (uint8_t)(first >> 3 & 7);
		scene.reply.mode = (uint8_t)(first & 7);
		if (scene.reply.version < 1 || scene.reply.version > 4)
			check_reply_bounces(&scene, NTP_WRONG_VERSION);
		else if (scene.reply.mode != NTP_MODE_SERVER)
			check_reply_bounces(&scene, NTP_WRONG_MODE);
	}
	tear_down(&scene);
}

TEST(ntp_client, takes_a_reply_once)
{
	struct scene scene;
	struct ntp_header first;

	set_up(&scene);
	exchange(&scene, NTP_GOOD);
	first = scene.reply;
	check_reply_bounces(&scene, NTP_DUPLICATE);
	ask(&scene);
	scene.reply = first;
	check_reply_bounces(&scene, NTP_DUPLICATE); /* also after the next request */
	tear_down(&scene);
}

TEST(ntp_client, drops_an_answer_to_nothing)
{
	struct scene scene;

	set_up(&scene);
	ask(&scene);
	scene.reply.origin_ntp64 ^= 1;
	check_reply_bounces(&scene, NTP_BOGUS_ORIGIN);
	scene.reply.origin_ntp64 = 0;
	check_reply_bounces(&scene, NTP_BOGUS_ORIGIN);
	tear_down(&scene);

	set_up(&scene); /* before the first request, an origin of zero must not match what is not
	                   there */
	scene.reply = (struct ntp_header){ .version = 4, .mode = NTP_MODE_SERVER, .stratum = 1 };
	scene.datagram = (struct datagram){ .bytes = scene.bytes };
	scene.datagram.remote = config_of(NULL).remote;
	check_reply_bounces(&scene, NTP_BOGUS_ORIGIN);
	tear_down(&scene);
}

TEST(ntp_client, drops_the_answer_to_an_earlier_request)
{
	struct scene scene;
	struct ntp_header first;

	set_up(&scene);
	ask(&scene);
	first = scene.reply;
	ask(&scene);
	scene.reply = first;
	check_reply_bounces(&scene, NTP_BOGUS_ORIGIN);
	tear_down(&scene);
}

TEST(ntp_client, drops_authentication_that_it_did_not_ask_for)
{
	struct scene scene;

	set_up(&scene);
	ask(&scene);
	scene.tail_bytes = NTP_MAC_SIZE_NAK;
	check_reply_bounces(&scene, NTP_UNAUTHENTICATED);
	scene.tail_bytes = NTP_MAC_SIZE_SHA1;
	scene.bytes[NTP_HEADER_SIZE + 3] = 1;
	check_reply_bounces(&scene, NTP_UNAUTHENTICATED);
	scene.tail_bytes = 0;
	CHECK_EQ(deliver(&scene), NTP_GOOD); /* the real reply still counts */
	tear_down(&scene);
}

TEST(ntp_client, is_not_moved_by_100000_forged_replies)
{
	struct scene scene;
	struct ntp_client before, after;
	struct rng forger;

	set_up(&scene);
	exchange(&scene, NTP_GOOD);
	ask(&scene);
	copy_state(&scene, &before);
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
		CHECK_EQ(deliver(&scene), NTP_BOGUS_ORIGIN);
		CHECK_EQ(scene.out.count, 0);
		scene.reply = honest;
	}
	copy_state(&scene, &after);
	CHECK(memcmp(&before, &after, sizeof before) == 0);
	CHECK_EQ(ntp_client_status(scene.client).verdict_count[NTP_BOGUS_ORIGIN], 100000);
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	tear_down(&scene);
}

TEST(ntp_client, is_not_moved_by_noise)
{
	struct scene scene;
	struct rng noise;

	set_up(&scene);
	ask(&scene);
	rng_init_seed(&noise, 667);
	for (int i = 0; i < 20000; i++) {
		struct ntp_client before, after;
		enum ntp_verdict verdict;

		copy_state(&scene, &before);
		rng_fill(&noise, scene.bytes, sizeof scene.bytes);
		verdict = deliver_bytes(&scene, (size_t)rng_below(&noise, sizeof scene.bytes + 1));
		CHECK(verdict > NTP_GOOD && verdict < NTP_KISS_RATE);
		copy_state(&scene, &after);
		CHECK(memcmp(&before, &after, sizeof before) == 0);
	}
	tear_down(&scene);
}

/* ---- one packet per verdict: proven, but not good ---- */

static void kiss(struct scene *scene, const char code[4])
{
	scene->reply.stratum = 0;
	scene->reply.leap = LEAP_UNSYNCHRONISED;
	scene->reply.reference_id = (uint32_t)code[0] << 24 | (uint32_t)code[1] << 16 |
	                            (uint32_t)code[2] << 8 | (uint32_t)code[3];
}

TEST(ntp_client, slows_down_on_rate_and_stays_slow)
{
	struct scene scene;

	set_up(&scene);
	for (int8_t poll = 7; poll <= 12; poll++) {
		ask(&scene);
		kiss(&scene, "RATE");
		CHECK_EQ(deliver(&scene), NTP_KISS_RATE);
		CHECK_EQ(ntp_client_status(scene.client).poll_log2_s, poll < 10 ? poll : 10);
		CHECK_EQ(scene.measurement.reference_id, 0x52415445);
		CHECK_EQ(scene.out.actions[0].kind, ACTION_CLOSE);
		CHECK_EQ(ntp_client_status(scene.client).reach, 0);
		CHECK_EQ(ntp_client_status(scene.client).unanswered_count, poll - 6);
	}
	ntp_client_set_poll(scene.client, 6, scene.now.mono);
	CHECK_EQ(ntp_client_status(scene.client).poll_log2_s, 10);
	CHECK(ntp_client_deadline(scene.client).ns - scene.now.mono.ns > 1000 * NS_PER_S);
	tear_down(&scene);
}

TEST(ntp_client, stops_on_deny_until_it_is_told_to_go_online)
{
	static const char *const codes[] = { "DENY", "RSTR" };

	for (size_t i = 0; i < ARRAY_COUNT(codes); i++) {
		struct scene scene;

		set_up(&scene);
		ask(&scene);
		kiss(&scene, codes[i]);
		CHECK_EQ(deliver(&scene), NTP_KISS_DENY);
		CHECK(ntp_client_status(scene.client).is_denied);
		CHECK_EQ(ntp_client_deadline(scene.client).ns, MONO_TIME_NEVER.ns);
		ntp_client_start_burst(scene.client, 4, 8, scene.now.mono);
		ntp_client_hurry(scene.client, scene.now.mono);
		CHECK_EQ(ntp_client_deadline(scene.client).ns, MONO_TIME_NEVER.ns);
		ntp_client_set_online(scene.client, true, scene.now.mono);
		CHECK(!ntp_client_status(scene.client).is_denied);
		exchange(&scene, NTP_GOOD);
		tear_down(&scene);
	}
}

TEST(ntp_client, makes_nothing_of_other_kisses)
{
	struct scene scene;

	set_up(&scene);
	ask(&scene);
	kiss(&scene, "INIT");
	CHECK_EQ(deliver(&scene), NTP_KISS_OTHER);
	CHECK_EQ(ntp_client_status(scene.client).poll_log2_s, 6);
	CHECK_EQ(ntp_client_status(scene.client).unanswered_count, 1);
	CHECK_EQ(ntp_client_status(scene.client).reach, 0);
	ask(&scene);
	kiss(&scene, "X\0\0\0");
	CHECK_EQ(deliver(&scene), NTP_KISS_OTHER);
	ask(&scene);
	kiss(&scene, "A BC");
	CHECK_EQ(deliver(&scene), NTP_UNSYNCHRONISED);
	ask(&scene);
	kiss(&scene, "AB\x7f\0");
	CHECK_EQ(deliver(&scene), NTP_UNSYNCHRONISED);
	ask(&scene);
	kiss(&scene, "RATE"); /* an address, 82.65.84.69 */
	scene.reply.stratum = 2;
	scene.reply.leap = LEAP_NONE;
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	ask(&scene);
	kiss(&scene, "\0\0\0\0"); /* no code: just a server that does not know the time */
	CHECK_EQ(deliver(&scene), NTP_UNSYNCHRONISED);
	ask(&scene);
	kiss(&scene, "A\0BC");
	CHECK_EQ(deliver(&scene), NTP_UNSYNCHRONISED);
	tear_down(&scene);
}

TEST(ntp_client, wants_both_timestamps_of_the_server)
{
	struct scene scene;

	set_up(&scene);
	ask(&scene);
	scene.reply.receive_ntp64 = 0;
	CHECK_EQ(deliver(&scene), NTP_ZERO_TIMESTAMP);
	CHECK_EQ(scene.measurement.tests & 1 << 7, 0);
	ask(&scene);
	scene.reply.transmit_ntp64 = 0;
	CHECK_EQ(deliver(&scene), NTP_ZERO_TIMESTAMP);
	CHECK_EQ(ntp_client_status(scene.client).reach, 0);
	tear_down(&scene);
}

TEST(ntp_client, wants_a_synchronised_server)
{
	struct scene scene;

	set_up(&scene);
	ask(&scene);
	scene.reply.leap = LEAP_UNSYNCHRONISED;
	CHECK_EQ(deliver(&scene), NTP_UNSYNCHRONISED);
	CHECK_EQ(scene.measurement.tests, 0x3ff & ~(1 << 5));
	for (unsigned stratum = 16; stratum < 256; stratum++) {
		ask(&scene);
		scene.reply.stratum = (uint8_t)stratum;
		CHECK_EQ(deliver(&scene), NTP_UNSYNCHRONISED);
	}
	ask(&scene);
	scene.reply.reference_ntp64 = scene.reply.transmit_ntp64 + 1;
	CHECK_EQ(deliver(&scene), NTP_UNSYNCHRONISED);
	CHECK_EQ(ntp_client_status(scene.client).reach, 0);
	ask(&scene);
	scene.reply.reference_ntp64 = scene.reply.transmit_ntp64;
	scene.reply.stratum = 15;
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	ask(&scene);
	scene.reply.reference_ntp64 = 0; /* not known is no reason */
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	tear_down(&scene);
}

TEST(ntp_client, wants_a_root_distance_below_16_s)
{
	struct scene scene;

	set_up(&scene);
	ask(&scene);
	scene.reply.root_delay_q16_s = 16 << 16;
	scene.reply.root_dispersion_q16_s = 8 << 16;
	CHECK_EQ(deliver(&scene), NTP_ROOT_DISTANCE);
	CHECK_EQ(scene.measurement.tests, 0x3ff & ~(1 << 4));
	ask(&scene);
	scene.reply.root_delay_q16_s = UINT32_MAX;
	scene.reply.root_dispersion_q16_s = UINT32_MAX;
	CHECK_EQ(deliver(&scene), NTP_ROOT_DISTANCE);
	CHECK_EQ(ntp_client_status(scene.client).reach, 0);
	ask(&scene);
	scene.reply.root_delay_q16_s = 16 << 16;
	scene.reply.root_dispersion_q16_s = (8 << 16) - 1;
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	tear_down(&scene);
}

TEST(ntp_client, wants_the_server_to_take_no_less_than_nothing_and_at_most_4_s)
{
	struct scene scene;

	set_up(&scene);
	ask(&scene);
	scene.reply.precision_log2_s = -20; /* 4096 units of 2^-32 s: noise may fill that much */
	scene.reply.transmit_ntp64 = scene.reply.receive_ntp64 - 4000;
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	ask(&scene);
	scene.reply.precision_log2_s = -20;
	scene.reply.transmit_ntp64 = scene.reply.receive_ntp64 - 4200;
	CHECK_EQ(deliver(&scene), NTP_SERVER_INTERVAL);
	CHECK_EQ(scene.measurement.tests, 0x3ff & ~(1 << 3));
	CHECK_EQ(ntp_client_status(scene.client).reach, 3); /* it is there, and synchronised */
	ask(&scene);
	scene.reply.transmit_ntp64 = scene.reply.receive_ntp64 + (UINT64_C(4) << 32) + 8;
	CHECK_EQ(deliver(&scene), NTP_SERVER_INTERVAL);
	ask(&scene);
	scene.reply.receive_ntp64 = scene.reply.transmit_ntp64 + (UINT64_C(1) << 63);
	CHECK_EQ(deliver(&scene), NTP_SERVER_INTERVAL);
	ask(&scene); /* up to 4 s are fine when the round trip took that long */
	pass(&scene, 4 * NS_PER_S - 50 * US);
	scene.datagram.received = scene.now.local;
	scene.reply.transmit_ntp64 = scene.reply.receive_ntp64 + (UINT64_C(4) << 32);
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	tear_down(&scene);
}

TEST(ntp_client, wants_a_round_trip_within_maxdelay)
{
	struct scene scene;

	set_up(&scene);
	ask(&scene);
	scene.datagram.received.ns += 3 * NS_PER_S;
	CHECK_EQ(deliver(&scene), NTP_DELAY_TOO_LONG);
	CHECK_EQ(scene.measurement.tests, 0x3ff & ~(1 << 3));
	tear_down(&scene);
}

TEST(ntp_client, forgives_a_negative_round_trip_by_the_grain_only)
{
	struct scene scene;

	set_up(&scene);
	ask(&scene);
	scene.datagram.received.ns -= 20 * MS + 500;
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	ask(&scene);
	scene.datagram.received.ns -= 20 * MS + 10 * US;
	CHECK_EQ(deliver(&scene), NTP_DELAY_TOO_LONG);
	ask(&scene);
	scene.datagram.received.ns -= 20 * MS + 10 * US;
	scene.reply.precision_log2_s = -16; /* 15 us */
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	ask(&scene);
	scene.datagram.received.ns -= 20 * MS + 20 * MS;
	scene.reply.precision_log2_s = 127; /* not believed */
	CHECK_EQ(deliver(&scene), NTP_DELAY_TOO_LONG);
	ask(&scene);
	scene.datagram.received.ns -= 20 * MS + 500;
	scene.reply.precision_log2_s = -128;
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	tear_down(&scene);
}

TEST(ntp_client, compares_the_round_trip_with_the_shortest_of_late)
{
	struct ntp_client_config config;
	struct scene scene;
	int refused = 0;

	memset(&scene, 0, sizeof scene);
	rng_init_seed(&scene.rng, 1);
	config = config_of(&scene.rng);
	config.maxdelayratio = 2;
	set_up_with(&scene, &config);
	exchange(&scene, NTP_GOOD);
	ask(&scene); /* what was refused for another reason is no measure */
	scene.datagram.received.ns -= 21 * MS;
	CHECK_EQ(deliver(&scene), NTP_DELAY_TOO_LONG);
	ask(&scene);
	scene.datagram.received.ns += 19 * MS;
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	for (;; refused++) { /* a path that has become longer is accepted in the end */
		ask(&scene);
		scene.datagram.received.ns += 21 * MS;
		if (deliver(&scene) == NTP_GOOD)
			break;
		CHECK_EQ(ntp_client_status(scene.client).last_verdict, NTP_DELAY_RATIO);
		CHECK_EQ(scene.measurement.tests, 0x3ff & ~(1 << 2));
		CHECK(refused < 2 * NTP_CLIENT_DELAY_WINDOW);
	}
	CHECK(refused > NTP_CLIENT_DELAY_WINDOW);
	tear_down(&scene);
}

TEST(ntp_client, notices_a_server_that_follows_it)
{
	struct scene scene;

	set_up(&scene);
	ask(&scene);
	scene.reply.reference_id = our_ids[1];
	CHECK_EQ(deliver(&scene), NTP_LOOP);
	CHECK_EQ(scene.measurement.tests, 0x3fe);
	ask(&scene);
	scene.reply.reference_id = our_ids[1];
	scene.reply.stratum = 1; /* there it is a name, and no address */
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	tear_down(&scene);
}

TEST(ntp_client, names_the_first_test_that_failed)
{
	struct scene scene;

	set_up(&scene);
	ask(&scene);
	scene.reply.leap = LEAP_UNSYNCHRONISED;
	scene.reply.root_dispersion_q16_s = 20 << 16;
	scene.reply.reference_id = our_ids[0];
	CHECK_EQ(deliver(&scene), NTP_UNSYNCHRONISED);
	CHECK_EQ(scene.measurement.tests, 0x3ff & ~(1 << 5 | 1 << 4 | 1 << 0));
	for (int verdict = 0; verdict < NTP_VERDICT_COUNT; verdict++)
		CHECK(strlen(ntp_verdict_text((enum ntp_verdict)verdict)) > 3);
	tear_down(&scene);
}

/* ---- when it asks ---- */

TEST(ntp_client, asks_2_s_apart_at_the_start_until_4_were_good)
{
	struct ntp_client_config config;
	struct scene scene;
	int64_t last_ns;

	memset(&scene, 0, sizeof scene);
	rng_init_seed(&scene.rng, 3);
	config = config_of(&scene.rng);
	config.iburst = true;
	set_up_with(&scene, &config);
	CHECK(ntp_client_deadline(scene.client).ns - scene.now.mono.ns <= NS_PER_S / 5);
	next_deadline(&scene);
	last_ns = scene.now.mono.ns;
	prepare_reply(&scene);
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	for (int i = 1; i < 4; i++) {
		next_deadline(&scene);
		CHECK_EQ(scene.now.mono.ns - last_ns, 2 * NS_PER_S);
		last_ns = scene.now.mono.ns;
		prepare_reply(&scene);
		CHECK_EQ(deliver(&scene), NTP_GOOD);
	}
	CHECK_EQ(ntp_client_status(scene.client).burst_left_count, 0);
	CHECK_EQ(ntp_client_status(scene.client).reach, 0xf);
	CHECK(ntp_client_deadline(scene.client).ns - scene.now.mono.ns > 60 * NS_PER_S);
	tear_down(&scene);
}

TEST(ntp_client, gives_up_a_burst_after_8_requests)
{
	struct ntp_client_config config;
	struct scene scene;
	int64_t begin_ns;

	memset(&scene, 0, sizeof scene);
	rng_init_seed(&scene.rng, 3);
	config = config_of(&scene.rng);
	config.iburst = true;
	set_up_with(&scene, &config);
	next_deadline(&scene);
	begin_ns = scene.now.mono.ns;
	while (scene.now.mono.ns < begin_ns + 60 * NS_PER_S) {
		next_deadline(&scene);
		CHECK_EQ(scene.out.count, 1); /* the next SEND takes the place of the socket */
	}
	CHECK_EQ(ntp_client_status(scene.client).sent_count, 9); /* the burst and the next poll */
	CHECK_EQ(ntp_client_status(scene.client).unanswered_count, 8);
	CHECK_EQ(ntp_client_status(scene.client).reach, 0);
	tear_down(&scene);
}

TEST(ntp_client, closes_what_it_gives_up)
{
	struct scene scene;
	int64_t sent_ns;

	set_up(&scene);
	next_deadline(&scene);
	sent_ns = scene.now.mono.ns;
	next_deadline(&scene);
	CHECK_EQ(scene.out.count, 1);
	CHECK_EQ(scene.out.actions[0].kind, ACTION_CLOSE);
	CHECK_EQ(scene.now.mono.ns - sent_ns, 7 * NS_PER_S); /* maxdelay, and 4 s for the server */
	CHECK_EQ(ntp_client_status(scene.client).unanswered_count, 1);
	tear_down(&scene);
}

TEST(ntp_client, takes_no_reply_later_than_half_a_poll)
{
	struct ntp_client_config config;
	struct scene scene;

	memset(&scene, 0, sizeof scene);
	rng_init_seed(&scene.rng, 3);
	config = config_of(&scene.rng);
	config.minpoll_log2_s = 1;
	set_up_with(&scene, &config);
	ask(&scene);
	pass(&scene, NS_PER_S - 20 * MS - 50 * US); /* 1 s after the request */
	check_reply_bounces(&scene, NTP_BOGUS_ORIGIN);
	pass(&scene, -1);
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	tear_down(&scene);
}

TEST(ntp_client, keeps_the_reach_of_the_last_8_polls)
{
	struct scene scene;

	set_up(&scene);
	for (int i = 0; i < 10; i++)
		exchange(&scene, NTP_GOOD);
	CHECK_EQ(ntp_client_status(scene.client).reach, 0xff);
	ask(&scene); /* not answered */
	exchange(&scene, NTP_GOOD);
	CHECK_EQ(ntp_client_status(scene.client).reach, 0xfd);
	CHECK_EQ(ntp_client_status(scene.client).unanswered_count, 0);
	for (int i = 1; i <= 9; i++) {
		ask(&scene);
		next_deadline(&scene);
		CHECK_EQ(ntp_client_status(scene.client).unanswered_count, i);
	}
	CHECK_EQ(ntp_client_status(scene.client).reach, 0);
	tear_down(&scene);
}

/* How many requests it makes until the poll is over, when nobody answers. */
static uint64_t requests_in_poll(int8_t poll_log2_s)
{
	struct ntp_client_config config;
	struct scene scene;
	uint64_t count;

	memset(&scene, 0, sizeof scene);
	rng_init_seed(&scene.rng, 3);
	config = config_of(&scene.rng);
	config.burst = true;
	set_up_with(&scene, &config);
	ntp_client_set_poll(scene.client, poll_log2_s, scene.now.mono);
	next_deadline(&scene);
	CHECK_EQ(ntp_client_status(scene.client).sent_count, 1);
	while (ntp_client_deadline(scene.client).ns - scene.now.mono.ns < 50 * NS_PER_S)
		next_deadline(&scene);
	count = ntp_client_status(scene.client).sent_count;
	tear_down(&scene);
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
	config = config_of(&scene.rng);
	config.is_online = false;
	config.iburst = true;
	set_up_with(&scene, &config);
	CHECK_EQ(ntp_client_deadline(scene.client).ns, MONO_TIME_NEVER.ns);
	ntp_client_set_online(scene.client, true, scene.now.mono);
	CHECK_EQ(ntp_client_status(scene.client).burst_left_count, 8);
	CHECK(ntp_client_status(scene.client).is_online);
	exchange(&scene, NTP_GOOD);
	ntp_client_set_online(scene.client, false, scene.now.mono);
	CHECK(!ntp_client_status(scene.client).is_online);
	CHECK_EQ(ntp_client_deadline(scene.client).ns, MONO_TIME_NEVER.ns);
	tear_down(&scene);
}

TEST(ntp_client, takes_the_reply_that_comes_just_after_going_offline)
{
	struct scene scene;

	set_up(&scene);
	ask(&scene);
	ntp_client_set_online(scene.client, false, scene.now.mono);
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	CHECK_EQ(ntp_client_deadline(scene.client).ns, MONO_TIME_NEVER.ns);
	tear_down(&scene);
}

TEST(ntp_client, drops_what_is_under_way_when_the_clock_steps)
{
	struct scene scene;

	set_up(&scene);
	exchange(&scene, NTP_GOOD);
	ask(&scene);
	scene.out.count = 0;
	ntp_client_on_clock_stepped(scene.client, scene.now.mono, &scene.out);
	CHECK_EQ(scene.out.count, 1);
	CHECK_EQ(scene.out.actions[0].kind, ACTION_CLOSE);
	check_reply_bounces(&scene, NTP_BOGUS_ORIGIN);
	CHECK_EQ(ntp_client_status(scene.client).reach, 1); /* that was not the server's doing */
	CHECK(ntp_client_deadline(scene.client).ns - scene.now.mono.ns < 2 * NS_PER_S);
	scene.out.count = 0;
	ntp_client_on_clock_stepped(scene.client, scene.now.mono, &scene.out);
	CHECK_EQ(scene.out.count, 0);
	tear_down(&scene);
}

TEST(ntp_client, makes_one_request_after_a_long_sleep)
{
	struct scene scene;

	set_up(&scene);
	exchange(&scene, NTP_GOOD);
	pass(&scene, 86400 * NS_PER_S);
	next_deadline(&scene);
	CHECK_EQ(scene.out.count, 1);
	scene.out.count = 0;
	ntp_client_on_deadline(scene.client, scene.now, &scene.out);
	CHECK_EQ(scene.out.count, 0);
	tear_down(&scene);
}

TEST(ntp_client, asks_again_soon_when_hurried_or_ordered_to)
{
	struct scene scene;

	set_up(&scene);
	exchange(&scene, NTP_GOOD);
	ntp_client_hurry(scene.client, scene.now.mono);
	CHECK(ntp_client_deadline(scene.client).ns - scene.now.mono.ns < 2 * NS_PER_S);
	exchange(&scene, NTP_GOOD);
	CHECK(ntp_client_deadline(scene.client).ns - scene.now.mono.ns > 60 * NS_PER_S);
	ntp_client_start_burst(scene.client, 2, 3, scene.now.mono);
	for (int i = 0; i < 2; i++) {
		CHECK(ntp_client_deadline(scene.client).ns - scene.now.mono.ns < 2 * NS_PER_S);
		exchange(&scene, NTP_GOOD);
	}
	CHECK(ntp_client_deadline(scene.client).ns - scene.now.mono.ns > 60 * NS_PER_S);
	tear_down(&scene);
}

/* ---- eras ---- */

TEST(ntp_client, places_times_by_the_pivot_while_the_clock_stands_before_it)
{
	const int64_t built_ns = BEGIN_LOCAL_S * NS_PER_S;
	struct ntp_client_config config;
	struct scene scene;

	memset(&scene, 0, sizeof scene);
	rng_init_seed(&scene.rng, 3);
	config = config_of(&scene.rng);
	config.era_pivot.ns = built_ns;
	set_up_with(&scene, &config);
	scene.now.local.ns = 0; /* a board without a battery: 1970 */
	ask(&scene);
	scene.reply.receive_ntp64 = ntp_time_encode((struct utc_time){ built_ns + NS_PER_S });
	scene.reply.transmit_ntp64 = scene.reply.receive_ntp64;
	scene.reply.reference_ntp64 = 0;
	CHECK_EQ(deliver(&scene), NTP_GOOD);
	CHECK_EQ(scene.measurement.server_sent.ns, built_ns + NS_PER_S);
	CHECK_EQ(scene.measurement.received.ns, scene.now.local.ns);
	tear_down(&scene);
}

TEST(ntp_client, measures_across_the_end_of_an_era)
{
	static const int64_t ends_s[] = { 2085978496, 6380945792 }; /* 2036-02-07, 2172-03-15 */

	for (size_t i = 0; i < ARRAY_COUNT(ends_s); i++) {
		struct scene scene;

		set_up(&scene);
		scene.now.local.ns = ends_s[i] * NS_PER_S - 255 * MS -
		                     (ntp_client_deadline(scene.client).ns - scene.now.mono.ns);
		next_deadline(&scene); /* T2 lies 5 ms into the new era, T1 and T4 in the old */
		prepare_reply(&scene);
		CHECK(scene.reply.receive_ntp64 < UINT64_C(1) << 32);
		CHECK_EQ(deliver(&scene), NTP_GOOD);
		CHECK_EQ(scene.measurement.server_received.ns, ends_s[i] * NS_PER_S + 5 * MS);
		tear_down(&scene);
	}
}

/* ---- configuration ---- */

TEST(ntp_client, refuses_a_configuration_out_of_range)
{
	struct rng rng;
	struct ntp_client *client = NULL;
	const struct ntp_client_config good = config_of(&rng);
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
		config = config_of(&scene.rng);
		config.minpoll_log2_s = poll;
		config.maxpoll_log2_s = 24;
		set_up_with(&scene, &config);
		for (int i = 0; i < 5; i++) {
			ask(&scene);
			pass(&scene, -18 * MS); /* 2 ms are quick enough for 128 polls a second */
			scene.datagram.received = scene.now.local;
			scene.reply.receive_ntp64 = server_time(&scene, -MS);
			scene.reply.transmit_ntp64 = server_time(&scene, -MS);
			CHECK_EQ(deliver(&scene), NTP_GOOD);
		}
		tear_down(&scene);
	}
}

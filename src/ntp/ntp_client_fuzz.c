/* ntp/ntp_client_fuzz: what may happen to an association, in any order. SPDX-License-Identifier:
 * MIT
 *
 * Input: events, each a byte that says which, a byte for how much time passes before it, and for a
 * datagram a length byte and the bytes. A datagram may be made to prove itself: its origin is then
 * replaced by what the last request asked for, so that all the later tests are reached, and it is
 * sealed where the association has a key.
 *
 * Holds the client to: a packet that proves nothing changes nothing; requests are bare, and no more
 * than the poll and the bursts allow; a measurement that is good has passed every test. */
#include <assert.h>
#include <string.h>

#include "ntp/ntp_client_state.h"
#include "timescale/ntp_time.h"
#include "wire/ntp_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

enum event {
	EVENT_DATAGRAM,
	EVENT_DATAGRAM_PROVEN,
	EVENT_DATAGRAM_INTERLEAVED, /* proven by what only such a request has */
	EVENT_DEADLINE,
	EVENT_SENT,
	EVENT_STEPPED,
	EVENT_POLL,
	EVENT_HURRY,
	EVENT_BURST,
	EVENT_ONLINE,
	EVENT_OFFLINE,
	EVENT_COUNT,
};

struct scene {
	struct ntp_client *client;
	struct rng rng;
	struct instant now;
	struct outbox out;
	uint8_t transmit[8], receive[8]; /* of the last request */
	unsigned requests_count;
	bool has_key, is_peer;
};

#define KEY_ID 3
#define KEY                                                                                        \
	{                                                                                          \
		.type = MAC_MD5, .length_bytes = 1, .bytes = "k"                                   \
	}
static const struct mac_key key = KEY;
static const struct ntp_keys keys = { .count = 1, .keys = { { .id = KEY_ID, .key = KEY } } };

static const struct address server = { .family = ADDRESS_IPV4,
	                               .bytes = { 192, 0, 2, 1 },
	                               .port = 123 };

static const struct ntp_server_time own = {
	.leap = LEAP_NONE, .stratum = 3, .precision_log2_s = -24, .reference_id = 0xc0000209
};

static void pass(struct scene *scene, int64_t duration_ns)
{
	scene->now.mono.ns += duration_ns;
	scene->now.local.ns += duration_ns;
}

static void carry_out(struct scene *scene)
{
	assert(scene->out.count <= 1);
	for (size_t i = 0; i < scene->out.count; i++) {
		const struct send_action *send = &scene->out.actions[i].send;

		if (scene->out.actions[i].kind == ACTION_CLOSE) {
			assert(scene->out.actions[i].close_association == 7);
			continue;
		}
		assert(scene->out.actions[i].kind == ACTION_SEND);
		assert(send->length_bytes ==
		       NTP_HEADER_SIZE + (scene->has_key && !scene->is_peer ? 20 : 0));
		assert((send->seal_key_id != 0) == (scene->has_key && scene->is_peer));
		assert(send->is_from_server_port == scene->is_peer);
		assert(send->association == 7);
		assert(address_is_same(&send->remote, &server));
		memcpy(scene->transmit, send->bytes + NTP_HEADER_TRANSMIT_AT,
		       sizeof scene->transmit);
		memcpy(scene->receive, send->bytes + NTP_HEADER_RECEIVE_AT, sizeof scene->receive);
		scene->requests_count++;
		ntp_client_on_sent(scene->client, scene->now.local, STAMP_DAEMON);
		if (send->transmit_at_byte != 0) {
			struct writer out = writer_into(scene->transmit, 8);

			assert(send->transmit_at_byte == NTP_HEADER_TRANSMIT_AT);
			writer_u64(&out, ntp_time_encode((struct utc_time){ scene->now.local.ns }));
		}
	}
	scene->out.count = 0;
}

static void copy_state(const struct scene *scene, struct ntp_client *state)
{
	memcpy(state, scene->client, sizeof *state);
	memset(&state->counters, 0, sizeof state->counters);
}

static void check_verdict(struct scene *scene, enum ntp_verdict verdict,
                          const struct ntp_client *before, const struct rng *rng,
                          const struct ntp_measurement *measurement)
{
	struct ntp_client after;

	if (scene->is_peer && verdict == NTP_BOGUS_ORIGIN) /* it may hear what is not proven */
		return;
	if (verdict != NTP_GOOD && verdict < NTP_KISS_RATE) {
		copy_state(scene, &after);
		assert(memcmp(before, &after, sizeof after) == 0);
		assert(memcmp(rng, &scene->rng, sizeof *rng) == 0);
		assert(scene->out.count == 0);
		return;
	}
	assert(scene->out.count == !scene->is_peer);
	assert(scene->is_peer || scene->out.actions[0].kind == ACTION_CLOSE);
	assert((verdict == NTP_GOOD) == (measurement->tests == 0x3ff) ||
	       verdict < NTP_ZERO_TIMESTAMP);
	if (verdict == NTP_GOOD) {
		const int64_t interval_ns =
			measurement->server_sent.ns - measurement->server_received.ns;

		assert(interval_ns >= -NS_PER_S && /* by a server's precision, 1 s at the worst */
		       (interval_ns <= 4 * NS_PER_S || scene->is_peer));
		assert(measurement->received.ns - measurement->sent.ns - interval_ns <=
		       3 * NS_PER_S);
		assert(measurement->stratum >= 1 && measurement->stratum <= 15);
	}
}

static void deliver(struct scene *scene, const uint8_t *bytes, size_t length, enum event event)
{
	const bool is_proven = event != EVENT_DATAGRAM;
	static const uint32_t our_ids[] = { 0xc0000207 };
	uint8_t datagram_bytes[256 + NTP_KEYS_MAC_SIZE_MAX];
	struct datagram datagram = { .association = 7,
		                     .remote = server,
		                     .received = scene->now.local,
		                     .stamp = STAMP_KERNEL,
		                     .bytes = datagram_bytes,
		                     .length_bytes = length };
	const struct rng rng = scene->rng;
	struct ntp_measurement measurement;
	struct ntp_client before;
	enum ntp_verdict verdict;

	if (length > 0)
		memcpy(datagram_bytes, bytes, length);
	if (is_proven && length >= NTP_HEADER_SIZE)
		memcpy(datagram_bytes + 24,
		       event == EVENT_DATAGRAM_PROVEN ? scene->transmit : scene->receive, 8);
	if (is_proven && length >= NTP_HEADER_SIZE && scene->has_key)
		datagram.length_bytes += ntp_keys_seal(&key, KEY_ID, datagram_bytes, length);
	copy_state(scene, &before);
	verdict = ntp_client_on_received(scene->client, &datagram, scene->now, our_ids, 1,
	                                 &measurement, &scene->out);
	check_verdict(scene, verdict, &before, &rng, &measurement);
	carry_out(scene);
}

static void happen(struct scene *scene, enum event event, uint8_t argument)
{
	struct ntp_client *client = scene->client;
	const struct mono_time now = scene->now.mono;

	switch (event) {
	case EVENT_DEADLINE:
		if (ntp_client_deadline(client).ns != MONO_TIME_NEVER.ns &&
		    ntp_client_deadline(client).ns > now.ns)
			pass(scene, ntp_client_deadline(client).ns - now.ns);
		ntp_client_on_deadline(client, scene->now, &own, &scene->out);
		break;
	case EVENT_SENT:
		ntp_client_on_sent(client, (struct local_time){ scene->now.local.ns + argument },
		                   argument % 3);
		break;
	case EVENT_STEPPED:
		scene->now.local.ns += ((int64_t)argument - 128) * 1000 * NS_PER_S;
		ntp_client_on_clock_stepped(client, now, &scene->out);
		break;
	case EVENT_POLL:
		ntp_client_set_poll(client, (int8_t)argument, now);
		break;
	case EVENT_HURRY:
		ntp_client_hurry(client, now);
		break;
	case EVENT_BURST:
		ntp_client_start_burst(client, argument % 8, argument / 8, now);
		break;
	case EVENT_ONLINE:
	case EVENT_OFFLINE:
		ntp_client_set_online(client, event == EVENT_ONLINE, now);
		break;
	default:
		break;
	}
	carry_out(scene);
}

/* One step of time, finer at first: 0..255 -> 0 ns..36 h. */
static int64_t duration_ns(uint8_t step)
{
	return (INT64_C(1) << step / 6) * (1 + step % 6) * (step > 0) * 10;
}

static void play(struct scene *scene, const uint8_t *bytes, size_t length)
{
	struct reader in = reader_over(bytes, length);

	while (reader_left(&in) >= 2) {
		const enum event event = reader_u8(&in) % EVENT_COUNT;
		const uint8_t argument = reader_u8(&in);

		if (event > EVENT_DATAGRAM_INTERLEAVED) {
			happen(scene, event, argument);
		} else {
			size_t size = reader_u8(&in);

			size = size < reader_left(&in) ? size : reader_left(&in);
			pass(scene, duration_ns(argument));
			deliver(scene, reader_bytes(&in, size), size, event);
		}
		assert(ntp_client_deadline(scene->client).ns > scene->now.mono.ns ||
		       event != EVENT_DEADLINE);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct scene scene = {
		.now = { { 1000 * NS_PER_S }, { INT64_C(1795329000) * NS_PER_S } },
	};
	struct ntp_client_config config = {
		.association = 7,
		.remote = server,
		.version = 4,
		.minpoll_log2_s = length > 0 && bytes[0] & 1 ? -7 : 6,
		.maxpoll_log2_s = 10,
		.iburst = length > 0 && bytes[0] & 2,
		.burst = length > 0 && bytes[0] & 4,
		.is_online = true,
		.presend_log2_s = length > 0 && bytes[0] & 128 ? 7 : 100,
		.is_peer = length > 0 && bytes[0] & 64,
		.is_interleaved = length > 0 && bytes[0] & 32,
		.keys = &keys,
		.key_id = length > 0 && bytes[0] & 16 ? KEY_ID : 0,
		.maxdelay_s = 3,
		.maxdelayratio = length > 0 && bytes[0] & 8 ? 2 : 0,
		.era_pivot = { INT64_C(1795000000) * NS_PER_S },
		.rng = &scene.rng,
	};

	rng_init_seed(&scene.rng, 1);
	scene.has_key = config.key_id != 0;
	scene.is_peer = config.is_peer;
	if (ntp_client_create(&config, scene.now.mono, &scene.client) < 0)
		assert(false);
	if (length > 0)
		play(&scene, bytes + 1, length - 1);
	assert(ntp_client_status(scene.client).sent_count == scene.requests_count);
	ntp_client_destroy(scene.client);
	return 0;
}

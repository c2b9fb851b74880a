/* ntp/ntp_server_fuzz: a request of any bytes. SPDX-License-Identifier: MIT
 *
 * Input: the datagram. Holds the server to: at most one answer, never longer than the request, with
 * the request's own nonce (its
 * receive time in an interleaved one, whose earlier answer is known), and silence when the answer
 * is sent back to it. Then the same with a valid MAC behind it: the answer has one too. */
#include <assert.h>
#include <string.h>

#include "ntp/ntp_server.h"
#include "wire/ntp_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const struct ntp_server_time time_now = {
	.leap = LEAP_NONE,
	.stratum = 3,
	.precision_log2_s = -24,
	.root_delay_ns = 15 * NS_PER_MS,
	.root_dispersion_ns = 2 * NS_PER_MS,
	.reference_id = 0xc0000201,
	.reference = { INT64_C(1795329000) * NS_PER_S },
};

#define KEPT_NTP64 0x0123456789abcdef

static uint64_t u64_at(const uint8_t *bytes, size_t at)
{
	struct reader in = reader_over(bytes + at, 8);

	return reader_u64(&in);
}

static void check_answer(const struct send_action *send, const uint8_t *request, size_t length)
{
	assert(send->length_bytes <= length && send->length_bytes == NTP_HEADER_SIZE);
	if (send->transmit_at_byte == 0) { /* interleaved: origin is the client's receive */
		assert(u64_at(send->bytes, 40) == KEPT_NTP64);
		assert(u64_at(send->bytes, 24) == u64_at(request, 32));
		assert(u64_at(request, 32) != u64_at(request, 40));
	} else { /* origin is the client's transmit */
		assert(send->transmit_at_byte == NTP_HEADER_TRANSMIT_AT);
		assert(u64_at(send->bytes, 24) == u64_at(request, 40));
	}
	assert((send->bytes[0] & 0x38) == (request[0] & 0x38)); /* version */
	assert((send->bytes[0] & 7) == (request[0] & 7) + 1);   /* 3 -> 4, 1 -> 2 */
	assert(send->bytes[2] == request[2]);                   /* poll */
}

static void ask_with_a_key(struct ntp_server *server, struct datagram *datagram,
                           const uint8_t *bytes, size_t length)
{
	static const struct ntp_keys keys = {
		.count = 1,
		.keys = { { 3, { .type = MAC_SHA384, .length_bytes = 1, .bytes = "k" } } },
	};
	uint8_t sealed[1024];
	struct outbox out;
	struct send_action *send = &out.actions[0].send;

	if (length < NTP_HEADER_SIZE || length + NTP_KEYS_MAC_SIZE_MAX > sizeof sealed)
		return;
	memcpy(sealed, bytes, length);
	server->keys = &keys;
	datagram->bytes = sealed;
	datagram->length_bytes = length + ntp_keys_seal(&keys.keys[0].key, 3, sealed, length);
	out.count = 0;
	(void)ntp_server_on_received(server, datagram, &time_now, (struct mono_time){ 0 }, &out);
	if (out.count == 0)
		return;
	check_answer(send, sealed, datagram->length_bytes);
	if (send->seal_key_id != 0) {
		assert(send->seal_key_id == 3);
		ntp_server_seal(server, send);
		assert(ntp_keys_is_valid(&keys.keys[0].key, send->bytes, send->length_bytes,
		                         send->length_bytes - NTP_HEADER_SIZE));
	}
	assert(send->length_bytes <= datagram->length_bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const struct access_rule everybody = { .is_allowed = true };
	struct ntp_server server = {
		.limit = { .is_on = true, .burst = 1, .leak_log2 = 1, .kod_log2 = 1 },
	};
	struct rng rng;
	struct outbox out;
	struct datagram datagram = {
		.association = ASSOCIATION_SERVER,
		.remote = { .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 7 }, .port = 40123 },
		.local = { .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 1 } },
		.received = { INT64_C(1795329017) * NS_PER_S + 1 },
		.bytes = bytes,
		.length_bytes = length,
	};
	enum ntp_server_verdict verdict;

	rng_init_seed(&rng, length);
	if (access_add(&server.access, &everybody, false) < 0 ||
	    client_table_create(CLIENT_TABLE_BYTES_MIN, &rng, &server.clients) < 0 ||
	    stamp_store_create(96, &rng, &server.stamps) < 0)
		assert(false);
	if (length >= NTP_HEADER_SIZE && u64_at(bytes, 24) != 0)
		stamp_store_keep(server.stamps, u64_at(bytes, 24),
		                 (struct stamp_store_sent){ KEPT_NTP64, STAMP_KERNEL });
	out.count = 0;
	verdict = ntp_server_on_received(&server, &datagram, &time_now, (struct mono_time){ 0 },
	                                 &out);
	assert(server.verdict_count[verdict] == 1);
	assert(out.count == (verdict == NTP_SERVER_ANSWERED));
	/* the first is within the limit */
	if (out.count == 1) {
		const struct send_action sent = out.actions[0].send;

		check_answer(&sent, bytes, length);
		datagram.bytes = sent.bytes;
		datagram.length_bytes = sent.length_bytes;
		out.count = 0;
		verdict = ntp_server_on_received(&server, &datagram, &time_now,
		                                 (struct mono_time){ 0 }, &out);
		assert(verdict == NTP_SERVER_WRONG_MODE && out.count == 0);
	}
	ask_with_a_key(&server, &datagram, bytes, length);
	stamp_store_destroy(server.stamps);
	client_table_destroy(server.clients);
	return 0;
}

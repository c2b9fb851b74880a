/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_server.h"

#include <assert.h>
#include <string.h>

#include "timescale/ntp_time.h"
#include "wire/ntp_header.h"

#define STRATUM_MAX 15
#define KISS_RATE   0x52415445 /* RFC 5905 section 7.4 */

#define SIGNED_KEY_SIZE  4 /* of MS-SNTP, and with the checksum: */
#define SIGNED_TAIL_SIZE 20

const char *ntp_server_verdict_text(enum ntp_server_verdict verdict)
{
	static const char *const texts[NTP_SERVER_VERDICT_COUNT] = {
		[NTP_SERVER_ANSWERED] = "answered",
		[NTP_SERVER_NOT_ALLOWED] = "the client's address is not allowed",
		[NTP_SERVER_TOO_SHORT] = "shorter than an NTP packet",
		[NTP_SERVER_MALFORMED] = "extension fields or MAC do not add up",
		[NTP_SERVER_WRONG_VERSION] = "not NTP version 1 to 4",
		[NTP_SERVER_WRONG_MODE] = "not a request for the time",
		[NTP_SERVER_NO_PORT] = "no port or address to answer to",
		[NTP_SERVER_UNAUTHENTICATED] = "not authenticated with a key that is known",
		[NTP_SERVER_RATE_LIMITED] = "asked too often (ratelimit), not answered",
		[NTP_SERVER_KISSED] = "asked too often (ratelimit), told so (KoD RATE)",
		[NTP_SERVER_SIGNED] = "answered, signed by Samba (ntpsigndsocket)",
		[NTP_SERVER_UNSIGNED] =
			"not signed by Samba in time (ntpsigndsocket), not answered",
	};

	assert(verdict < NTP_SERVER_VERDICT_COUNT);
	return texts[verdict];
}

/* Can one host be meant by it? The broadcast address of a subnet looks like any other: the socket
 * does not receive for it unless asked to. */
static bool is_one_host(const struct address *address)
{
	static const struct address any4 = { .family = ADDRESS_IPV4 };
	static const struct address multicast4 = { .family = ADDRESS_IPV4, .bytes = { 0xe0 } };
	static const struct address multicast6 = { .family = ADDRESS_IPV6, .bytes = { 0xff } };
	static const struct address broadcast4 = { .family = ADDRESS_IPV4,
		                                   .bytes = { 255, 255, 255, 255 } };

	return !address_is_within(address, &any4, 32) &&
	       !address_is_within(address, &broadcast4, 32) &&
	       !address_is_within(address, &multicast4, 4) &&
	       !address_is_within(address, &multicast6, 8);
}

static bool is_for_signer(const struct ntp_server *server, const struct datagram *datagram,
                          unsigned version)
{
	static const uint8_t zeros[SIGNED_TAIL_SIZE];
	const uint8_t *tail = datagram->bytes + NTP_HEADER_SIZE;

	return server->has_signer && version == 3 &&
	       datagram->length_bytes == NTP_HEADER_SIZE + SIGNED_TAIL_SIZE &&
	       memcmp(tail, zeros, SIGNED_KEY_SIZE) != 0 &&
	       memcmp(tail + SIGNED_KEY_SIZE, zeros, sizeof zeros - SIGNED_KEY_SIZE) == 0;
}

static enum ntp_server_verdict authenticate(const struct ntp_server *server,
                                            const struct datagram *datagram, size_t mac_bytes,
                                            uint32_t *key_id_out)
{
	const uint32_t id = ntp_keys_id(datagram->bytes, datagram->length_bytes, mac_bytes);
	const struct mac_key *key = ntp_keys_find(server->keys, id);

	if (!key || !ntp_keys_is_valid(key, datagram->bytes, datagram->length_bytes, mac_bytes))
		return NTP_SERVER_UNAUTHENTICATED;
	*key_id_out = id;
	return NTP_SERVER_ANSWERED;
}

/* *key_id_out is written where there is a valid MAC. */
static enum ntp_server_verdict judge(const struct ntp_server *server,
                                     const struct datagram *datagram,
                                     struct ntp_header *request_out, uint32_t *key_id_out)
{
	struct reader in = reader_over(datagram->bytes, datagram->length_bytes);
	struct ntp_framing framing;

	if (datagram->remote.port == 0 || !is_one_host(&datagram->remote) ||
	    !is_one_host(&datagram->local))
		return NTP_SERVER_NO_PORT;
	if (!access_is_allowed(&server->access, &datagram->remote))
		return NTP_SERVER_NOT_ALLOWED;
	if (ntp_header_decode(&in, request_out) < 0)
		return NTP_SERVER_TOO_SHORT;
	if (request_out->version < 1 || request_out->version > 4)
		return NTP_SERVER_WRONG_VERSION;
	if (request_out->mode != NTP_MODE_CLIENT && request_out->mode != NTP_MODE_SYMMETRIC_ACTIVE)
		return NTP_SERVER_WRONG_MODE;

	if (is_for_signer(server, datagram, request_out->version))
		return NTP_SERVER_SIGNED;
	framing = ntp_keys_frame(datagram->bytes + NTP_HEADER_SIZE, reader_left(&in),
	                         request_out->version);
	switch (framing.verdict) {
	case NTP_EXTENSION_PLAIN:
		return NTP_SERVER_ANSWERED;
	case NTP_EXTENSION_MAC:
		return authenticate(server, datagram, framing.mac_bytes, key_id_out);
	case NTP_EXTENSION_CRYPTO_NAK:
		return NTP_SERVER_UNAUTHENTICATED;
	case NTP_EXTENSION_MALFORMED:
		break;
	}
	return NTP_SERVER_MALFORMED;
}

void ntp_server_time_say(const struct ntp_server_time *time, struct ntp_header *header)
{
	const bool is_synchronised = time->leap != LEAP_UNSYNCHRONISED && time->stratum >= 1 &&
	                             time->stratum <= STRATUM_MAX;

	header->leap = is_synchronised ? (uint8_t)time->leap : LEAP_UNSYNCHRONISED;
	header->stratum = is_synchronised ? time->stratum : 0;
	header->precision_log2_s = time->precision_log2_s;
	header->root_delay_q16_s = ntp_time_short_encode(time->root_delay_ns);
	header->root_dispersion_q16_s = ntp_time_short_encode(time->root_dispersion_ns);
	header->reference_id = is_synchronised ? time->reference_id : 0;
	header->reference_ntp64 = time->reference.ns ? ntp_time_encode(time->reference) : 0;
}

static struct ntp_header reply_to(const struct ntp_header *request, struct local_time received,
                                  const struct ntp_server_time *time)
{
	/* Zero would mean "unknown"; it occurs for 116 ps, once in 136 years. */
	const uint64_t received_ntp64 =
		ntp_time_encode((struct utc_time){ received.ns + time->shift_ns });
	const uint64_t receive_ntp64 = received_ntp64 ? received_ntp64 : 1;
	struct ntp_header reply = {
		.version = request->version,
		.mode = request->mode == NTP_MODE_CLIENT ? NTP_MODE_SERVER
		                                         : NTP_MODE_SYMMETRIC_PASSIVE,
		.poll_log2_s = request->poll_log2_s,
		.origin_ntp64 = request->transmit_ntp64,
		.receive_ntp64 = receive_ntp64,
		.transmit_ntp64 = receive_ntp64, /* until the executor knows better */
	};

	ntp_server_time_say(time, &reply);
	return reply;
}

/* Those too who show a wrong key; who sends no request at all is no client. */
static enum ntp_server_verdict limit(struct ntp_server *server, const struct datagram *datagram,
                                     enum ntp_server_verdict verdict, struct mono_time now)
{
	enum client_verdict wanted;

	if (!server->clients || (verdict != NTP_SERVER_ANSWERED && verdict != NTP_SERVER_SIGNED &&
	                         verdict != NTP_SERVER_UNAUTHENTICATED))
		return verdict;
	wanted = client_table_on_hit(server->clients, &datagram->remote, CLIENT_NTP, &server->limit,
	                             now);
	if (verdict == NTP_SERVER_UNAUTHENTICATED || wanted == CLIENT_ANSWER)
		return verdict;
	/* a kiss that is not signed would not be believed, and signing is not for the hasty */
	return wanted == CLIENT_TELL && verdict == NTP_SERVER_ANSWERED ? NTP_SERVER_KISSED
	                                                               : NTP_SERVER_RATE_LIMITED;
}

/* An answer with the time that the one before really left at, if the client gives back what that
 * one said, and could tell such an answer from another. */
static bool interleave(struct ntp_server *server, const struct ntp_header *request,
                       struct ntp_header *reply)
{
	struct stamp_store_sent sent;

	if (!server->stamps || request->mode != NTP_MODE_CLIENT ||
	    request->receive_ntp64 == request->transmit_ntp64 ||
	    !stamp_store_take(server->stamps, request->origin_ntp64, &sent))
		return false;
	reply->transmit_ntp64 = sent.ntp64;
	server->sent_stamp_count[sent.stamp]++;
	reply->origin_ntp64 = request->receive_ntp64;
	server->interleaved_count++;
	return true;
}

static void make_kiss(struct ntp_header *reply)
{
	reply->leap = LEAP_UNSYNCHRONISED;
	reply->stratum = 0;
	reply->reference_id = KISS_RATE;
	reply->reference_ntp64 = 0;
}

static void answer(struct ntp_server *server, const struct datagram *datagram,
                   const struct ntp_header *request, const struct ntp_server_time *time,
                   enum ntp_server_verdict verdict, struct send_action *send)
{
	struct ntp_header reply = reply_to(request, datagram->received, time);
	struct writer bytes = writer_into(send->bytes, NTP_HEADER_SIZE);
	bool is_interleaved = false;

	if (verdict == NTP_SERVER_KISSED)
		make_kiss(&reply);
	else if (verdict == NTP_SERVER_ANSWERED)
		is_interleaved = interleave(server, request, &reply);
	ntp_header_encode(&reply, &bytes);
	assert(!bytes.is_overrun && bytes.used_bytes <= datagram->length_bytes);
	send->association = ASSOCIATION_SERVER;
	send->remote = datagram->remote;
	send->local = datagram->local;
	send->length_bytes = NTP_HEADER_SIZE;
	send->transmit_at_byte = is_interleaved ? 0 : NTP_HEADER_TRANSMIT_AT;
	/* who says nothing of an earlier answer will not ask when it left */
	send->keeps_stamp = server->stamps && request->mode == NTP_MODE_CLIENT &&
	                    request->origin_ntp64 != 0 && verdict != NTP_SERVER_SIGNED;
	send->transmit_add_ns = time->shift_ns;
	if (verdict == NTP_SERVER_SIGNED) {
		send->is_to_be_signed = true;
		memcpy(send->signing_key, datagram->bytes + NTP_HEADER_SIZE, SIGNED_KEY_SIZE);
	}
	server->received_stamp_count[datagram->stamp]++;
	server->sent_stamp_count[STAMP_DAEMON] += !is_interleaved;
}

enum ntp_server_verdict ntp_server_on_received(struct ntp_server *server,
                                               const struct datagram *datagram,
                                               const struct ntp_server_time *time,
                                               struct mono_time now, struct outbox *out)
{
	struct ntp_header request;
	uint32_t key_id = 0;
	const enum ntp_server_verdict verdict =
		limit(server, datagram, judge(server, datagram, &request, &key_id), now);

	server->verdict_count[verdict]++;
	if (verdict == NTP_SERVER_ANSWERED || verdict == NTP_SERVER_KISSED ||
	    verdict == NTP_SERVER_SIGNED) {
		struct send_action *send = &outbox_add(out, ACTION_SEND)->send;

		answer(server, datagram, &request, time, verdict, send);
		send->seal_key_id = key_id;
		server->authenticated_count += key_id != 0;
	}
	return verdict;
}

void ntp_server_on_unsigned(struct ntp_server *server, uint64_t count)
{
	assert(count <= server->verdict_count[NTP_SERVER_SIGNED]);
	server->verdict_count[NTP_SERVER_SIGNED] -= count;
	server->verdict_count[NTP_SERVER_UNSIGNED] += count;
}

void ntp_server_on_sent(struct ntp_server *server, uint64_t receive_ntp64, struct local_time sent,
                        enum stamp_source stamp)
{
	const struct stamp_store_sent known = {
		ntp_time_encode((struct utc_time){ sent.ns }),
		stamp,
	};

	if (!server->stamps || receive_ntp64 == 0 || known.ntp64 == 0)
		return;
	if (stamp == STAMP_DAEMON)
		stamp_store_keep(server->stamps, receive_ntp64, known);
	else
		stamp_store_correct(server->stamps, receive_ntp64, known);
}

void ntp_server_on_clock_stepped(struct ntp_server *server)
{
	if (server->stamps)
		stamp_store_clear(server->stamps);
}

void ntp_server_seal(const struct ntp_server *server, struct send_action *send)
{
	const struct mac_key *key = ntp_keys_find(server->keys, send->seal_key_id);

	assert(send->length_bytes <= sizeof send->bytes - NTP_KEYS_MAC_SIZE_MAX);
	if (key) /* it was there a moment ago */
		send->length_bytes += (uint16_t)ntp_keys_seal(key, send->seal_key_id, send->bytes,
		                                              send->length_bytes);
}

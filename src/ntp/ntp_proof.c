/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_proof.h"

static bool is_answer(const struct ntp_client *client, struct ntp_proof *proof,
                      struct mono_time now)
{
	const struct ntp_request *request = &client->request;
	const uint64_t origin_ntp64 = proof->header.origin_ntp64;

	if (!request->is_awaited || now.ns >= request->give_up.ns)
		return false;
	proof->request = request;
	return origin_ntp64 == request->transmit_ntp64 ||
	       (request->receive_ntp64 != 0 && origin_ntp64 == request->receive_ntp64);
}

static bool is_answered(const struct ntp_client *client, uint64_t origin_ntp64)
{
	return origin_ntp64 != 0 && (origin_ntp64 == client->answered_ntp64[0] ||
	                             origin_ntp64 == client->answered_ntp64[1]);
}

static bool is_authentic(const struct ntp_client *client, const struct datagram *datagram,
                         const struct ntp_framing *framing)
{
	const uint32_t key_id = client->config.key_id;
	const struct mac_key *key;

	if (key_id == 0)
		return framing->verdict == NTP_EXTENSION_PLAIN;
	key = ntp_keys_find(client->config.keys, key_id);
	return key && framing->verdict == NTP_EXTENSION_MAC &&
	       ntp_keys_id(datagram->bytes, datagram->length_bytes, framing->mac_bytes) == key_id &&
	       ntp_keys_is_valid(key, datagram->bytes, datagram->length_bytes, framing->mac_bytes);
}

static enum ntp_verdict find_in_client(const struct ntp_client *client,
                                       const struct datagram *datagram, struct mono_time now,
                                       const struct ntp_framing *framing, struct ntp_proof *proof)
{
	if (proof->header.mode != NTP_MODE_SERVER)
		return NTP_WRONG_MODE;
	if (is_answered(client, proof->header.origin_ntp64))
		return NTP_DUPLICATE;
	if (!is_answer(client, proof, now))
		return NTP_BOGUS_ORIGIN;
	return is_authentic(client, datagram, framing) ? NTP_GOOD : NTP_UNAUTHENTICATED;
}

/* The key comes first: what is not proven may be remembered (RFC 5905 has it always so), but never
 * without the key (CVE-2015-1799), nor while the peer is known to hear us. */
static enum ntp_verdict find_in_peer(const struct ntp_client *client,
                                     const struct datagram *datagram,
                                     const struct ntp_framing *framing, struct ntp_proof *proof)
{
	const struct ntp_header *header = &proof->header;

	if (header->mode != NTP_MODE_SYMMETRIC_ACTIVE && header->mode != NTP_MODE_SYMMETRIC_PASSIVE)
		return NTP_WRONG_MODE;
	if (ntp_peer_is_repeat(&client->peer, header))
		return NTP_DUPLICATE;
	if (!is_authentic(client, datagram, framing))
		return NTP_UNAUTHENTICATED;
	proof->request = ntp_peer_find(&client->peer, header);
	if (proof->request)
		return NTP_GOOD;
	proof->is_heard = header->mode == NTP_MODE_SYMMETRIC_ACTIVE && client->is_online &&
	                  header->transmit_ntp64 != 0 && ntp_peer_is_deaf(&client->peer);
	return NTP_BOGUS_ORIGIN;
}

enum ntp_verdict ntp_proof_find(const struct ntp_client *client, const struct datagram *datagram,
                                struct mono_time now, struct ntp_proof *proof_out)
{
	struct reader in = reader_over(datagram->bytes, datagram->length_bytes);
	struct ntp_proof *proof = proof_out;
	struct ntp_framing framing;
	enum ntp_verdict verdict;

	*proof = (struct ntp_proof){ .request = NULL };
	if (ntp_header_decode(&in, &proof->header) < 0)
		return NTP_TOO_SHORT;
	framing = ntp_keys_frame(datagram->bytes + NTP_HEADER_SIZE, reader_left(&in),
	                         proof->header.version);
	if (framing.verdict == NTP_EXTENSION_MALFORMED)
		return NTP_TOO_SHORT;
	if (!address_is_same(&datagram->remote, &client->config.remote))
		return NTP_WRONG_SENDER;
	/* Older appliances answer in their own version, whatever the request's was. */
	if (proof->header.version < 1 || proof->header.version > 4)
		return NTP_WRONG_VERSION;
	verdict = client->config.is_peer ? find_in_peer(client, datagram, &framing, proof)
	                                 : find_in_client(client, datagram, now, &framing, proof);
	if (verdict == NTP_GOOD)
		proof->is_interleaved =
			proof->header.origin_ntp64 != proof->request->transmit_ntp64;
	return verdict;
}

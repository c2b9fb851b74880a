/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_peer.h"

#include <string.h>

#include "timescale/ntp_time.h"

#define BLUR_NTP64 15 /* 3 ns */

static uint64_t encode(struct local_time local)
{
	return ntp_time_encode((struct utc_time){ local.ns });
}

/* RFC 9769 section 3: only if the peer cannot take the time that it is told for another packet's.
 */
static bool may_interleave(const struct ntp_peer *peer, bool is_wanted)
{
	return (is_wanted || peer->heard.is_interleaved) && peer->heard.is_known &&
	       peer->is_fresh && peer->heard.is_of_newest && peer->was_fresh;
}

/* Random in what is below the clock's precision, so that two packets do not tell the same time of
 * hearing; and before the time itself, so that it is never a transmit time. */
static uint64_t blurred(uint64_t ntp64, struct rng *rng)
{
	return (ntp64 & ~(uint64_t)BLUR_NTP64) - 1 - (rng_u64(rng) & BLUR_NTP64);
}

/* The time of the packet before, but not if that very number stood in one. */
static uint64_t earlier_transmit(const struct ntp_peer *peer)
{
	uint64_t ntp64 = encode(peer->sent[0].sent);

	for (size_t i = 0; i < NTP_PEER_SENT_MAX; i++)
		ntp64 += ntp64 == peer->sent[i].transmit_ntp64;
	return ntp64;
}

bool ntp_peer_fill(struct ntp_peer *peer, bool is_interleaved_wanted, struct rng *rng,
                   struct ntp_header *header)
{
	const struct ntp_peer_heard *heard = &peer->heard;
	const bool is_interleaved = may_interleave(peer, is_interleaved_wanted);

	if (heard->is_known) {
		header->origin_ntp64 =
			is_interleaved ? heard->receive_ntp64 : heard->transmit_ntp64;
		header->receive_ntp64 = blurred(encode(heard->received), rng);
	}
	if (is_interleaved)
		header->transmit_ntp64 = earlier_transmit(peer);
	return is_interleaved;
}

void ntp_peer_on_sending(struct ntp_peer *peer, const struct ntp_request *request)
{
	memmove(peer->sent + 1, peer->sent, (NTP_PEER_SENT_MAX - 1) * sizeof peer->sent[0]);
	peer->sent[0] = *request;
	peer->was_fresh = peer->is_fresh;
	peer->is_fresh = false;
	peer->unproven_count += peer->unproven_count < NTP_PEER_SENT_MAX;
}

void ntp_peer_on_sent(struct ntp_peer *peer, struct local_time sent, enum stamp_source stamp)
{
	struct ntp_request *newest = &peer->sent[0];

	if (stamp == STAMP_DAEMON && newest->transmit_ntp64 == 0)
		newest->transmit_ntp64 = encode(sent);
	if (stamp < newest->stamp || sent.ns < newest->sent.ns)
		return; /* worse, or of the one before */
	newest->sent = sent;
	newest->stamp = stamp;
}

const struct ntp_request *ntp_peer_find(const struct ntp_peer *peer,
                                        const struct ntp_header *header)
{
	for (size_t i = 0; i < NTP_PEER_SENT_MAX && header->origin_ntp64 != 0; i++) {
		if (header->origin_ntp64 == peer->sent[i].transmit_ntp64 ||
		    header->origin_ntp64 == peer->sent[i].receive_ntp64)
			return &peer->sent[i];
	}
	return NULL;
}

bool ntp_peer_is_repeat(const struct ntp_peer *peer, const struct ntp_header *header)
{
	return peer->heard.is_known && peer->heard.transmit_ntp64 == header->transmit_ntp64 &&
	       peer->heard.receive_ntp64 == header->receive_ntp64 &&
	       peer->heard.origin_ntp64 == header->origin_ntp64;
}

bool ntp_peer_is_deaf(const struct ntp_peer *peer)
{
	return !peer->has_proven || peer->unproven_count >= NTP_PEER_SENT_MAX;
}

void ntp_peer_hear(struct ntp_peer *peer, const struct ntp_header *header,
                   const struct ntp_request *request, struct local_time received)
{
	peer->heard = (struct ntp_peer_heard){
		.is_known = true,
		.is_interleaved = request && header->origin_ntp64 == request->receive_ntp64 &&
		                  header->origin_ntp64 != request->transmit_ntp64,
		.is_of_newest = request == &peer->sent[0],
		.receive_ntp64 = header->receive_ntp64,
		.transmit_ntp64 = header->transmit_ntp64,
		.origin_ntp64 = header->origin_ntp64,
		.received = received,
	};
	peer->is_fresh = true;
	if (!request)
		return;
	peer->has_proven = true;
	peer->unproven_count = 0;
	peer->has_poll = true;
	peer->poll_log2_s = header->poll_log2_s;
}

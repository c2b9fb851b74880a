/* ntp/ntp_peer: what symmetric mode needs beside what a client has. SPDX-License-Identifier: MIT
 *
 * Peers send whenever their own poll is due, and each packet tells what was last heard from the
 * other. So the times in it are real and no secret; without a key a stranger who guesses one to the
 * nanosecond is believed. What proves nothing is remembered only as long as the peer has not proven
 * that it hears us. RFC 5905 section 9.2 (modes 1 and 2), RFC 9769 section 3 (interleaved).
 *
 * Embedded in the association; owns nothing; all zeros is the beginning. */
#pragma once

#include "base/rng.h"
#include "ntp/ntp_request.h"
#include "wire/ntp_header.h"

#define NTP_PEER_SENT_MAX 4 /* any of the last ones may be answered: packets cross, or get lost */

struct ntp_peer_heard {
	bool is_known, is_interleaved;
	bool is_of_newest; /* it answers what we sent last */
	uint64_t receive_ntp64, transmit_ntp64, origin_ntp64;
	struct local_time received;
};

struct ntp_peer {
	struct ntp_request sent[NTP_PEER_SENT_MAX]; /* newest first; all zeros = none */
	struct ntp_peer_heard heard;                /* goes back to the peer with the next packet */
	bool is_fresh;                              /* nothing was sent since */
	bool was_fresh;          /* nor had there been when the newest was sent */
	bool has_proven;         /* that it hears us */
	unsigned unproven_count; /* sent since it last did */
	bool has_poll;
	int8_t poll_log2_s; /* as it said */
};

/* Origin, receive and transmit time of the next packet. True: it is an interleaved one; false: the
 * transmit time is to be written when it leaves. */
bool ntp_peer_fill(struct ntp_peer *peer, bool is_interleaved_wanted, struct rng *rng,
                   struct ntp_header *header);
void ntp_peer_on_sending(struct ntp_peer *peer, const struct ntp_request *request);
/* The newest left; the first reading is what stands in it, if its transmit time was to be written.
 */
void ntp_peer_on_sent(struct ntp_peer *peer, struct local_time sent, enum stamp_source stamp);

/* The one of ours that this packet answers, or NULL. */
const struct ntp_request *ntp_peer_find(const struct ntp_peer *peer,
                                        const struct ntp_header *header);
bool ntp_peer_is_repeat(const struct ntp_peer *peer, const struct ntp_header *header);
/* May a packet that answers nothing be remembered? */
bool ntp_peer_is_deaf(const struct ntp_peer *peer);
/* Remembers it. `request`: the one of ours that it answers, or NULL. */
void ntp_peer_hear(struct ntp_peer *peer, const struct ntp_header *header,
                   const struct ntp_request *request, struct local_time received);

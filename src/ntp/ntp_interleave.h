/* ntp/ntp_interleave: the exchange whose answer's real transmit time is still to be learnt.
 * SPDX-License-Identifier: MIT
 *
 * RFC 9769 sections 2 and 3, the first of its two sets of timestamps: the exchange before the last,
 * measured when the next answer tells when its own answer really left. Knows nothing of what is
 * believed: only what a proven answer said comes in here.
 *
 * Embedded in the association; owns nothing; all zeros is the beginning. */
#pragma once

#include <stdbool.h>

#include "source/datagram.h"

/* So many questions in a row without an answer may name the same exchange; then it is too old. */
#define NTP_INTERLEAVE_REQUESTS_MAX 4

struct ntp_interleave {
	bool is_known;
	bool is_measured; /* already, with the transmit time that stood in the answer itself */
	unsigned requests_count;          /* that asked for it */
	struct local_time sent, received; /* T1, T4 */
	enum stamp_source sent_stamp, received_stamp;
	uint64_t server_receive_ntp64;             /* T2; what the server knows the exchange by */
	int64_t root_delay_ns, root_dispersion_ns; /* as it was said then */
};

/* What the next request is to have as its origin timestamp; 0: nothing, it is a basic one. */
uint64_t ntp_interleave_ask(struct ntp_interleave *earlier);
void ntp_interleave_forget(struct ntp_interleave *earlier);

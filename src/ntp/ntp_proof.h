/* ntp/ntp_proof: does a packet prove that it answers what this association sent?
 * SPDX-License-Identifier: MIT
 *
 * Everything that a stranger could send ends here: nothing but the packet is looked at, nothing is
 * changed. RFC 5905 section 9.2, tests 1, 2 and 5. */
#pragma once

#include "ntp/ntp_client_state.h"
#include "wire/ntp_header.h"

struct ntp_proof {
	struct ntp_header header;          /* once it is as long as one */
	const struct ntp_request *request; /* NTP_GOOD: that it answers; in the association */
	bool is_interleaved;
	bool is_heard; /* not proven, but to be remembered: by its key or by its address a peer's
	                  that does not hear us yet */
};

/* NTP_GOOD or a verdict before NTP_KISS_RATE. */
enum ntp_verdict ntp_proof_find(const struct ntp_client *client, const struct datagram *datagram,
                                struct mono_time now, struct ntp_proof *proof_out);

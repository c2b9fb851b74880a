/* ntp/ntp_request: something that was sent and may be answered. SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "source/datagram.h"

struct ntp_request {
	bool is_awaited;
	bool is_warmup;          /* its answer is not measured: another request follows */
	bool is_burst;           /* part of a burst that goes on or ends with it */
	uint64_t transmit_ntp64; /* what proves that a reply is one: random; to a peer the time */
	uint64_t receive_ntp64;  /* the same, of an interleaved reply; 0 = there can be none */
	struct local_time sent;
	enum stamp_source stamp;
	struct mono_time give_up;
};

/* source/datagram: bytes that came from the network, and when. SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "base/address.h"
#include "base/instant.h"

/* Where a timestamp was taken; the later in this list, the closer to the wire. */
enum stamp_source { STAMP_DAEMON, STAMP_KERNEL, STAMP_HARDWARE, STAMP_SOURCE_COUNT };

struct datagram {
	uint32_t association;  /* whose socket it came on, or ASSOCIATION_SERVER */
	struct address remote; /* with port */
	struct address local;  /* the address that it was sent to; port 0 */
	struct local_time received;
	enum stamp_source stamp;
	const uint8_t *bytes; /* borrowed for the call */
	size_t length_bytes;
};

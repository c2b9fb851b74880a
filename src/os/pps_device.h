/* os/pps_device: pulses that the kernel has stamped (RFC 2783, by the ioctls of linux/pps.h).
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/attributes.h"

/* The descriptor, or -errno; -EOPNOTSUPP: the device cannot capture this edge. */
NODISCARD int pps_device_open(const char *path, bool is_clear);

struct pps_device_edge {
	struct timespec real; /* CLOCK_REALTIME */
	uint32_t sequence;
};

/* The last edge that there was, without waiting. 0 or -errno; -EAGAIN: none yet. */
NODISCARD int pps_device_fetch(int fd, bool is_clear, struct pps_device_edge *edge_out);

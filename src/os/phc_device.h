/* os/phc_device: a PTP hardware clock, read beside the system's clock (linux/ptp_clock.h).
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/attributes.h"

struct phc_device {
	int fd;
	bool is_crossts_off;  /* PTP_SYS_OFFSET_PRECISE does not work, or is not wanted */
	bool is_extended_off; /* PTP_SYS_OFFSET_EXTENDED does not work */
};

struct phc_device_reading {
	struct timespec before, after; /* CLOCK_REALTIME; equal if read at once by the hardware */
	int64_t phc_ns;
};

/* A path, or the name of a network interface that has such a clock. 0 or -errno; -ENODEV: the
 * interface has none. */
NODISCARD int phc_device_open(const char *path_or_interface, bool is_crossts_off,
                              struct phc_device *phc_out);
void phc_device_close(struct phc_device *phc);

/* The best of several readings, by the best way there is. 0 or -errno. */
NODISCARD int phc_device_read(struct phc_device *phc, struct phc_device_reading *reading_out);

/* Has edges on this pin stamped; they then make the descriptor readable. 0 or -errno. */
NODISCARD int phc_device_stamp_edges(struct phc_device *phc, uint32_t pin, uint32_t channel,
                                     bool is_falling);
/* One stamp. 0 or -errno. */
NODISCARD int phc_device_take_edge(struct phc_device *phc, uint32_t channel, int64_t *phc_ns_out);

/* daemon/hw_clocks: what the clocks of network cards say, in the clock that the daemon keeps.
 * SPDX-License-Identifier: MIT
 *
 * Each card's clock runs free and is compared with ours as often as `hwtimestamp` says. */
#pragma once

#include "daemon/daemon_config.h"
#include "estimate/clock_map.h"
#include "node/node.h"
#include "os/clock.h"
#include "os/hw_interface.h"
#include "os/phc_device.h"
#include "os/udp_socket.h"
#include "report/report.h"

#define HW_CLOCKS_MAX 16

struct hw_clock {
	struct hw_interface interface;
	struct hw_options options;
	struct phc_device phc;
	struct clock_map map;
	struct mono_time read_at; /* last */
	int error;                /* of the last reading; 0 = none */
	unsigned speed_mbps;
	struct mono_time speed_at;
	uint64_t sent_count, received_count, readings_count;
};

struct hw_clocks {
	size_t count;
	struct hw_clock clocks[HW_CLOCKS_MAX];
	struct report_hwtimestamp rows[HW_CLOCKS_MAX]; /* of the last report */
};

/* Turns stamping on where the line says. `*`: all interfaces that can do it, be it none. 0; else
 * -errno of hw_interface_enable or phc_device_open. */
NODISCARD int hw_clocks_open(struct hw_clocks *clocks, const struct hw_options *options);
void hw_clocks_close(struct hw_clocks *clocks);

/* A card's stamp as a reading of the kept clock. False: it is not known, or not known well. */
bool hw_clocks_sent(struct hw_clocks *clocks, const struct udp_hardware_stamp *stamp,
                    struct clock *clock, const struct node *node, struct local_time *sent_out);
bool hw_clocks_received(struct hw_clocks *clocks, const struct udp_hardware_stamp *stamp,
                        struct clock *clock, const struct node *node,
                        struct local_time *received_out);

/* Reads those that have not been read for long. */
void hw_clocks_on_deadline(struct hw_clocks *clocks, struct clock *clock, const struct node *node);
struct mono_time hw_clocks_deadline(const struct hw_clocks *clocks);

/* One row for each, borrowed until the next call. */
const struct report_hwtimestamp *hw_clocks_rows(struct hw_clocks *clocks);

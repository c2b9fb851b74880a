/* sim/time_signal: what a time station sends, as a node's radio hears it: edges of the carrier.
 * SPDX-License-Identifier: MIT
 *
 * The settings of a receiver say how bad the signal is; a radio/encode makes the edges. A receiver
 * whose time is not true hears a station that sends wrong time. */
#pragma once

#include "radio/encode.h"
#include "sim/receiver.h"

struct time_signal {
	struct radio_encoder encoder;
	bool is_sending;   /* no: the settings give a year that no station can send */
	int64_t start_ns;  /* on the encoder's clock, the start of the world */
	int64_t offset_ns; /* of the station's time */
	uint64_t seed;
};

/* The station sends from the minute on that runs at true_ns (since the start of the world, which
 * was at `start`). leap, leap_sign: as in struct radio_signal. */
void time_signal_begin(struct time_signal *signal, const struct radio_station *station,
                       const struct receiver_options *options, struct utc_time start,
                       struct utc_time leap, int leap_sign, int64_t true_ns);
/* The next edge after true_ns, with its level, into the plan; none while the receiver is down. */
void time_signal_plan(struct time_signal *signal, struct receiver *receiver, int64_t true_ns,
                      struct receiver_plan *plan_out);

/* refclock/radio_clock: a long-wave time station as a reference clock: MSF, DCF77, WWVB, JJY.
 * SPDX-License-Identifier: MIT
 *
 * The edges are timed by the free clock, so that steps and slews of the kept clock do not tear a
 * minute apart. Only minutes that the receiver calls good or repaired become samples. */
#pragma once

#include "radio/receiver.h"
#include "refclock/refclock_driver.h"

struct radio_clock {
	struct radio_receiver *receiver; /* owned */
	bool has_edge;
	struct local_time last_edge; /* as the kept clock read then */
	uint32_t sequence;           /* of the last edge */
	uint64_t edges_count;
	uint64_t lost_count; /* edges that the device had no room for */
	uint64_t minutes_count;
};

/* For the drivers' tables. */
extern const struct config_option radio_clock_options[];
NODISCARD int radio_clock_create(void *state, const struct refclock_driver *driver,
                                 struct utc_time floor);
void radio_clock_destroy(void *state);
void radio_clock_on_edge(void *state, const struct refclock_event *event,
                         struct refclock_samples *out);
void radio_clock_on_time(void *state, struct free_time now, struct refclock_samples *out);

/* os/virtual_clock: a private clock that is wrong in a known way. SPDX-License-Identifier: MIT
 *
 * Needs no privilege and touches nothing: any number of daemons, each with its own, run on one
 * machine. True time is what the machine's own clock says, so that all of them, and every other
 * program on the machine, agree on it to the nanosecond; and a kernel packet stamp, which is in
 * that clock, maps onto ours without an error. */
#pragma once

#include "os/clock.h"
#include "os/virtual_oscillator.h"

#define VIRTUAL_CLOCK_FREQUENCY_MAX 0.1 /* s/s; as Linux has it */

struct virtual_clock_options {
	struct virtual_oscillator_options oscillator;
	double epoch_s; /* < 0: true time is CLOCK_REALTIME; else it is CLOCK_MONOTONIC_RAW plus
	                   this */
};

/* 0 or -ENOMEM. */
NODISCARD int virtual_clock_open(const struct virtual_clock_options *options,
                                 struct clock **clock_out);

/* os/vm_watch: told when this machine stood still without any of its own clocks knowing: a virtual
 * machine that was stopped and let go, moved to another host, or restored from a snapshot.
 * SPDX-License-Identifier: MIT
 *
 * What tells, as far as it is there: the marker in the page of a VMClock device (UAPI.13), which
 * costs nothing to look at; the host's clock as a PTP clock (KVM, Hyper-V, VMware), to some tenths
 * of a second; the emulated real-time clock, which the host keeps going, to a second or two. The
 * real-time clock can be read by anybody and at any time, also while another program has it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "discipline/outside_clock.h"

struct vm_watch {
	const volatile uint8_t *page; /* NULL = none */
	uint64_t marker;
	int host, rtc; /* descriptors; -1 = none */
	struct outside_clock by_host, by_rtc;
};

/* Is this a virtual machine, whose real-time clock is worth a look? By the processor or, where that
 * cannot tell, by the kind of real-time clock. `sys`: "/sys". */
bool vm_watch_is_virtual(const char *sys);

void vm_watch_init(struct vm_watch *watch); /* nothing to look at */
/* While still root. What is not there is left out. `is_virtual`: the real-time clock, too. `sys`,
 * `dev`: "/sys" and "/dev". */
void vm_watch_open(struct vm_watch *watch, bool is_virtual, const char *sys, const char *dev);
void vm_watch_close(struct vm_watch *watch);

/* Did the marker change since this was last asked? */
bool vm_watch_is_moved(struct vm_watch *watch);
/* Reads the clocks: not more often than once a second. For how long the machine stood still at the
 * least; 0 = it did not. `is_rtc_local`: the real-time clock keeps local time. If it has just
 * become right, as `local` has it, it was set, and nothing stood still. */
int64_t vm_watch_lost_ns(struct vm_watch *watch, struct local_time local, bool is_rtc_local);
/* We set the real-time clock ourselves: it is known anew from now on. */
void vm_watch_on_rtc_set(struct vm_watch *watch);

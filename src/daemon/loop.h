/* daemon/loop: waits for what happens, tells the node, has its answer carried out.
 * SPDX-License-Identifier: MIT
 *
 * One thread, poll(2), no pipe and no signalfd: nothing that a simulator which preloads libc could
 * not replay. */
#pragma once

#include "daemon/daemon.h"

/* Set by handlers, which also interrupt poll. */
struct loop_signals {
	volatile sig_atomic_t is_end_wanted;
	volatile sig_atomic_t is_reload_wanted; /* of the configuration, into fresh log files */
};

/* Runs until a signal, the end (-t), or the node's wish to give up. */
void loop_run(struct daemon *daemon, struct loop_signals *signals);

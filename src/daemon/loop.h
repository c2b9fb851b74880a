/* daemon/loop: waits for what happens, tells the node, has its answer carried out.
 * SPDX-License-Identifier: MIT
 *
 * One thread, poll(2), no pipe and no signalfd: nothing that a simulator which preloads libc could
 * not replay. */
#pragma once

#include "daemon/daemon.h"

/* Runs until the signal, the end (-t), or the node's wish to give up. *signal_caught: set by the
 * handler, which also interrupts poll. */
void loop_run(struct daemon *daemon, const volatile sig_atomic_t *signal_caught);

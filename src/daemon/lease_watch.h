/* daemon/lease_watch: notices that the network's DHCP leases have changed. SPDX-License-Identifier:
 * MIT
 *
 * systemd-networkd tells nobody; it renames each new lease into its directory, whose time of change
 * is looked at now and then. */
#pragma once

#include <stdbool.h>
#include <time.h>

#include "base/instant.h"

#define LEASE_WATCH_INTERVAL_NS (10 * NS_PER_S)

struct daemon_lines;

struct lease_watch {
	bool is_begun;
	struct timespec seen;
	struct mono_time next; /* MONO_TIME_NEVER while there is nothing to look at */
};

/* Of the configuration whose lines these are; to be called again when it changes. */
void lease_watch_begin(struct lease_watch *watch, const struct daemon_lines *lines,
                       struct mono_time now);
struct mono_time lease_watch_deadline(const struct lease_watch *watch);
/* True: it was due, and the leases are others. */
bool lease_watch_is_changed(struct lease_watch *watch, const struct daemon_lines *lines,
                            struct mono_time now);

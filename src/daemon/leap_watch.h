/* daemon/leap_watch: reads the leap second files anew when they have changed: tzdata is updated
 * every half-year, and a daemon runs for longer. SPDX-License-Identifier: MIT */
#pragma once

#include "os/leap_files.h"

struct daemon;

struct leap_watch {
	struct leap_files_stamp seen;
	struct mono_time look_at;
	bool is_expiry_told;
};

/* The files have just been read. */
void leap_watch_begin(struct daemon *daemon);
void leap_watch_on_deadline(struct daemon *daemon, struct mono_time now);

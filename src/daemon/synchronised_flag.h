/* daemon/synchronised_flag: the file that systemd-time-wait-sync.service waits for.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#define SYNCHRONISED_FLAG_DIRECTORY "/run/systemd/timesync"

struct synchronised_flag {
	const char *directory; /* NULL: not wanted */
	bool is_raised;
};

/* Makes the directory, for `uid` to write in. Where there is no systemd, or no right to, the flag
 * is not wanted. To be called while still root. `directory` is borrowed. */
void synchronised_flag_prepare(struct synchronised_flag *flag, const char *directory, uid_t uid,
                               gid_t gid);
/* Touches DIRECTORY/synchronized, once. */
void synchronised_flag_raise(struct synchronised_flag *flag);

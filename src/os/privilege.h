/* os/privilege: becoming an ordinary user that may still set the clock.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/attributes.h"

struct privilege_user {
	uid_t uid;
	gid_t gid;
};

/* 0, or -ENOENT (no such user), or -errno. */
NODISCARD int privilege_find_user(const char *name, struct privilege_user *user_out);

/* Becomes that user for good. Of root's capabilities only CAP_NET_BIND_SERVICE and, if
 * may_set_clock, CAP_SYS_TIME are kept. 0 or -errno: then the program must end, it may stand
 * halfway. */
NODISCARD int privilege_drop(const char *name, const struct privilege_user *user,
                             bool may_set_clock);

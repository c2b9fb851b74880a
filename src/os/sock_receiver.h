/* os/sock_receiver: the Unix socket that other programs send samples of time to.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attributes.h"

/* Makes the socket at `path`. One that nobody listens to any more is replaced; anything else that
 * stands there is left alone. The descriptor, or -errno: -EADDRINUSE (somebody listens there),
 * -EEXIST (there is something that is no socket), -ENAMETOOLONG ... */
NODISCARD int sock_receiver_open(const char *path);
/* Removes the path if it is still our socket. */
void sock_receiver_close(int fd, const char *path);
/* One datagram, cut to size. Its length, or -errno; -EAGAIN: none. */
NODISCARD ssize_t sock_receiver_take(int fd, uint8_t *bytes, size_t size_bytes);

/* os/inherited_sockets: UDP sockets that a service manager has opened for us.
 * SPDX-License-Identifier: MIT
 *
 * sd_listen_fds(3), without libsystemd: $LISTEN_FDS descriptors from 3 on, if $LISTEN_PID is ours.
 * With them the program needs no right to privileged ports. Others than bound UDP sockets are
 * closed. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/address.h"

#define INHERITED_SOCKETS_MAX 16

struct inherited_sockets {
	size_t count;
	int fds[INHERITED_SOCKETS_MAX];
};

/* To be called before anything is opened, and before a fork. */
void inherited_sockets_find(struct inherited_sockets *sockets);
/* The one that is bound to address (ADDRESS_NONE: any of the family) and port: the caller's from
 * now on. -1: there is none. */
int inherited_sockets_take(struct inherited_sockets *sockets, enum address_family family,
                           const struct address *address, uint16_t port);
/* Those that nobody took. Returns how many there were. */
size_t inherited_sockets_close(struct inherited_sockets *sockets);

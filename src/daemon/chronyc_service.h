/* daemon/chronyc_service: answers chronyc from the node, and does what its commands leave to the
 * program. SPDX-License-Identifier: MIT */
#pragma once

#include <poll.h>

#include "daemon/daemon.h"

/* What poll(2) said of the entries of chronyc_sockets_poll_set. */
void chronyc_service_on_ready(struct daemon *daemon, const struct pollfd *set);

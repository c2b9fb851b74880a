/* daemon/open_network: the sockets that are open from start to end. SPDX-License-Identifier: MIT */
#pragma once

#include "daemon/daemon.h"

/* The NTP server's sockets if they are wanted (see node_wants_port) and not open yet. 0, or -errno
 * after it was said what is wrong and what to do. */
NODISCARD int open_network_serve(struct daemon *daemon, bool is_wanted);
/* Has network cards stamp packets. 0, or -errno after it was said which cannot. Before any socket.
 */
NODISCARD int open_network_hardware(struct daemon *daemon);
/* With `ntpqallow`: sockets of this host where the server has none. It is done without what cannot
 * be had, which is said. To be called again after open_network_serve. */
void open_network_ntpq(struct daemon *daemon);
/* Where chronyc asks. It is done without what cannot be had, which is said. Opened before any other
 * Unix socket: simulators find it by that. */
void open_network_chronyc(struct daemon *daemon);
/* How often, and which reports, chronyc may ask over UDP; to be called again when they change. */
void open_network_limits(struct daemon *daemon);
/* The control socket. It is done without when it cannot be had, which is said; only another daemon
 * that answers there is -EADDRINUSE. */
NODISCARD int open_network_control(struct daemon *daemon);

/* daemon/chronyc_sockets: where chronyc's requests come in: a Unix socket and UDP, datagrams only,
 * what they mean is control/'s. SPDX-License-Identifier: MIT */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#include "base/address.h"
#include "base/attributes.h"
#include "os/inherited_sockets.h"

#define CHRONYC_SOCKET_PATH "/run/chrony/chronyd.sock"
#define CHRONYC_SOCKETS_UDP 16
#define CHRONYC_SOCKETS_MAX (1 + CHRONYC_SOCKETS_UDP)

struct chronyc_sockets {
	int fds[CHRONYC_SOCKETS_MAX]; /* < 0: not open; the Unix socket is the first */
	char path[sizeof((struct sockaddr_un *)0)->sun_path]; /* "" = no Unix socket */
	struct inherited_sockets *inherited;                  /* borrowed; NULL = none */
};

struct chronyc_datagram {
	int fd;
	bool is_unix;
	struct sockaddr_un from; /* Unix: the client's own socket … */
	socklen_t from_bytes;
	struct address remote, local; /* … UDP: its address, and which of ours it asked */
	size_t length_bytes;
};

void chronyc_sockets_init(struct chronyc_sockets *sockets);

/* Makes the folder (0770) if it is missing, and the socket (0660); a dead one is replaced. 0;
 * -EADDRINUSE: somebody receives there; -ENOTSOCK: there is something else than a socket; or
 * -errno. */
NODISCARD int chronyc_sockets_open_unix(struct chronyc_sockets *sockets, const char *path);
NODISCARD int chronyc_sockets_open_udp(struct chronyc_sockets *sockets,
                                       const struct address *address, uint16_t port,
                                       const char *device);
/* Gives socket and folder to the user that the daemon is about to become. */
void chronyc_sockets_give(const struct chronyc_sockets *sockets, uid_t uid, gid_t gid);
void chronyc_sockets_close(struct chronyc_sockets *sockets); /* and removes the Unix socket */

/* Always CHRONYC_SOCKETS_MAX entries. */
size_t chronyc_sockets_poll_set(const struct chronyc_sockets *sockets, struct pollfd *set);
/* Takes the datagram that poll(2) says is there; longer than the buffer: cut. 0 or -errno. */
NODISCARD int chronyc_sockets_receive(const struct chronyc_sockets *sockets, size_t index,
                                      void *buffer, size_t size,
                                      struct chronyc_datagram *datagram_out);
/* To whoever sent that; 0 or -errno. */
NODISCARD int chronyc_sockets_reply(const struct chronyc_datagram *datagram, const void *bytes,
                                    size_t length_bytes);

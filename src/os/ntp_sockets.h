/* os/ntp_sockets: the sockets that NTP packets come and go by. SPDX-License-Identifier: MIT
 *
 * The server's sockets stay; an association has one only while it awaits a reply, a fresh one for
 * each request, so that its port cannot be foretold (RFC 9109). */
#pragma once

#include <poll.h>

#include "base/address.h"
#include "base/attributes.h"
#include "os/inherited_sockets.h"
#include "node/node_config.h"
#include "os/udp_socket.h"
#include "source/outbox.h"

#define NTP_SOCKETS_SERVER_MAX 16
#define NTP_SOCKETS_MAX        (NTP_SOCKETS_SERVER_MAX + NODE_SOURCES_MAX)

#define NTP_SOCKETS_ANSWERS 64 /* remembered until the kernel says when they left */

/* An answer that the kernel's transmit stamp is awaited for. */
struct ntp_answer {
	uint32_t number;      /* of the datagram on its socket */
	uint32_t association; /* or ASSOCIATION_SERVER, and then … */
	uint64_t receive_ntp64;
	struct local_time sent; /* by the daemon's reading, for a sanity check */
};

struct ntp_socket {
	int fd; /* < 0: a free place */
	uint32_t association;
	struct address
		address; /* server: bound to, ADDRESS_NONE for any; its family is in `family` */
	enum address_family family;
	bool has_hardware_stamp; /* client: of the request, so no better one will come */
	uint32_t sent_count;     /* datagrams on this socket */
	struct ntp_answer answers[NTP_SOCKETS_ANSWERS]; /* server: by number, the newest */
};

struct ntp_sockets_options { /* as in daemon_config */
	int32_t acquisition_port;
	struct address acquisition_addresses[2]; /* ADDRESS_NONE, or one of each family */
	const char *acquisition_device,
		*server_device; /* borrowed until close_all; NULL, "": any */
	uint8_t dscp;
	struct inherited_sockets *inherited; /* borrowed; NULL = none */
	bool is_hardware_stamped;            /* some network card stamps packets */
};

struct ntp_sockets {
	struct ntp_socket places[NTP_SOCKETS_MAX];
	struct ntp_sockets_options options; /* a port of 0 becomes the one that was chosen */
};

void ntp_sockets_init(struct ntp_sockets *sockets, const struct ntp_sockets_options *options);
void ntp_sockets_close_all(struct ntp_sockets *sockets);

/* One more server socket. address ADDRESS_NONE: any of that family. 0, -errno of socket or bind. */
NODISCARD int ntp_sockets_serve(struct ntp_sockets *sockets, enum address_family family,
                                const struct address *address, uint16_t port);

/* Is there a server socket that takes what is sent to this address of ours? */
bool ntp_sockets_is_serving(const struct ntp_sockets *sockets, const struct address *address);

/* Makes ready the socket that `send` is to leave by; for an association a new one. Returns it, or
 * -errno (-ENETUNREACH …: nothing can be sent there now). */
NODISCARD int ntp_sockets_prepare(struct ntp_sockets *sockets, const struct send_action *send);
/* 0 or -errno */
NODISCARD int ntp_sockets_send(struct ntp_sockets *sockets, int fd, const struct send_action *send);
/* Something whose stamp is of interest has just left by this server socket: all but its number. */
void ntp_sockets_on_left(struct ntp_sockets *sockets, int fd, const struct ntp_answer *answer);
/* What this stamp belongs to, or NULL. */
const struct ntp_answer *ntp_sockets_answer(const struct ntp_socket *socket, uint32_t number,
                                            struct local_time stamp);
void ntp_sockets_close(struct ntp_sockets *sockets, uint32_t association);

/* One entry for each place, in order; free places are fd -1. Returns how many. */
size_t ntp_sockets_poll_set(const struct ntp_sockets *sockets, struct pollfd *set);

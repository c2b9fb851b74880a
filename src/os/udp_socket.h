/* os/udp_socket: a UDP socket with kernel time stamps. SPDX-License-Identifier: MIT
 *
 * Never blocks. Stamps are the kernel's software ones (SO_TIMESTAMPING), and network cards' where
 * they are turned on (os/hw_interface): of reception with the datagram, of transmission from the
 * error queue a little later. Where the kernel gives none, the caller reads its clock. Plain file
 * descriptors; the caller closes them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/address.h"
#include "base/attributes.h"

/* A descriptor or -errno (-EAFNOSUPPORT: no IPv6 here). IPv6 sockets take no IPv4. */
NODISCARD int udp_socket_open(enum address_family family);
/* The same without time stamps: for what is not NTP. */
NODISCARD int udp_socket_open_plain(enum address_family family);

/* Makes one of the kind out of a socket that somebody else opened and bound. */
void udp_socket_adopt(int fd, enum address_family family);
void udp_socket_adopt_plain(int fd, enum address_family family);

/* Binds to address and port (ADDRESS_NONE: any; 0: a free port). is_shared: others that say the
 * same may bind it too; else a port that anybody has is -EADDRINUSE. 0 or -errno. */
NODISCARD int udp_socket_bind(int fd, enum address_family family, const struct address *address,
                              uint16_t port, bool is_shared);
/* What is sent and received goes by this interface, or stays in this VRF. 0 or -errno. */
NODISCARD int udp_socket_bind_device(int fd, const char *name);
/* 0..63, of all that is sent from now on. */
void udp_socket_set_dscp(int fd, enum address_family family, uint8_t dscp);
/* May it send to broadcast addresses? */
void udp_socket_allow_broadcast(int fd, bool is_allowed);
/* From now on sockets bound as shared may join this one's port. */
void udp_socket_share(int fd);
uint16_t udp_socket_port(int fd); /* its own, 0 when unknown */

NODISCARD int udp_socket_connect(int fd, const struct address *remote); /* 0 or -errno */

/* For connected sockets; 0 or -errno. A datagram leaves whole or not at all. */
NODISCARD int udp_socket_send(int fd, const void *bytes, size_t length_bytes);
/* From an unconnected one; local ADDRESS_NONE: the kernel chooses the sender's address. */
NODISCARD int udp_socket_send_from(int fd, const void *bytes, size_t length_bytes,
                                   const struct address *remote, const struct address *local);

/* From now on cards' stamps are told as well. 0 or -errno. */
NODISCARD int udp_socket_stamp_by_hardware(int fd);

struct udp_hardware_stamp {
	bool is_known;
	struct timespec raw;  /* of the card's own clock */
	uint32_t interface;   /* whose card it is; 0 = not told */
	uint32_t frame_bytes; /* that the packet had on the wire, without its checksum; 0 = not told
	                       */
};

struct udp_received {
	struct address remote; /* with port */
	struct address local;  /* that it was sent to; ADDRESS_NONE when unknown; port 0 */
	bool has_stamp;
	struct timespec stamp; /* CLOCK_REALTIME */
	struct udp_hardware_stamp hardware;
	size_t length_bytes;
};

/* Takes one datagram. 0, -EAGAIN (none), -EMSGSIZE (longer than the buffer: gone), or -errno that
 * an ICMP message caused. To be called once each time that poll(2) says readable. */
NODISCARD int udp_socket_receive(int fd, void *buffer, size_t size_bytes,
                                 struct udp_received *received_out);

struct udp_sent {
	uint32_t number; /* of datagrams that were sent on this socket before it; UINT32_MAX = ? */
	bool has_stamp;
	struct timespec stamp;              /* CLOCK_REALTIME */
	struct udp_hardware_stamp hardware; /* comes by itself, after the other */
};

/* When a datagram left. To be called when poll(2) reports POLLPRI or POLLERR: takes what caused it.
 * 0 with one of the stamps, or -EAGAIN when it was something else. */
NODISCARD int udp_socket_sent_stamp(int fd, struct udp_sent *sent_out);

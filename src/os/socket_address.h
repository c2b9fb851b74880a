/* os/socket_address: struct address <-> the kernel's sockaddr. SPDX-License-Identifier: MIT */
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/address.h"

union socket_address {
	struct sockaddr any;
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;
};

/* The length for bind, connect and sendmsg; 0 for ADDRESS_NONE. */
socklen_t socket_address_from(const struct address *address, union socket_address *raw_out);
/* With port; another family than IPv4 and IPv6 gives ADDRESS_NONE. The scope is kept for link-local
 * addresses only. */
struct address socket_address_to(const union socket_address *raw);

struct address socket_address_from_ipv4(struct in_addr raw);
struct address socket_address_from_ipv6(const struct in6_addr *raw, uint32_t scope);

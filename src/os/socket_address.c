/* SPDX-License-Identifier: MIT */
#include "os/socket_address.h"

#include <string.h>

socklen_t socket_address_from(const struct address *address, union socket_address *raw_out)
{
	memset(raw_out, 0, sizeof *raw_out);
	switch (address->family) {
	case ADDRESS_IPV4:
		raw_out->ipv4.sin_family = AF_INET;
		raw_out->ipv4.sin_port = htons(address->port);
		memcpy(&raw_out->ipv4.sin_addr, address->bytes, sizeof raw_out->ipv4.sin_addr);
		return sizeof raw_out->ipv4;
	case ADDRESS_IPV6:
		raw_out->ipv6.sin6_family = AF_INET6;
		raw_out->ipv6.sin6_port = htons(address->port);
		raw_out->ipv6.sin6_scope_id = address->scope;
		memcpy(&raw_out->ipv6.sin6_addr, address->bytes, sizeof raw_out->ipv6.sin6_addr);
		return sizeof raw_out->ipv6;
	default:
		return 0;
	}
}

struct address socket_address_from_ipv4(struct in_addr raw)
{
	struct address address = { .family = ADDRESS_IPV4 };

	memcpy(address.bytes, &raw, sizeof raw);
	return address;
}

struct address socket_address_from_ipv6(const struct in6_addr *raw, uint32_t scope)
{
	struct address address = { .family = ADDRESS_IPV6 };

	memcpy(address.bytes, raw, sizeof address.bytes);
	if (IN6_IS_ADDR_LINKLOCAL(raw))
		address.scope = scope;
	return address;
}

struct address socket_address_to(const union socket_address *raw)
{
	struct address address = { .family = ADDRESS_NONE };

	if (raw->any.sa_family == AF_INET) {
		address = socket_address_from_ipv4(raw->ipv4.sin_addr);
		address.port = ntohs(raw->ipv4.sin_port);
	} else if (raw->any.sa_family == AF_INET6) {
		address = socket_address_from_ipv6(&raw->ipv6.sin6_addr, raw->ipv6.sin6_scope_id);
		address.port = ntohs(raw->ipv6.sin6_port);
	}
	return address;
}

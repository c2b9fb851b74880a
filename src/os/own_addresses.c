/* SPDX-License-Identifier: MIT */
#include "os/own_addresses.h"

#include <ifaddrs.h>
#include <string.h>

#include "os/socket_address.h"

static struct address address_of(const struct sockaddr *raw)
{
	union socket_address copy = { 0 };

	if (raw && raw->sa_family == AF_INET)
		memcpy(&copy.ipv4, raw, sizeof copy.ipv4);
	else if (raw && raw->sa_family == AF_INET6)
		memcpy(&copy.ipv6, raw, sizeof copy.ipv6);
	return socket_address_to(&copy);
}

size_t own_addresses_list(struct address *addresses, size_t most)
{
	struct ifaddrs *list = NULL;
	size_t count = 0;

	if (getifaddrs(&list) != 0)
		return 0;
	for (const struct ifaddrs *one = list; one && count < most; one = one->ifa_next) {
		addresses[count] = address_of(one->ifa_addr);
		if (addresses[count].family != ADDRESS_NONE)
			count++;
	}
	freeifaddrs(list);
	return count;
}

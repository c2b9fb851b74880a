/* SPDX-License-Identifier: MIT */
#include "os/socket_address.h"

#include "testing/check.h"

static struct address parsed(const char *text, uint16_t port)
{
	struct address address;

	CHECK_EQ(address_parse(text, &address), 0);
	address.port = port;
	return address;
}

static void check_survives(const struct address *address)
{
	union socket_address raw;
	struct address back;

	CHECK(socket_address_from(address, &raw) > 0);
	back = socket_address_to(&raw);
	CHECK(address_is_same(address, &back));
}

TEST(socket_address, keeps_address_and_port)
{
	const struct address ipv4 = parsed("192.0.2.77", 123);
	const struct address ipv6 = parsed("2001:db8::7", 65535);
	struct address local = parsed("fe80::1", 123);

	local.scope = 3;
	check_survives(&ipv4);
	check_survives(&ipv6);
	check_survives(&local);
}

TEST(socket_address, is_in_network_order)
{
	const struct address ipv4 = parsed("192.0.2.77", 123);
	union socket_address raw;

	CHECK_EQ(socket_address_from(&ipv4, &raw), sizeof(struct sockaddr_in));
	CHECK_EQ(raw.ipv4.sin_family, AF_INET);
	CHECK_EQ(raw.ipv4.sin_addr.s_addr, htonl(0xc000024d));
	CHECK_EQ(raw.ipv4.sin_port, htons(123));
}

TEST(socket_address, has_a_scope_only_where_it_means_something)
{
	struct in6_addr global = { .s6_addr = { 0x20, 0x01 } },
			local = { .s6_addr = { 0xfe, 0x80 } };

	CHECK_EQ(socket_address_from_ipv6(&global, 2).scope, 0);
	CHECK_EQ(socket_address_from_ipv6(&local, 2).scope, 2);
}

TEST(socket_address, knows_nothing_of_other_families)
{
	union socket_address raw = { .any = { .sa_family = AF_UNIX } };
	const struct address none = { .family = ADDRESS_NONE };

	CHECK_EQ(socket_address_to(&raw).family, ADDRESS_NONE);
	CHECK_EQ(socket_address_from(&none, &raw), 0);
}

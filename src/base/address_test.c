/* SPDX-License-Identifier: MIT */
#include "base/address.h"
#include "testing/check.h"

#include <errno.h>

static struct address parsed(const char *text)
{
	struct address address = { 0 };

	CHECK_EQ(address_parse(text, &address), 0);
	return address;
}

TEST(base_address, round_trips_text)
{
	static const char *const texts[] = { "192.0.2.1", "::1", "2001:db8::5", "fe80::1%3" };
	char text[ADDRESS_TEXT_SIZE];

	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		const struct address address = parsed(texts[i]);

		CHECK_TEXT(address_format(&address, text), texts[i]);
	}
}

TEST(base_address, refuses_what_is_none)
{
	static const char *const texts[] = {
		"", "1.2.3", "1.2.3.4.5", "host", "1.2.3.4%1", "::%", ":::", "fe80::1%99999999999"
	};

	for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
		CHECK_EQ(address_parse(texts[i], &(struct address){ 0 }), -EINVAL);
}

TEST(base_address, knows_networks)
{
	const struct address net = parsed("192.0.2.128"), in = parsed("192.0.2.200"),
			     out = parsed("192.0.2.5"), six = parsed("2001:db8::1");

	CHECK(address_is_within(&in, &net, 25));
	CHECK(!address_is_within(&out, &net, 25));
	CHECK(address_is_within(&out, &net, 24));
	CHECK(!address_is_within(&six, &net, 0));
	CHECK(address_is_loopback(
		&(struct address){ .family = ADDRESS_IPV4, .bytes = { 127, 1 } }));
}

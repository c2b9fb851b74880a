/* SPDX-License-Identifier: MIT */
#include "base/address.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/text.h"

int address_parse(const char *text, struct address *address_out)
{
	struct address address = { 0 };
	char host[INET6_ADDRSTRLEN];
	const char *percent = strchr(text, '%');
	const size_t length = percent ? (size_t)(percent - text) : strlen(text);

	if (length >= sizeof host)
		return -EINVAL;
	memcpy(host, text, length);
	host[length] = '\0';

	if (!percent && inet_pton(AF_INET, host, address.bytes) == 1) {
		address.family = ADDRESS_IPV4;
	} else if (inet_pton(AF_INET6, host, address.bytes) == 1) {
		uint64_t scope = 0;

		if (percent && text_parse_u64(percent + 1, UINT32_MAX, &scope) < 0)
			return -EINVAL;
		address.family = ADDRESS_IPV6;
		address.scope = (uint32_t)scope;
	} else {
		return -EINVAL;
	}
	*address_out = address;
	return 0;
}

const char *address_format(const struct address *address, char text[ADDRESS_TEXT_SIZE])
{
	const int family = address->family == ADDRESS_IPV4 ? AF_INET : AF_INET6;

	if (address->family == ADDRESS_NONE ||
	    !inet_ntop(family, address->bytes, text, ADDRESS_TEXT_SIZE))
		memcpy(text, "-", 2);
	if (address->family == ADDRESS_IPV6 && address->scope != 0) {
		struct text out = text_append_to(text, ADDRESS_TEXT_SIZE);

		text_char(&out, '%');
		text_u64(&out, address->scope);
	}
	return text;
}

bool address_is_same_host(const struct address *a, const struct address *b)
{
	return a->family == b->family && a->scope == b->scope &&
	       memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool address_is_same(const struct address *a, const struct address *b)
{
	return address_is_same_host(a, b) && a->port == b->port;
}

bool address_is_loopback(const struct address *address)
{
	static const uint8_t loopback6[16] = { [15] = 1 };

	if (address->family == ADDRESS_IPV4)
		return address->bytes[0] == 127;
	return address->family == ADDRESS_IPV6 && memcmp(address->bytes, loopback6, 16) == 0;
}

bool address_is_within(const struct address *address, const struct address *network,
                       unsigned prefix_bits)
{
	const unsigned whole = prefix_bits / 8;
	const unsigned rest = prefix_bits % 8;

	assert(prefix_bits <= 128);
	if (address->family != network->family)
		return false;
	if (memcmp(address->bytes, network->bytes, whole) != 0)
		return false;
	return rest == 0 || (address->bytes[whole] ^ network->bytes[whole]) >> (8 - rest) == 0;
}

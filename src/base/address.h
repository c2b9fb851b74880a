/* base/address: an IP address with a port, and networks of them, as plain values.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

#define ADDRESS_TEXT_SIZE 72 /* "[ipv6%scope]:port" and the terminating zero */

enum address_family { ADDRESS_NONE = 0, ADDRESS_IPV4 = 4, ADDRESS_IPV6 = 6 };

struct address {
	uint8_t family;    /* enum address_family */
	uint8_t bytes[16]; /* network order; IPv4 in the first 4, the rest 0 */
	uint16_t port;     /* host order; 0 = none */
	uint32_t scope;    /* interface index of a link-local IPv6 address; else 0 */
};

/* "192.0.2.1" or "2001:db8::1", optionally with "%INDEX". No names, no port.
 * 0, or -EINVAL. The port is left 0. */
NODISCARD int address_parse(const char *text, struct address *address_out);

/* Without the port. Always terminated; returns `text`. ADDRESS_NONE prints as "-". */
const char *address_format(const struct address *address, char text[ADDRESS_TEXT_SIZE]);

bool address_is_same_host(const struct address *a, const struct address *b); /* port ignored */
bool address_is_same(const struct address *a, const struct address *b);
bool address_is_loopback(const struct address *address);

/* Do the first prefix_bits of both agree, in the same family? prefix_bits 0..32 or 0..128. */
bool address_is_within(const struct address *address, const struct address *network,
                       unsigned prefix_bits);

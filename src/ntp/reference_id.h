/* ntp/reference_id: how a server that is followed is named to clients. SPDX-License-Identifier: MIT
 */
#pragma once

#include "base/address.h"

/* The IPv4 address itself; for IPv6 the first four octets of its MD5 digest. RFC 5905 section 7.3.
 */
uint32_t reference_id_of(const struct address *address);

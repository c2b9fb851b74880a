/* os/own_addresses: the addresses of this machine's interfaces. SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "base/address.h"

/* Up to `most` of them, without port; 0 when they cannot be had. */
size_t own_addresses_list(struct address *addresses, size_t most);

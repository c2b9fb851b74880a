/* node/access_options: the words behind allow, deny, cmdallow and cmddeny. SPDX-License-Identifier:
 * MIT */
#pragma once

#include <stdbool.h>

#include "config/config_cursor.h"
#include "ntp/access.h"

/* `[all] [address|network]`: no address = both families. Networks may be short IPv4 forms (1, 1.2,
 * 1.2.3, with or without /bits) and have bits set behind the mask. Mistakes are reported. */
void access_options_parse(struct config_cursor *cursor, struct access *access, bool is_allowed);

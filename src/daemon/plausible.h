/* daemon/plausible: which times can be, by what this machine knows. SPDX-License-Identifier: MIT */
#pragma once

#include "daemon/daemon.h"
#include "source/plausibility.h"

struct plausibility plausible_now(const struct daemon *daemon);

/* os/random: unpredictable bytes from the kernel. SPDX-License-Identifier: MIT */
#pragma once

#include "base/attributes.h"
#include "base/rng.h"

/* Keys the generator from getrandom(2). 0 or -errno. */
NODISCARD int random_key_rng(struct rng *rng);

/* SPDX-License-Identifier: MIT */
#include "os/simulated.h"

#include <stdlib.h>

bool simulated_is(void)
{
	return getenv("LD_PRELOAD") != NULL;
}

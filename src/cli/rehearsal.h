/* cli/rehearsal: a leap second played in the simulator, second by second. SPDX-License-Identifier:
 * MIT
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"

struct rehearsal {
	int direction;      /* +1 or -1 */
	int64_t midnight_s; /* UTC since 1970: the day after it begins */
	const char
		*config_lines; /* chrony.conf lines that say how the clock is moved, each ended */
	bool is_smeared;       /* the configuration smooths what clients are told */
};

/* Prints the seconds around midnight. enum command_exit. */
NODISCARD int rehearsal_run(const struct rehearsal *rehearsal);

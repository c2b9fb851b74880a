/* os/kernel_state: what the kernel says of its clock. Reads only. SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"

struct kernel_state {
	bool is_synchronised;      /* STA_UNSYNC is not set */
	int leap;                  /* armed for midnight: +1 or -1; 0 = none */
	int tai_offset_s;          /* its own, TAI - UTC; 0 = nobody has set it */
	int64_t tai_minus_real_ns; /* CLOCK_TAI - CLOCK_REALTIME as programs see it */
	int64_t error_max_ns, error_estimate_ns;
};

/* 0 or -errno. */
NODISCARD int kernel_state_read(struct kernel_state *state_out);

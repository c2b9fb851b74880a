/* SPDX-License-Identifier: MIT */
#include "os/kernel_state.h"

#include <errno.h>
#include <sys/timex.h>
#include <time.h>

#define READ_TRIES 5

static int64_t reading_ns(clockid_t clock)
{
	struct timespec time = { 0 };

	(void)clock_gettime(clock, &time);
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

/* The readings cannot be of the same moment: of a few tries the closest together. */
static int64_t tai_minus_real_ns(void)
{
	int64_t best_width_ns = INT64_MAX, difference_ns = 0;

	for (unsigned i = 0; i < READ_TRIES; i++) {
		const int64_t before_ns = reading_ns(CLOCK_REALTIME);
		const int64_t tai_ns = reading_ns(CLOCK_TAI);
		const int64_t width_ns = reading_ns(CLOCK_REALTIME) - before_ns;

		if (width_ns >= 0 && width_ns < best_width_ns) {
			best_width_ns = width_ns;
			difference_ns = tai_ns - before_ns - width_ns / 2;
		}
	}
	return difference_ns;
}

int kernel_state_read(struct kernel_state *state_out)
{
	struct timex timex = { .modes = 0 };

	if (clock_adjtime(CLOCK_REALTIME, &timex) < 0)
		return -errno;
	*state_out = (struct kernel_state){
		.is_synchronised = !(timex.status & STA_UNSYNC),
		.leap = timex.status & STA_INS   ? 1
		        : timex.status & STA_DEL ? -1
		                                 : 0,
		.tai_offset_s = timex.tai,
		.tai_minus_real_ns = tai_minus_real_ns(),
		.error_max_ns = timex.maxerror * INT64_C(1000),
		.error_estimate_ns = timex.esterror * INT64_C(1000),
	};
	return 0;
}

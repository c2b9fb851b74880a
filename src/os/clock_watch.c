/* SPDX-License-Identifier: MIT */
#include "os/clock_watch.h"

#include <errno.h>
#include <stdint.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "os/simulated.h"

#define NEVER_S 0x7fffffffffLL /* 17000 years */

int clock_watch_open(void)
{
	const struct itimerspec never = { .it_value = { .tv_sec = NEVER_S } };
	int watch, error;

	if (simulated_is())
		return -ENOTSUP;
	watch = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (watch < 0)
		return -errno;
	if (timerfd_settime(watch, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) < 0) {
		error = -errno;
		close(watch);
		return error;
	}
	return watch;
}

bool clock_watch_take(int watch)
{
	uint64_t expirations;

	return watch >= 0 && read(watch, &expirations, sizeof expirations) < 0 &&
	       errno == ECANCELED;
}

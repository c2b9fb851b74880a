/* SPDX-License-Identifier: MIT
 *
 * That it is told when the clock is set shows tests/system, in a machine of its own. */
#include "os/clock_watch.h"
#include "os/simulated.h"
#include "testing/check.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

TEST(clock_watch, is_silent_while_nobody_sets_the_clock)
{
	const int watch = clock_watch_open();
	struct pollfd set = { .fd = watch, .events = POLLIN };

	if (simulated_is()) {
		CHECK_EQ(watch, -ENOTSUP);
		return;
	}
	CHECK(watch >= 0);
	CHECK_EQ(poll(&set, 1, 0), 0);
	CHECK(!clock_watch_take(watch));
	CHECK(!clock_watch_take(-1));
	close(watch);
}

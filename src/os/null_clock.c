/* SPDX-License-Identifier: MIT */
#include "os/null_clock.h"

#include <errno.h>
#include <stdlib.h>

static struct local_time now(struct clock *clock, struct mono_time mono)
{
	(void)clock;
	(void)mono;
	return (struct local_time){ clock_real_now_ns() };
}

static struct local_time local(struct clock *clock, struct timespec real)
{
	(void)clock;
	return (struct local_time){ real.tv_sec * NS_PER_S + real.tv_nsec };
}

static void adjust(struct clock *clock, const struct clock_command *command,
                   struct clock_adjusted *adjusted_out)
{
	(void)command;
	*adjusted_out = (struct clock_adjusted){ .at = clock_read(clock).local };
}

static void close_null(struct clock *clock)
{
	free(clock);
}

static const struct clock_driver driver = {
	.name = "none",
	.now = now,
	.local = local,
	.adjust = adjust,
	.close = close_null,
};

int null_clock_open(struct clock **clock_out)
{
	struct clock *clock = malloc(sizeof *clock);

	if (!clock)
		return -ENOMEM;
	clock->driver = &driver;
	*clock_out = clock;
	return 0;
}

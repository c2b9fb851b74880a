/* SPDX-License-Identifier: MIT */
#include "daemon/open_clock.h"

#include <errno.h>
#include <string.h>

#include "daemon/once.h"
#include "os/kernel_clock.h"
#include "os/null_clock.h"
#include "os/virtual_clock.h"

static int open_virtual(struct daemon *daemon)
{
	const struct virtualclock_options *options = &daemon->config->virtualclock;
	const struct virtual_clock_options virtual = {
		.oscillator = { .offset_s = options->offset_s,
		                .frequency_ppm = options->frequency_ppm,
		                .wander = options->wander,
		                .seed = options->seed },
		.epoch_s = options->epoch_s,
	};

	return virtual_clock_open(&virtual, &daemon->clock);
}

static int open_kernel(struct daemon *daemon)
{
	const int error =
		kernel_clock_open(daemon->config->node.discipline.rtcsync, &daemon->clock);

	if (error == 0)
		return 0;
	if (error == -EPERM)
		log_say(daemon->log, LOG_SEVERITY_WARNING,
		        "No permission to set the system clock (CAP_SYS_TIME): it is only watched, "
		        "as with -x");
	else
		log_say(daemon->log, LOG_SEVERITY_WARNING,
		        "The system clock cannot be set (%s): it is only watched, as with -x",
		        strerror(-error));
	return null_clock_open(&daemon->clock);
}

/* -x and -Q, in chronyd's words. */
static int open_untouched(struct daemon *daemon)
{
	log_say(daemon->log, LOG_SEVERITY_INFORMATION, "Disabled control of system clock");
	return null_clock_open(&daemon->clock);
}

int open_clock(struct daemon *daemon)
{
	const bool is_measuring = daemon->line->mode == MODE_MEASURE_ONCE;
	int error;

	if (daemon->config->virtualclock.is_on)
		error = open_virtual(daemon);
	else if (daemon->line->is_clock_untouched || is_measuring)
		error = open_untouched(daemon);
	else
		error = open_kernel(daemon);
	if (error == 0)
		daemon->may_adjust =
			daemon->clock->driver->is_adjustable && !once_is_on(daemon->line);
	return error;
}

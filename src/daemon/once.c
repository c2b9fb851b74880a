/* SPDX-License-Identifier: MIT */
#include "daemon/once.h"

#include <string.h>

bool once_is_on(const struct command_line *line)
{
	return line->mode == MODE_SET_ONCE || line->mode == MODE_MEASURE_ONCE;
}

void once_prepare(struct daemon_config *config)
{
	for (size_t i = 0; i < config->node.sources_count; i++)
		config->node.sources[i].iburst = true;
	config->node.initstepslew.names_count = 0;
	config->node.discipline.logchange_s = 0; /* it is said at the end, once */
}

/* With the drift file's frequency, as the daemon would start. */
static void set_clock(struct daemon *daemon, int64_t step_ns)
{
	const struct clock_command command = { .frequency = -daemon->drift_ppm * 1e-6,
		                               .step_ns = step_ns };
	struct clock_adjusted done;

	clock_adjust(daemon->clock, &command, &done);
	if (done.error != 0) {
		log_say(daemon->log, LOG_SEVERITY_ERROR, "The system clock could not be set: %s",
		        strerror(done.error));
		daemon->exit_status = 1;
	}
}

/* Until the bursts are over every reply makes the answer better. */
void once_check(struct daemon *daemon)
{
	struct node_status status;
	bool is_step;

	if (!once_is_on(daemon->line))
		return;
	status = node_status(daemon->node, clock_read(daemon->clock));
	if (status.updates_count == 0 || status.burst_count > 0)
		return;
	is_step = daemon->line->mode == MODE_SET_ONCE && daemon->clock->driver->is_adjustable;
	/* Chrony's sign: what must be added to the clock. */
	log_say(daemon->log, LOG_SEVERITY_WARNING, "System clock wrong by %.6f seconds (%s)",
	        (double)status.offset_ns * 1e-9, is_step ? "step" : "ignored");
	daemon->is_over = true;
	daemon->exit_status = 0;
	if (is_step)
		set_clock(daemon, status.offset_ns);
}

void once_conclude(const struct daemon *daemon)
{
	if (once_is_on(daemon->line) && daemon->exit_status != 0)
		log_say(daemon->log, LOG_SEVERITY_ERROR, "No suitable source for synchronisation");
}

/* SPDX-License-Identifier: MIT */
#include "daemon/once.h"

bool once_is_on(const struct command_line *line)
{
	return line->mode == MODE_SET_ONCE || line->mode == MODE_MEASURE_ONCE;
}

void once_prepare(const struct command_line *line, struct daemon_config *config)
{
	for (size_t i = 0; i < config->node.sources_count; i++)
		config->node.sources[i].iburst = true;
	if (line->mode == MODE_SET_ONCE) {
		config->node.discipline.makestep_threshold_s = 1e-5;
		config->node.discipline.makestep_limit = -1;
	}
}

/* Until the bursts are over every reply makes the answer better. */
void once_check(struct daemon *daemon)
{
	struct node_status status;

	if (!once_is_on(daemon->line))
		return;
	status = node_status(daemon->node, clock_read(daemon->clock));
	if (status.updates_count == 0 || status.burst_count > 0)
		return;
	/* Chrony's sign: what must be added to the clock. */
	if (daemon->line->mode == MODE_MEASURE_ONCE)
		log_say(daemon->log, LOG_SEVERITY_INFORMATION,
		        "System clock wrong by %.6f seconds (ignored)",
		        (double)status.offset_ns * 1e-9);
	daemon->is_over = true;
	daemon->exit_status = 0;
}

void once_conclude(const struct daemon *daemon)
{
	if (once_is_on(daemon->line) && daemon->exit_status != 0)
		log_say(daemon->log, LOG_SEVERITY_ERROR, "No suitable source for synchronisation");
}

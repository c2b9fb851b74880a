/* `initstepslew`: before anything else the clock is set once, by servers that are asked for that
 * alone. SPDX-License-Identifier: MIT */
#include <string.h>

#include "node/node_state.h"

/* For names to resolve, a burst of four requests, and a second one for what was lost. */
#define PATIENCE_NS (20 * NS_PER_S)

static void add_server(struct node *node, const char *name, struct instant now)
{
	struct source_options options = { .kind = SOURCE_SERVER, .presend_log2_s = 100 };

	config_option_reset_all(source_options_table, &options);
	memcpy(options.name, name, strlen(name) + 1);
	options.iburst = true;
	(void)node_lines_add(node, &options, now);
}

/* What the discipline may do meanwhile: one step above the threshold, and nobody hears of it but in
 * one message at the end. */
static void begin(struct node *node)
{
	node->initial_trace = node->trace;
	node->trace = node->discipline.trace = (struct trace_sink){ NULL, NULL };
	discipline_set_makestep(&node->discipline, node->config.initstepslew.threshold_s, 1);
	node->discipline.options.maxchange_offset_s = 0;
}

bool node_initial_start(struct node *node, struct instant now, struct outbox *out)
{
	const struct initstepslew_options *options = &node->config.initstepslew;
	struct ntp_server_time own;

	if (options->names_count == 0 || node->is_restart)
		return false;
	begin(node);
	node->initial_end = mono_time_after(now.mono, PATIENCE_NS);
	for (size_t i = 0; i < options->names_count; i++)
		add_server(node, options->names[i], now);
	own = node_serving_time(node, now);
	node_lines_on_deadline(node, now, &own, out);
	return true;
}

bool node_initial_is_on(const struct node *node)
{
	return node->initial_end.ns != MONO_TIME_NEVER.ns;
}

struct mono_time node_initial_deadline(const struct node *node)
{
	return node->initial_end;
}

/* As a node that has heard of nobody yet; the clock and its slew stay. */
static void forget(struct node *node, struct instant now, struct outbox *out)
{
	const struct discipline_options *options = &node->config.discipline;

	for (size_t i = 0; i < node->sources_count; i++) {
		if (node->sources[i].is_used)
			node_lines_remove(node, &node->sources[i], out);
	}
	memset(&node->system, 0, sizeof node->system);
	node->is_synchronised = node->was_synchronised = node->was_near = false;
	node->first_asked = node->wait_until = MONO_TIME_NEVER;
	node->started = now.mono;
	node->trace = node->discipline.trace = node->initial_trace;
	node->initial_end = MONO_TIME_NEVER;
	node->discipline.updates_count = 0;
	node->discipline.options.maxchange_offset_s = options->maxchange_offset_s;
	discipline_set_makestep(&node->discipline, options->makestep_threshold_s,
	                        options->makestep_limit);
	node_clock_refresh(node, now);
	discipline_refresh(&node->discipline, out);
}

bool node_initial_is_over(struct node *node, struct instant now, struct outbox *out)
{
	const bool is_set = node->discipline.updates_count > 0;
	struct trace_event event = { .kind = TRACE_INITIAL_OFFSET, .when = now.local };

	if (!node_initial_is_on(node) || (!is_set && now.mono.ns < node->initial_end.ns))
		return false;
	event.numbers[0] = (double)node->discipline.last_offset_ns;
	event.text = !is_set ? NULL : node->discipline.steps_count > 0 ? "step" : "slew";
	forget(node, now, out);
	trace_emit(&node->trace, &event);
	return true;
}

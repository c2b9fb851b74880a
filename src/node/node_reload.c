/* SPDX-License-Identifier: MIT */
#include "node/node_reload.h"

#include <string.h>

#include "config/config_diff.h"
#include "node/node_plan.h"
#include "node/node_state.h"

/* The lines of the node by their place in the configuration before; NULL: deleted by a command. */
struct lines_by_place {
	struct node_line *lines[NODE_LINES_MAX];
};

static void find_lines(struct node *node, struct lines_by_place *found)
{
	memset(found, 0, sizeof *found);
	for (size_t i = 0; i < node->lines_count; i++) {
		struct node_line *line = &node->lines[i];

		if (line->config_number > 0)
			found->lines[line->config_number - 1] = line;
	}
}

static size_t used_count(const struct node *node, const struct node_line *line)
{
	size_t count = 0;

	for (size_t i = 0; i < node->sources_count; i++)
		count += node->sources[i].is_used &&
		         (!line || &node->lines[node->sources[i].line_index] == line);
	return count;
}

/* Is there room for all that is new, once the rest is gone? A pool is content with one place. A
 * line whose name is being resolved keeps its place until the answer came. */
static bool has_room(const struct node *node, const struct node_plan *plan,
                     const struct lines_by_place *found)
{
	size_t sources_count = used_count(node, NULL), lines_count = 0, added_count = 0;

	for (size_t i = 0; i < node->lines_count; i++)
		lines_count += node->lines[i].options.name[0] != '\0' || node->lines[i].is_pending;
	for (size_t i = 0; i < plan->count; i++) {
		const struct node_plan_step *step = &plan->steps[i];
		const struct node_line *line =
			step->change == NODE_PLAN_ADD ? NULL : found->lines[step->before];

		if (line &&
		    (step->change == NODE_PLAN_REMOVE || step->change == NODE_PLAN_REPLACE)) {
			sources_count -= used_count(node, line);
			lines_count -= !line->is_pending;
		}
		added_count += step->change == NODE_PLAN_REPLACE || step->change == NODE_PLAN_ADD ||
		               (!line && step->change != NODE_PLAN_REMOVE);
	}
	return sources_count + added_count <= NODE_SOURCES_MAX &&
	       lines_count + added_count <= ARRAY_COUNT(node->lines);
}

static void remove_line(struct node *node, const struct node_line *line, struct outbox *out)
{
	for (size_t i = 0; i < node->sources_count; i++) {
		struct node_source *source = &node->sources[i];

		if (source->is_used && &node->lines[source->line_index] == line)
			node_lines_remove(node, source, out);
	}
}

static void adjust_line(struct node *node, struct node_line *line,
                        const struct source_options *options, struct instant now)
{
	const bool was_offline = line->options.offline;

	line->options = *options;
	for (size_t i = 0; i < node->sources_count; i++) {
		struct node_source *source = &node->sources[i];

		if (!source->is_used || &node->lines[source->line_index] != line)
			continue;
		source->has_own_options = false;
		node_source_take_limits(node, source, now);
		if (options->offline != was_offline)
			node_source_set_online(node, source, !options->offline, now);
	}
}

static void carry_out(struct node *node, const struct node_plan *plan,
                      const struct lines_by_place *found, const struct source_options *wanted,
                      struct instant now, struct outbox *out)
{
	const struct node_plan_step *const end = plan->steps + plan->count;

	for (const struct node_plan_step *step = plan->steps; step < end; step++) {
		if ((step->change == NODE_PLAN_REMOVE || step->change == NODE_PLAN_REPLACE) &&
		    found->lines[step->before])
			remove_line(node, found->lines[step->before], out);
	}
	for (const struct node_plan_step *step = plan->steps; step < end; step++) {
		struct node_line *line =
			step->change == NODE_PLAN_KEEP || step->change == NODE_PLAN_ADJUST
				? found->lines[step->before]
				: NULL;

		if (step->change == NODE_PLAN_REMOVE)
			continue;
		if (!line) /* new, or deleted by a command and still wanted */
			line = node_lines_add(node, &wanted[step->after], now);
		else if (step->change == NODE_PLAN_ADJUST)
			adjust_line(node, line, &wanted[step->after], now);
		if (line)
			line->config_number = (unsigned)step->after + 1;
	}
}

static enum node_outcome reload_lines(struct node *node, const struct source_options *wanted,
                                      size_t count, struct instant now, struct outbox *out)
{
	struct node_config *config = &node->config;
	struct lines_by_place found;
	struct node_plan plan;

	node_plan_make(&(struct node_plan_lines){ config->sources, config->sources_count },
	               &(struct node_plan_lines){ wanted, count }, &plan);
	find_lines(node, &found);
	if (!has_room(node, &plan, &found))
		return NODE_TOO_MANY_SOURCES;
	carry_out(node, &plan, &found, wanted, now, out);
	memcpy(config->sources, wanted, count * sizeof *wanted);
	config->sources_count = count;
	return NODE_DONE;
}

enum node_outcome node_reload_sources(struct node *node, const struct source_options *wanted,
                                      size_t count, struct instant now, struct outbox *out)
{
	struct source_options merged[NODE_LINES_MAX];
	enum node_outcome outcome;
	size_t merged_count = 0;

	for (size_t i = 0; i < node->config.sources_count; i++) {
		if (!node->config.sources[i].is_reloadable)
			merged[merged_count++] = node->config.sources[i];
	}
	for (size_t i = 0; i < count; i++) {
		if (!wanted[i].is_reloadable)
			continue;
		if (merged_count == NODE_LINES_MAX)
			return NODE_TOO_MANY_SOURCES;
		merged[merged_count++] = wanted[i];
	}
	outcome = reload_lines(node, merged, merged_count, now, out);
	node_selection_run(node, now, out);
	return outcome;
}

static void reload_discipline(struct node *node, const struct discipline_options *before,
                              const struct discipline_options *after)
{
	config_diff_carry(discipline_directives, before, after, &node->config.discipline);
	config_diff_carry(discipline_directives, before, after, &node->discipline.options);
	if (before->makestep_limit != after->makestep_limit ||
	    before->makestep_threshold_s != after->makestep_threshold_s) {
		node->spent.updates_count = 0;
		discipline_set_makestep(&node->discipline, after->makestep_threshold_s,
		                        after->makestep_limit);
	}
	if (before->maxchange_ignore != after->maxchange_ignore)
		node->discipline.ignores_left = after->maxchange_ignore;
	if (memcmp(&before->smoothtime, &after->smoothtime, sizeof after->smoothtime) != 0)
		smoothing_init(&node->smoothing, &after->smoothtime);
	/* a directive of the daemon */
	node->config.discipline.driftfile_interval_s = after->driftfile_interval_s;
	node->discipline.options.driftfile_interval_s = after->driftfile_interval_s;
}

enum node_outcome node_reload(struct node *node, const struct node_config *before,
                              const struct node_config *after, struct instant now,
                              struct outbox *out)
{
	const enum node_outcome outcome =
		reload_lines(node, after->sources, after->sources_count, now, out);

	if (outcome != NODE_DONE)
		return outcome;
	config_diff_carry(node_config_directives, before, after, &node->config);
	reload_discipline(node, &before->discipline, &after->discipline);
	node->server.limit = node->config.ratelimit;
	if (memcmp(&before->access, &after->access, sizeof before->access) != 0)
		node->server.access = node->config.access = after->access;
	node_selection_run(node, now, out);
	return NODE_DONE;
}

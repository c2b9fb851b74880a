/* node/node_plan: what to do to get from one set of server, pool and peer lines to another.
 * SPDX-License-Identifier: MIT
 *
 * Compares configurations, not what became of them: what was commanded meanwhile is not undone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "node/node_config.h"

enum node_plan_change {
	NODE_PLAN_KEEP,    /* the same line */
	NODE_PLAN_ADJUST,  /* other options, all such as may change while its measurements stand */
	NODE_PLAN_REPLACE, /* other options: it begins anew */
	NODE_PLAN_REMOVE,
	NODE_PLAN_ADD,
};

struct node_plan_step {
	enum node_plan_change change;
	size_t before, after; /* indices; meaningless of one that comes, or goes */
};

struct node_plan {
	size_t count;
	struct node_plan_step steps[2 * NODE_LINES_MAX]; /* those of `before`, in its order, come
	                                                    first; then what is added */
};

struct node_plan_lines {
	const struct source_options *lines;
	size_t count; /* 0..NODE_LINES_MAX */
};

void node_plan_make(const struct node_plan_lines *before, const struct node_plan_lines *after,
                    struct node_plan *plan_out);

/* SPDX-License-Identifier: MIT */
#include "node/node_plan.h"

#include <assert.h>
#include <string.h>

/* An association reads these whenever it needs them. */
static const char *const adjustable[] = {
	"minpoll",       "maxpoll",  "maxdelay",   "maxdelayratio", "maxdelaydevratio",
	"maxdelayquant", "filter",   "polltarget", "minstratum",    "offset",
	"prefer",        "noselect", "asymmetry",  "trust",         "require",
	"offline",       "iburst",
};

static bool is_adjustable(const struct config_option *row)
{
	for (size_t i = 0; i < ARRAY_COUNT(adjustable); i++) {
		if (strcmp(row->name, adjustable[i]) == 0)
			return true;
	}
	return false;
}

static bool is_same_name(const struct source_options *a, const struct source_options *b)
{
	return a->kind == b->kind && strcmp(a->name, b->name) == 0;
}

static enum node_plan_change change_of(const struct source_options *a,
                                       const struct source_options *b)
{
	enum node_plan_change change = NODE_PLAN_KEEP;

	for (const struct config_option *row = source_options_table; row->name; row++) {
		if (memcmp((const char *)a + row->offset, (const char *)b + row->offset,
		           row->size) == 0)
			continue;
		if (!is_adjustable(row))
			return NODE_PLAN_REPLACE;
		change = NODE_PLAN_ADJUST;
	}
	return change;
}

struct matching {
	const struct node_plan_lines *before, *after;
	bool is_taken[NODE_LINES_MAX];   /* of `after` */
	bool is_matched[NODE_LINES_MAX]; /* of `before` */
	struct node_plan *plan;
};

/* Lines of like name find each other, the more alike the earlier. */
static void match(struct matching *m, enum node_plan_change worst)
{
	for (size_t i = 0; i < m->before->count; i++) {
		for (size_t j = 0; j < m->after->count && !m->is_matched[i]; j++) {
			enum node_plan_change change;

			if (m->is_taken[j] ||
			    !is_same_name(&m->before->lines[i], &m->after->lines[j]))
				continue;
			change = change_of(&m->before->lines[i], &m->after->lines[j]);
			if (change > worst)
				continue;
			m->is_taken[j] = m->is_matched[i] = true;
			m->plan->steps[i] = (struct node_plan_step){ change, i, j };
		}
	}
}

void node_plan_make(const struct node_plan_lines *before, const struct node_plan_lines *after,
                    struct node_plan *plan_out)
{
	struct matching m = { .before = before, .after = after, .plan = plan_out };

	assert(before->count <= NODE_LINES_MAX && after->count <= NODE_LINES_MAX);
	plan_out->count = before->count;
	match(&m, NODE_PLAN_KEEP);
	match(&m, NODE_PLAN_ADJUST);
	match(&m, NODE_PLAN_REPLACE);
	for (size_t i = 0; i < before->count; i++) {
		if (!m.is_matched[i])
			plan_out->steps[i] =
				(struct node_plan_step){ .change = NODE_PLAN_REMOVE, .before = i };
	}
	for (size_t j = 0; j < after->count; j++) {
		if (!m.is_taken[j])
			plan_out->steps[plan_out->count++] =
				(struct node_plan_step){ .change = NODE_PLAN_ADD, .after = j };
	}
}

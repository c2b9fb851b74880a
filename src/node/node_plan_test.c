/* SPDX-License-Identifier: MIT */
#include "node/node_plan.h"
#include "config/config_errors.h"
#include "testing/check.h"

#include <stdlib.h>

static struct node_config *parse(const char *const *texts)
{
	struct config_line lines[16];
	struct node_config *config = calloc(1, sizeof *config);
	struct config_errors *errors = calloc(1, sizeof *errors);
	size_t count = 0;

	CHECK(config && errors);
	config_errors_init(errors);
	for (; texts[count]; count++)
		lines[count] =
			(struct config_line){ "f", (unsigned)count + 1, texts[count], false };
	CHECK_EQ(node_config_parse(lines, count, config, errors), 0);
	free(errors);
	return config;
}

static struct node_plan plan_of(const char *const *before_texts, const char *const *after_texts)
{
	struct node_config *before = parse(before_texts), *after = parse(after_texts);
	struct node_plan plan;

	node_plan_make(&(struct node_plan_lines){ before->sources, before->sources_count },
	               &(struct node_plan_lines){ after->sources, after->sources_count }, &plan);
	free(before);
	free(after);
	return plan;
}

#define LINES(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NO_LINES   ((const char *const[]){ NULL })

static void check_step(const struct node_plan *plan, size_t index, enum node_plan_change change,
                       size_t before, size_t after)
{
	CHECK(index < plan->count);
	CHECK_EQ(plan->steps[index].change, change);
	if (change != NODE_PLAN_ADD)
		CHECK_EQ(plan->steps[index].before, before);
	if (change != NODE_PLAN_REMOVE)
		CHECK_EQ(plan->steps[index].after, after);
}

TEST(node_plan, keeps_lines_that_only_moved)
{
	const struct node_plan plan = plan_of(LINES("server a iburst", "pool b", "server c"),
	                                      LINES("server c", "server a iburst", "pool b"));

	CHECK_EQ(plan.count, 3);
	check_step(&plan, 0, NODE_PLAN_KEEP, 0, 1);
	check_step(&plan, 1, NODE_PLAN_KEEP, 1, 2);
	check_step(&plan, 2, NODE_PLAN_KEEP, 2, 0);
}

TEST(node_plan, adds_and_removes)
{
	const struct node_plan plan =
		plan_of(LINES("server a", "server b"), LINES("server b", "server c", "server d"));

	CHECK_EQ(plan.count, 4);
	check_step(&plan, 0, NODE_PLAN_REMOVE, 0, 0);
	check_step(&plan, 1, NODE_PLAN_KEEP, 1, 0);
	check_step(&plan, 2, NODE_PLAN_ADD, 0, 1);
	check_step(&plan, 3, NODE_PLAN_ADD, 0, 2);
}

TEST(node_plan, adjusts_what_may_change_under_way_and_replaces_else)
{
	struct node_plan plan = plan_of(
		LINES("server a", "server b", "server c"),
		LINES("server a maxpoll 8 prefer offset 0.1", "server b version 3", "pool c"));

	CHECK_EQ(plan.count, 4);
	check_step(&plan, 0, NODE_PLAN_ADJUST, 0, 0);
	check_step(&plan, 1, NODE_PLAN_REPLACE, 1, 1);
	check_step(&plan, 2, NODE_PLAN_REMOVE, 2, 0); /* a server is no pool */
	check_step(&plan, 3, NODE_PLAN_ADD, 0, 2);
	plan = plan_of(LINES("server a key 1 port 1234"), LINES("server a key 2 port 1234"));
	check_step(&plan, 0, NODE_PLAN_REPLACE, 0, 0);
}

/* authselectmode gives other sources options that nobody wrote; none of them begins anew. */
TEST(node_plan, adjusts_sources_that_another_ones_key_concerns)
{
	const struct node_plan plan =
		plan_of(LINES("server a key 1"), LINES("server a key 1", "server b"));

	CHECK_EQ(plan.count, 2);
	check_step(&plan, 0, NODE_PLAN_ADJUST, 0, 0); /* required and trusted */
	check_step(&plan, 1, NODE_PLAN_ADD, 0, 1);
}

TEST(node_plan, finds_the_likest_of_lines_with_one_name)
{
	const struct node_plan plan =
		plan_of(LINES("server a port 1", "server a port 2", "server a port 3"),
	                LINES("server a port 3", "server a port 2 prefer", "server a port 4"));

	CHECK_EQ(plan.count, 3);
	check_step(&plan, 0, NODE_PLAN_REPLACE, 0, 2);
	check_step(&plan, 1, NODE_PLAN_ADJUST, 1, 1);
	check_step(&plan, 2, NODE_PLAN_KEEP, 2, 0);
}

TEST(node_plan, is_empty_when_there_is_nothing)
{
	CHECK_EQ(plan_of(NO_LINES, NO_LINES).count, 0);
}

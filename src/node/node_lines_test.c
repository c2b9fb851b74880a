/* SPDX-License-Identifier: MIT */
#include "node/node_scene_test.h"

static const struct address pool[] = {
	{ .family = ADDRESS_IPV4, .bytes = { 10, 0, 0, 0 } },
	{ .family = ADDRESS_IPV4, .bytes = { 10, 0, 0, 1 } },
	{ .family = ADDRESS_IPV4, .bytes = { 10, 0, 0, 1 } }, /* twice, as resolvers do */
	{ .family = ADDRESS_IPV4, .bytes = { 10, 0, 0, 2 } },
};

TEST(node_lines, fills_a_pool_with_different_addresses_and_replaces_the_dead)
{
	struct scene *scene = scene_with(1, 0, 0);

	scene->config.sources[0].kind = SOURCE_POOL;
	scene->config.sources[0].maxsources = 2;
	scene->config.sources[0].maxpoll_log2_s = 6;
	memcpy(scene->config.sources[0].name, "pool", 5);
	for (unsigned i = 0; i < 3; i++)
		scene->servers[i] = (struct ideal_server){ .is_there = true, .stratum = 1 };
	scene_start(scene);
	CHECK_EQ(scene->resolves, 1);
	CHECK_EQ(scene_source(scene, 0).state, SOURCE_STATE_NOT_RESOLVED);
	node_on_resolved(scene->node, 0, pool, ARRAY_COUNT(pool), scene_now(scene), &scene->out);
	scene_carry_out(scene);
	CHECK_EQ(node_source_count(scene->node), 2);
	CHECK_EQ(scene_source(scene, 0).address.bytes[3], 0);
	CHECK_EQ(scene_source(scene, 1).address.bytes[3], 1);
	scene->servers[1].is_there = false;
	scene_run(scene, 1000);
	CHECK_EQ(scene->resolves, 2);
	node_on_resolved(scene->node, 0, pool, ARRAY_COUNT(pool), scene_now(scene), &scene->out);
	scene_carry_out(scene);
	CHECK_EQ(scene_source(scene, 1).address.bytes[3], 2);
	CHECK_EQ(scene->seen[TRACE_SOURCE_REPLACED], 1);
	scene_end(scene);
}

TEST(node_lines, replaces_servers_of_a_pool_that_contradict_each_other)
{
	struct scene *scene = scene_with(1, 0, 0);

	scene->config.sources[0].kind = SOURCE_POOL;
	scene->config.sources[0].maxsources = 2;
	scene->config.sources[0].maxpoll_log2_s = 6;
	memcpy(scene->config.sources[0].name, "pool", 5);
	for (unsigned i = 0; i < 3; i++)
		scene->servers[i] = (struct ideal_server){ .is_there = true, .stratum = 1 };
	scene->servers[1].error_ns = NS_PER_S;
	scene_start(scene);
	node_on_resolved(scene->node, 0, pool, ARRAY_COUNT(pool), scene_now(scene), &scene->out);
	scene_carry_out(scene);
	scene_run(scene, 1000);
	CHECK_EQ(scene->resolves, 2);
	node_on_resolved(scene->node, 0, pool, ARRAY_COUNT(pool), scene_now(scene), &scene->out);
	scene_carry_out(scene);
	CHECK_EQ(scene->seen[TRACE_SOURCE_REPLACED], 1);
	scene_end(scene);
}

TEST(node_lines, asks_again_for_a_name_that_does_not_resolve)
{
	struct scene *scene = scene_with(1, 0, 0);

	memcpy(scene->config.sources[0].name, "host", 5);
	scene_start(scene);
	node_on_resolved(scene->node, 0, NULL, 0, scene_now(scene), &scene->out);
	scene_run(scene, 10);
	CHECK_EQ(scene->resolves, 2);
	node_on_resolved(scene->node, 0, NULL, 0, scene_now(scene), &scene->out);
	scene_run(scene, 10);
	CHECK_EQ(scene->resolves, 2); /* 14 s, not 7 */
	node_on_resolved(scene->node, 99, pool, 1, scene_now(scene),
	                 &scene->out); /* nobody asked */
	scene_end(scene);
}

TEST(node_lines, does_not_wait_for_a_name_that_has_no_address)
{
	struct scene *scene = scene_with(2, 50 * NS_PER_MS, 0);

	memcpy(scene->config.sources[1].name, "host", 5);
	scene_start(scene);
	scene_run(scene, 5);
	CHECK_EQ(node_status(scene->node, scene_now(scene)).updates_count,
	         0); /* it may speak yet */
	node_on_resolved(scene->node, 1, NULL, 0, scene_now(scene), &scene->out);
	scene_carry_out(scene);
	scene_run(scene, 2);
	CHECK(node_status(scene->node, scene_now(scene)).updates_count > 0);
	scene_end(scene);
}

/* SPDX-License-Identifier: MIT */
#include "node/node_scene_test.h"

TEST(node_selection, names_the_falseticker_and_follows_the_others)
{
	struct scene *scene = scene_with(4, 0, 10e-6);

	scene->servers[2].error_ns = 300 * NS_PER_MS;
	scene_start(scene);
	scene_run(scene, 600);
	CHECK_EQ(scene_source(scene, 2).state, SOURCE_STATE_FALSETICKER);
	CHECK_NEAR(scene_source(scene, 2).reason[0], 300e6, 1e6);
	CHECK_EQ(scene->seen[TRACE_FALSETICKER], 1);
	CHECK_NEAR((double)scene_error_ns(scene), 0, 5000);
	CHECK_EQ(node_status(scene->node, scene_now(scene)).agreeing_count, 3);
	scene_end(scene);
}

TEST(node_selection, does_not_move_the_clock_on_a_tie)
{
	struct scene *scene = scene_with(4, 5 * NS_PER_MS, 0);

	scene->servers[2].error_ns = scene->servers[3].error_ns = 300 * NS_PER_MS;
	scene_start(scene);
	scene_run(scene, 3600);
	CHECK_EQ(scene_source(scene, 0).state, SOURCE_STATE_TIE);
	CHECK_EQ(scene->adjusted, 1); /* the initial frequency and nothing else */
	CHECK_NEAR((double)scene_error_ns(scene), -5e6, 1);
	CHECK(!node_status(scene->node, scene_now(scene)).is_synchronised);
	CHECK_EQ(scene->seen[TRACE_NO_MAJORITY], 1);
	scene_end(scene);
}

TEST(node_selection, refuses_a_server_that_says_1970)
{
	struct scene *scene = scene_with(1, 0, 0);

	scene->config.discipline.makestep_threshold_s = 1;
	scene->config.discipline.makestep_limit = -1;
	scene->servers[0].error_ns = -START_NS;
	scene_start(scene);
	scene_run(scene, 300);
	CHECK_EQ(scene_source(scene, 0).state, SOURCE_STATE_IMPLAUSIBLE);
	CHECK_EQ(scene->steps, 0);
	CHECK_EQ(scene->seen[TRACE_IMPLAUSIBLE], 1);
	CHECK_NEAR((double)scene_error_ns(scene), 0, 1);
	scene_end(scene);
}

TEST(node_selection, does_not_follow_the_unsynchronised)
{
	struct scene *scene = scene_with(1, 0, 0);

	scene->servers[0].leap = LEAP_UNSYNCHRONISED;
	scene_start(scene);
	scene_run(scene, 300);
	CHECK_EQ(scene_source(scene, 0).state, SOURCE_STATE_UNSYNCHRONISED);
	CHECK(!node_status(scene->node, scene_now(scene)).is_synchronised);
	scene_end(scene);
}

TEST(node_selection, gives_every_refusal_its_state)
{
	struct scene *scene = scene_with(5, 0, 0);

	scene->config.sources[0].noselect = true;
	scene->config.sources[1].key_id = 7;
	scene->config.sources[2].offline = true;
	scene->servers[3].kiss = 0x44454e59; /* DENY */
	scene->servers[4].is_there = false;
	scene_start(scene);
	scene_run(scene, 30);
	CHECK_EQ(scene_source(scene, 0).state, SOURCE_STATE_NOSELECT);
	CHECK_EQ(scene_source(scene, 1).state, SOURCE_STATE_KEY_MISSING);
	CHECK_EQ(scene_source(scene, 2).state, SOURCE_STATE_OFFLINE);
	CHECK_EQ(scene_source(scene, 3).state, SOURCE_STATE_DENIED);
	CHECK_EQ(scene_source(scene, 4).state, SOURCE_STATE_NO_SAMPLES);
	CHECK_EQ(scene->seen[TRACE_KISS], 1);
	scene->servers[3].kiss = 0;
	node_command_online(scene->node, true, scene_now(scene), &scene->out);
	scene_run(scene, 30);
	CHECK(scene_source(scene, 3).weight >
	      0); /* the operator asks again for the one that refused */
	CHECK(scene_source(scene, 2).has_measurement);
	scene_end(scene);
}

TEST(node_selection, combines_the_preferred_only)
{
	struct scene *scene = scene_with(3, 0, 0);

	scene->config.sources[1].prefer = true;
	scene_start(scene);
	scene_run(scene, 100);
	CHECK_EQ(scene_source(scene, 1).state, SOURCE_STATE_SELECTED);
	CHECK_EQ(scene_source(scene, 0).state, SOURCE_STATE_NOT_PREFERRED);
	CHECK_EQ(scene_source(scene, 2).state, SOURCE_STATE_NOT_PREFERRED);
	scene_end(scene);
}

TEST(node_selection, waits_for_minsources)
{
	struct scene *scene = scene_with(2, 0, 0);

	scene->config.selection.minsources = 3;
	scene_start(scene);
	scene_run(scene, 100);
	CHECK_EQ(scene_source(scene, 0).state, SOURCE_STATE_MINSOURCES);
	CHECK(!node_status(scene->node, scene_now(scene)).is_synchronised);
	scene_end(scene);
}

/* SPDX-License-Identifier: MIT */
#include "node/node_scene_test.h"

#include <stdlib.h>

TEST(node_node, falls_into_step_without_stepping)
{
	struct scene *scene = scene_with(3, 250 * NS_PER_MS, 40e-6);
	struct node_status status;

	scene_start(scene);
	scene_run(scene, 15);
	CHECK_NEAR((double)scene_error_ns(scene), 0, 1e6);
	scene_run(scene, 1000);
	status = node_status(scene->node, scene_now(scene));
	CHECK(status.is_synchronised);
	CHECK_EQ(scene->steps, 0);
	CHECK_NEAR((double)scene_error_ns(scene), 0, 2000);
	CHECK_NEAR(status.frequency_ppm, 40, 0.05);
	CHECK_EQ(status.stratum, 2);
	CHECK(status.bound_ns >= llabs(scene_error_ns(scene)));
	CHECK(status.bound_ns < 500 * NS_PER_US);
	CHECK(scene->is_synchronised_told);
	scene_end(scene);
}

TEST(node_node, steps_when_makestep_says_so)
{
	struct scene *scene = scene_with(1, 100 * NS_PER_S, 0);

	scene->config.discipline.makestep_threshold_s = 1;
	scene->config.discipline.makestep_limit = 3;
	scene_start(scene);
	scene_run(scene, 15);
	CHECK_EQ(scene->steps, 1);
	CHECK_NEAR((double)scene_error_ns(scene), 0, 1e6);
	/* the command that steps cannot say yet what is true after it */
	CHECK(scene->error_max_told_after_step_ns < NS_PER_S);
	scene_end(scene);
}

TEST(node_node, steps_no_more_when_programs_before_it_used_the_updates_up)
{
	struct scene *scene = scene_with(1, 100 * NS_PER_S, 0);

	scene->config.discipline.makestep_threshold_s = 1;
	scene->config.discipline.makestep_limit = 3;
	scene->spent.updates_count = 3;
	scene_start(scene);
	scene_run(scene, 15);
	CHECK_EQ(scene->steps, 0);
	scene_end(scene);

	scene = scene_with(1, 100 * NS_PER_S, 0);
	scene->config.discipline.makestep_threshold_s = 1;
	scene->config.discipline.makestep_limit = -1; /* always may */
	scene->spent.updates_count = 3;
	scene_start(scene);
	scene_run(scene, 15);
	CHECK_EQ(scene->steps, 1);
	scene_end(scene);
}

TEST(node_node, comes_from_1970_when_makestep_lets_it)
{
	struct scene *scene = scene_with(3, START_NS - 77, 20e-6);

	scene->config.discipline.makestep_threshold_s = 1;
	scene->config.discipline.makestep_limit = 3;
	scene_start(scene);
	scene_run(scene, 60);
	CHECK_EQ(scene->steps, 1);
	CHECK_NEAR((double)scene_error_ns(scene), 0, 1e5);
	scene_end(scene);
}

TEST(node_node, holds_over_with_a_growing_bound_then_says_so)
{
	struct scene *scene = scene_with(2, 0, 0);
	int64_t before_ns;

	scene->config.selection.maxdistance_s = 0.01;
	scene_start(scene);
	scene_run(scene, 500);
	before_ns = node_status(scene->node, scene_now(scene)).bound_ns;
	scene->servers[0].is_there = scene->servers[1].is_there = false;
	scene_run(scene, 3000);
	CHECK(node_status(scene->node, scene_now(scene)).is_synchronised);
	CHECK(node_status(scene->node, scene_now(scene)).bound_ns > before_ns + NS_PER_MS);
	scene_run(scene, 40000);
	CHECK(!node_status(scene->node, scene_now(scene)).is_synchronised);
	CHECK_EQ(node_status(scene->node, scene_now(scene)).leap, LEAP_UNSYNCHRONISED);
	scene->servers[0].is_there = true;
	scene_run(scene, 3000);
	CHECK(node_status(scene->node, scene_now(scene)).is_synchronised);
	scene_end(scene);
}

TEST(node_node, notices_that_somebody_else_moved_the_clock)
{
	struct scene *scene = scene_with(3, 0, 10e-6);

	scene_start(scene);
	scene_run(scene, 1000);
	scene->local_ns += 3 * NS_PER_S;
	scene_run(scene, 70);
	CHECK_EQ(scene->seen[TRACE_CLOCK_JUMPED], 1);
	CHECK_NEAR(scene->last[TRACE_CLOCK_JUMPED].numbers[0], 3e9, 1e6);
	scene_run(scene, 120);
	CHECK_NEAR((double)scene_error_ns(scene), 0, 1e5);
	CHECK_EQ(scene->steps, 0);
	scene_end(scene);
}

TEST(node_node, measures_anew_each_time_that_others_adjust_the_clock_and_says_so_now_and_then)
{
	struct scene *scene = scene_with(1, 0, 10e-6);

	scene_start(scene);
	scene_run(scene, 100);
	for (int i = 0; i < 3; i++) {
		CHECK(node_status(scene->node, scene_now(scene)).is_synchronised);
		node_on_clock_disturbed(scene->node, CLOCK_DISTURBED_RATE, scene_now(scene),
		                        &scene->out);
		scene_carry_out(scene);
		CHECK(!node_status(scene->node, scene_now(scene)).is_synchronised);
		CHECK(!scene->is_synchronised_told);
		scene_run(scene, 18);
	}
	CHECK_EQ(scene->seen[TRACE_CLOCK_TOUCHED], 1);
	scene_run(scene, 60);
	node_on_clock_disturbed(scene->node, CLOCK_DISTURBED_RATE, scene_now(scene), &scene->out);
	scene_carry_out(scene);
	CHECK_EQ(scene->seen[TRACE_CLOCK_TOUCHED], 2);
	scene_end(scene);
}

TEST(node_node, keeps_the_drift_for_the_next_start)
{
	struct scene *scene = scene_with(1, 0, 25e-6);

	scene_start(scene);
	scene_run(scene, 4000);
	CHECK_EQ(scene->saves, 2); /* the drift, and the time, which was trusted */
	node_on_exit(scene->node, scene_now(scene), &scene->out);
	CHECK_EQ(scene->out.count, 3);
	CHECK_EQ(scene->out.actions[2].save.file, STATE_FILE_TIME);
	CHECK_NEAR(atof(scene->out.actions[1].save.bytes), 25, 0.1);
	scene_end(scene);
}

TEST(node_node, leaves_no_slew_behind_at_its_end)
{
	struct scene *scene = scene_with(1, -10 * NS_PER_S, 25e-6);

	scene_start(scene);
	scene_run(scene, 20); /* ten seconds are slewed in two minutes at least */
	CHECK(fabs(scene->correction) > 1e-2);
	node_on_exit(scene->node, scene_now(scene), &scene->out);
	scene_carry_out(scene);
	CHECK_NEAR(scene->correction, 0, 1e-3);
	scene_end(scene);
}

TEST(node_node, serves_nothing_before_it_knows_and_its_own_clock_when_told_to)
{
	struct scene *scene = scene_with(0, 0, 0);

	scene_start(scene);
	CHECK_EQ(node_status(scene->node, scene_now(scene)).leap, LEAP_UNSYNCHRONISED);
	node_destroy(scene->node);
	scene->config.local =
		(struct local_options){ .is_on = true, .stratum = 5, .distance_s = 1 };
	scene_start(scene);
	CHECK_EQ(node_status(scene->node, scene_now(scene)).stratum, 5);
	CHECK_EQ(node_status(scene->node, scene_now(scene)).leap, LEAP_NONE);
	CHECK(!node_status(scene->node, scene_now(scene)).is_synchronised);
	scene_end(scene);
}

TEST(node_node, observes_only_when_it_may_not_touch_the_clock)
{
	struct scene *scene = scene_with(1, 50 * NS_PER_MS, 0);
	struct node_setup setup = { .config = &scene->config,
		                    .rng = &scene->rng,
		                    .plausible = { .floor = { FLOOR_NS } },
		                    .precision_s = 1e-7,
		                    .is_driftless = true };

	rng_init_seed(&scene->rng, 1);
	CHECK_EQ(node_create(&setup, scene_now(scene), &scene->node), 0);
	node_on_start(scene->node, scene_now(scene), &scene->out);
	scene_carry_out(scene);
	scene_run(scene, 100);
	CHECK_EQ(scene->adjusted, 0);
	CHECK_NEAR((double)node_status(scene->node, scene_now(scene)).offset_ns, 50e6, 1e5);
	CHECK(node_status(scene->node, scene_now(scene)).is_synchronised);
	scene_end(scene);
}

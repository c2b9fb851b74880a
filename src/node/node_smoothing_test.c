/* SPDX-License-Identifier: MIT */
#include "node/node_commands.h"
#include "node/node_state.h"
#include "testing/check.h"

#include <stdlib.h>

#define MIDNIGHT_S INT64_C(1798761600) /* 2027-01-01 */

/* As much of a node as smoothing needs: its clock is 2 ms slow, and known to be. */
struct bench {
	struct node node;
	struct leap_table table;
	struct instant now;
};

static struct bench *bench_at(double since_midnight_s, bool is_leap_only)
{
	struct bench *bench = calloc(1, sizeof *bench);
	struct discipline_options options = { .maxslewrate_ppm = 1e5, .corrtimeratio = 3 };

	CHECK(bench != NULL);
	bench->now.mono.ns = 5;
	bench->now.local.ns = MIDNIGHT_S * NS_PER_S + llrint(since_midnight_s * 1e9);
	leap_table_builtin(&bench->table);
	bench->node.leap_table = &bench->table;
	bench->node.config.leapsecmode = LEAPSECMODE_SLEW;
	discipline_init(&bench->node.discipline, &options, &bench->node.trace, true, 0, bench->now);
	bench->node.discipline.has_estimate = true;
	bench->node.discipline.estimate =
		(struct estimate){ .at = { bench->now.local.ns }, .offset_ns = 2 * NS_PER_MS };
	smoothing_init(&bench->node.smoothing,
	               &(struct smoothing_options){ .is_on = true,
	                                            .max_frequency_ppm = 400,
	                                            .max_wander_ppm_s = 0.001024,
	                                            .is_leap_only = is_leap_only });
	return bench;
}

TEST(node_smoothing, takes_up_a_smear_that_began_before_the_program_did)
{
	/* POSIX time counts 23:59:59 twice: the smear is half over one second less after midnight
	 */
	struct bench *bench = bench_at(31249 - 0.002, true);

	CHECK_EQ(leap_table_add(&bench->table, MIDNIGHT_S, 1), 0);
	node_smoothing_on_update(&bench->node, NULL, bench->now);
	CHECK_NEAR((double)node_smoothing_shift_ns(&bench->node, bench->now.local), 502e6, 100);
	CHECK_NEAR(node_smoothing_state(&bench->node, bench->now.local).remaining_s, 31250, 1e-3);
	free(bench);

	bench = bench_at(31250 - 0.002, true);
	CHECK_EQ(leap_table_add(&bench->table, MIDNIGHT_S, -1), 0);
	node_smoothing_on_update(&bench->node, NULL, bench->now);
	CHECK_NEAR((double)node_smoothing_shift_ns(&bench->node, bench->now.local), -498e6, 100);
	free(bench);
}

TEST(node_smoothing, begins_no_smear_that_is_long_over)
{
	struct bench *bench = bench_at(0, true);

	node_smoothing_on_update(&bench->node, NULL, bench->now);
	CHECK(bench->node.smoothing.is_active);
	CHECK_EQ(node_smoothing_shift_ns(&bench->node, bench->now.local), 2 * NS_PER_MS);
	CHECK_EQ(node_smoothing_state(&bench->node, bench->now.local).remaining_s, 0);
	free(bench);
}

TEST(node_smoothing, hides_what_an_update_finds_and_forgets_it_with_a_step)
{
	struct bench *bench = bench_at(0, false);
	struct estimate before = bench->node.discipline.estimate;

	node_smoothing_on_update(&bench->node, NULL, bench->now);
	CHECK(bench->node.smoothing.is_active);
	bench->node.discipline.estimate.offset_ns = 300 * NS_PER_MS;
	node_smoothing_on_update(&bench->node, &before, bench->now);
	CHECK_NEAR((double)node_smoothing_shift_ns(&bench->node, bench->now.local), 2e6, 1);
	node_smoothing_on_step(&bench->node, bench->now);
	CHECK_NEAR((double)node_smoothing_shift_ns(&bench->node, bench->now.local), 300e6, 1);
	free(bench);
}

TEST(node_smoothing, waits_until_the_rate_is_known_well_or_the_operator_says_so)
{
	struct bench *bench = bench_at(0, false);

	/* skew 30 ppm: a ten-thousandth of it is above 0.001024 ppm/s */
	bench->node.discipline.estimate.frequency_variance = 1e-10;
	node_smoothing_on_update(&bench->node, NULL, bench->now);
	CHECK(!bench->node.smoothing.is_active);
	CHECK_EQ(node_command_smoothing_reset(&bench->node, bench->now), NODE_DONE);
	CHECK(!bench->node.smoothing.is_active);
	CHECK_EQ(node_command_smoothing_activate(&bench->node, bench->now), NODE_DONE);
	CHECK(bench->node.smoothing.is_active);
	bench->node.smoothing.options.is_on = false;
	CHECK_EQ(node_command_smoothing_activate(&bench->node, bench->now), NODE_CANNOT);
	free(bench);
}

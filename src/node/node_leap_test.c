/* SPDX-License-Identifier: MIT */
#include "node/node_state.h"
#include "testing/check.h"

#include <stdlib.h>

#define MIDNIGHT_S INT64_C(1798761600) /* 2027-01-01 */

/* As much of a node as a leap second needs: a clock that runs at 1 ns a ns. */
struct bench {
	struct node node;
	struct leap_table table;
	struct outbox out;
	struct instant now;
};

static void advance_to(struct bench *bench, double second)
{
	const int64_t local_ns = MIDNIGHT_S * NS_PER_S + llrint(second * 1e9);

	bench->now.mono.ns += local_ns - bench->now.local.ns;
	bench->now.local.ns = local_ns;
	node_clock_check(&bench->node, bench->now, &bench->out);
	node_clock_on_deadline(&bench->node, bench->now, &bench->out);
}

/* What the driver would answer. */
static void answer(struct bench *bench)
{
	for (size_t i = 0; i < bench->out.count; i++) {
		const struct clock_command command = bench->out.actions[i].clock;
		const struct clock_adjusted adjusted = { .at = bench->now.local,
			                                 .step_ns = command.step_ns };

		CHECK_EQ(bench->out.actions[i].kind, ACTION_ADJUST_CLOCK);
		bench->now.local.ns += command.step_ns;
		node_on_clock_adjusted(&bench->node, &adjusted, bench->now, &bench->out);
	}
	bench->out.count = 0;
}

static struct clock_command last_command(const struct bench *bench)
{
	CHECK(bench->out.count > 0);
	return bench->out.actions[bench->out.count - 1].clock;
}

static struct bench *bench_with(enum leapsecmode mode, int direction, bool has_leap_clock)
{
	struct bench *bench = calloc(1, sizeof *bench);
	struct discipline_options options = { .maxslewrate_ppm = 1e5, .corrtimeratio = 3 };

	CHECK(bench != NULL);
	bench->now.mono.ns = 1;
	bench->now.local.ns = (MIDNIGHT_S - 86400 - 100) * NS_PER_S;
	leap_table_builtin(&bench->table);
	CHECK_EQ(leap_table_add(&bench->table, MIDNIGHT_S, direction), 0);
	bench->node.leap_table = &bench->table;
	bench->node.has_leap_clock = has_leap_clock;
	bench->node.config.leapsecmode = mode;
	bench->node.system.is_known = true;
	bench->node.is_synchronised = true;
	bench->node.leap.shown = LEAP_NONE;
	bench->node.last_event = bench->now;
	bench->node.save_at = MONO_TIME_NEVER;
	bench->node.wait_until = MONO_TIME_NEVER;
	discipline_init(&bench->node.discipline, &options, &bench->node.trace, true, 0, bench->now);
	bench->node.discipline.leap = LEAP_NONE;
	return bench;
}

TEST(node_leap, arms_the_kernel_only_in_the_last_day_and_clears_it_afterwards)
{
	struct bench *bench = bench_with(LEAPSECMODE_SYSTEM, 1, true);

	advance_to(bench, -86401);
	CHECK_EQ(bench->out.count, 0);
	advance_to(bench, -86399);
	CHECK_EQ(last_command(bench).leap, LEAP_INSERT);
	CHECK_EQ(last_command(bench).tai_offset_s, 37);
	answer(bench);
	advance_to(bench, -1);
	CHECK_EQ(bench->out.count, 0);
	/* the kernel does it: half a second into the second that comes twice */
	advance_to(bench, -0.25);
	bench->now.local.ns -= NS_PER_S;
	bench->now.mono.ns += NS_PER_S / 2;
	bench->now.local.ns += NS_PER_S / 2;
	node_clock_check(&bench->node, bench->now, &bench->out);
	CHECK_EQ(last_command(bench).leap, LEAP_NONE);
	CHECK_EQ(last_command(bench).step_ns, 0);
	CHECK_EQ(last_command(bench).tai_offset_s, 38);
	CHECK_EQ(bench->node.discipline.timeline.leaps_ns, NS_PER_S);
	CHECK(bench->node.is_synchronised);
	answer(bench);
	/* not a second time at the midnight that follows */
	advance_to(bench, 0.5);
	advance_to(bench, 10);
	CHECK_EQ(bench->out.count, 0);
	free(bench);
}

TEST(node_leap, leaves_tai_alone_while_the_kernel_may_change_it)
{
	struct bench *bench = bench_with(LEAPSECMODE_SYSTEM, 1, true);

	advance_to(bench, -3600);
	answer(bench);
	advance_to(bench, -3);
	node_clock_refresh(&bench->node, bench->now);
	CHECK_EQ(bench->node.discipline.tai_offset_s, 0);
	CHECK_EQ(bench->node.discipline.leap, LEAP_INSERT);
	free(bench);
}

TEST(node_leap, steps_a_clock_that_cannot_do_it_itself)
{
	for (int direction = -1; direction <= 1; direction += 2) {
		struct bench *bench = bench_with(LEAPSECMODE_SYSTEM, direction, false);

		advance_to(bench, -3600);
		CHECK(bench->out.count > 0);
		CHECK_EQ(last_command(bench).leap, LEAP_NONE);
		answer(bench);
		advance_to(bench, direction > 0 ? -0.001 : -1.001);
		CHECK_EQ(bench->out.count, 0);
		advance_to(bench, direction > 0 ? 0.001 : -0.999);
		CHECK_EQ(last_command(bench).step_ns, -direction * NS_PER_S);
		CHECK_EQ(last_command(bench).tai_offset_s, 37 + direction);
		answer(bench);
		CHECK_EQ(bench->node.discipline.timeline.leaps_ns, direction * NS_PER_S);
		advance_to(bench, 3);
		CHECK_EQ(bench->out.count, 0);
		free(bench);
	}
}

TEST(node_leap, counts_it_where_nobody_moves_the_clock)
{
	struct bench *bench = bench_with(LEAPSECMODE_IGNORE, 1, true);
	const struct timeline *timeline = &bench->node.discipline.timeline;
	const int64_t before_ns = timeline_correction_ns(timeline, bench->now.local);

	advance_to(bench, -3600);
	answer(bench);
	advance_to(bench, -2);
	advance_to(bench, 0.1);
	CHECK_EQ(last_command(bench).step_ns, 0);
	CHECK_EQ(timeline_correction_ns(timeline, bench->now.local), before_ns - NS_PER_S);
	free(bench);
}

TEST(node_leap, distrusts_stamps_within_five_seconds)
{
	struct bench *bench = bench_with(LEAPSECMODE_STEP, 1, true);
	const int64_t midnight_ns = MIDNIGHT_S * NS_PER_S;

	advance_to(bench, -5);
	CHECK(node_leap_is_near(&bench->node, bench->now.local));
	CHECK(!node_leap_is_near(&bench->node, (struct local_time){ midnight_ns - 10 * NS_PER_S }));
	advance_to(bench, 0.5);
	answer(bench);
	CHECK(node_leap_is_near(&bench->node, (struct local_time){ midnight_ns + 4 * NS_PER_S }));
	CHECK(!node_leap_is_near(&bench->node, (struct local_time){ midnight_ns + 6 * NS_PER_S }));
	free(bench);
}

TEST(node_leap, knows_tai_after_a_leap_second_that_no_table_held_and_saves_it)
{
	struct bench *bench = bench_with(LEAPSECMODE_STEP, 1, true);
	const struct action *save = NULL;

	bench->table.count--; /* what was added to it */
	bench->node.system.leap = LEAP_INSERT;
	advance_to(bench, -3600);
	CHECK_EQ(last_command(bench).tai_offset_s, 37);
	answer(bench);
	advance_to(bench, -0.001);
	advance_to(bench, 0.001);
	CHECK_EQ(bench->out.actions[0].clock.step_ns, -NS_PER_S);
	CHECK_EQ(bench->out.actions[0].clock.tai_offset_s, 38);
	for (size_t i = 0; i < bench->out.count; i++) {
		if (bench->out.actions[i].kind == ACTION_SAVE &&
		    bench->out.actions[i].save.file == STATE_FILE_LEAP)
			save = &bench->out.actions[i];
	}
	CHECK(save != NULL);
	CHECK_TEXT(save->save.bytes, "1798761600 38\n");
	free(bench);
}

static const char *saved_leaps(const struct bench *bench)
{
	for (size_t i = 0; i < bench->out.count; i++) {
		if (bench->out.actions[i].kind == ACTION_SAVE &&
		    bench->out.actions[i].save.file == STATE_FILE_LEAP)
			return bench->out.actions[i].save.bytes;
	}
	return NULL;
}

/* In no table; on the second day, since 2028-01-01, again. */
TEST(node_leap, remembers_more_than_one_that_no_table_held)
{
	struct bench *bench = bench_with(LEAPSECMODE_IGNORE, 1, true);
	const double year_s = 365 * 86400;

	bench->table.count--;
	bench->node.system.leap = LEAP_INSERT;
	advance_to(bench, -3600);
	advance_to(bench, -2);
	advance_to(bench, 0.1);
	bench->out.count = 0;
	advance_to(bench, year_s - 3600);
	bench->node.system.leap = LEAP_INSERT;
	advance_to(bench, year_s - 2);
	bench->out.count = 0;
	advance_to(bench, year_s + 0.1);
	CHECK(saved_leaps(bench) != NULL);
	CHECK_TEXT(saved_leaps(bench), "1798761600 38\n1830297600 39\n");
	free(bench);
}

TEST(node_leap, takes_back_what_was_announced_and_did_not_come)
{
	struct bench *bench = bench_with(LEAPSECMODE_IGNORE, 1, true);

	bench->table.count--;
	bench->node.system.leap = LEAP_INSERT;
	advance_to(bench, -3600);
	advance_to(bench, -2);
	advance_to(bench, 0.1);
	CHECK_EQ(bench->table.learnt_count, 1);
	bench->out.count = 0;
	/* less than a second may be anything */
	advance_to(bench, 10);
	bench->node.system.estimate.offset_ns += NS_PER_S / 2;
	node_leap_on_estimate(&bench->node, bench->now);
	CHECK_EQ(bench->table.learnt_count, 1);
	bench->node.system.estimate.offset_ns += NS_PER_S / 2;
	node_leap_on_estimate(&bench->node, bench->now);
	CHECK_EQ(bench->table.learnt_count, 0);
	advance_to(bench, 11);
	CHECK_TEXT(saved_leaps(bench), "\n");
	free(bench);
}

TEST(node_leap, believes_a_receivers_count_after_a_quarter_of_an_hour_if_its_table_is_too_old)
{
	struct bench *bench = bench_with(LEAPSECMODE_IGNORE, 1, true);
	const struct node_line line = { 0 };
	const struct node_source source = { 0 };

	bench->node.lines[0] = line;
	bench->table.count--;
	advance_to(bench, 86400);
	bench->table.expires_s = MIDNIGHT_S + 10 * 86400;
	node_leap_on_tai(&bench->node, &source, 38, bench->now);
	advance_to(bench, 86400 + 901);
	node_leap_on_tai(&bench->node, &source, 38, bench->now);
	CHECK_EQ(bench->table.learnt_count, 0); /* the table is good until then */
	bench->table.expires_s = 0;
	node_leap_on_tai(&bench->node, &source, 38, bench->now);
	advance_to(bench, 86400 + 901 + 899);
	node_leap_on_tai(&bench->node, &source, 38, bench->now);
	CHECK_EQ(bench->table.learnt_count, 0);
	advance_to(bench, 86400 + 901 + 901);
	node_leap_on_tai(&bench->node, &source, 38, bench->now);
	CHECK_EQ(bench->table.learnt_count, 1);
	CHECK_EQ(leap_table_tai_offset_s(&bench->table, (struct utc_time){ bench->now.local.ns }),
	         38);
	free(bench);
}

TEST(node_leap, follows_servers_that_say_nothing_of_one_which_only_the_program_knows)
{
	struct bench *bench = bench_with(LEAPSECMODE_SYSTEM, 1, true);

	bench->node.system.is_leap_spoken = true;
	advance_to(bench, -3600);
	CHECK_EQ(node_leap_today(&bench->node, bench->now.local), 0);
	bench->table.origin = LEAP_ORIGIN_LIST;
	CHECK_EQ(node_leap_today(&bench->node, bench->now.local), 1);
	free(bench);
}

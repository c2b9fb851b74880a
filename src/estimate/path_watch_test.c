/* SPDX-License-Identifier: MIT */
#include "estimate/path_watch.h"

#include "base/rng.h"
#include "testing/check.h"

#define FLOOR_S 1e-3

static struct history history; /* large; filled anew by each test */

struct scenery {
	struct path_watch watch;
	struct path_law law;
	struct track track;
	struct path_scene scene;
	struct rng rng;
	int64_t at_ns;
};

/* 100 exchanges of the path (tau 10 us) have passed; the clock is right. */
static void settle(struct scenery *s)
{
	static const double share[2][LATENESS_CLASSES] = { { 0.93, 0.05, 0.02 },
		                                           { 0.93, 0.05, 0.02 } };

	*s = (struct scenery){ .law = { .floor_s = FLOOR_S, .noise_s = 1e-7 },
		               .track = { .variance = 1e-14, .frequency_variance = 1e-22 } };
	path_law_set_lateness(&s->law, (double[2]){ 1e-5, 1e-5 }, share);
	rng_init_seed(&s->rng, 1);
	path_watch_reset(&s->watch);
	history_restart(&history, 0, &s->track);
	for (int i = 0; i < 100; i++) {
		const double forth_s = 1e-5 * rng_exponential(&s->rng),
			     back_s = 1e-5 * rng_exponential(&s->rng);

		history_add(&history, &(struct history_entry){
					      .reading = { (forth_s - back_s) / 2,
		                                           2 * FLOOR_S + forth_s + back_s } });
	}
	path_watch_learn(&s->watch, &history, 96);
	s->scene = (struct path_scene){ .history = &history,
		                        .law = &s->law,
		                        .lateness_s = 1e-5,
		                        .track = &s->track,
		                        .exchanges_count = 100 };
}

static enum path_outcome judge(struct scenery *s, double forth_s, double back_s,
                               struct path_move *move_out)
{
	const struct timed_reading now = { s->at_ns += 16,
		                           { (forth_s - back_s) / 2, forth_s + back_s } };

	return path_watch_judge(&s->watch, &s->scene, &now, move_out);
}

static double late_s(struct scenery *s)
{
	return FLOOR_S + 1e-5 * rng_exponential(&s->rng);
}

TEST(estimate_path_watch, lets_the_usual_pass)
{
	struct path_move move;
	struct scenery s;

	settle(&s);
	CHECK(s.watch.is_slow_known);
	for (int i = 0; i < 2000; i++)
		CHECK_EQ(judge(&s, late_s(&s), late_s(&s), &move), PATH_AS_USUAL);
}

TEST(estimate_path_watch, lets_single_late_packets_pass)
{
	struct path_move move;
	struct scenery s;

	settle(&s);
	for (int i = 0; i < 50; i++) {
		CHECK_EQ(judge(&s, FLOOR_S + 0.1, late_s(&s), &move), PATH_AS_USUAL);
		CHECK_EQ(judge(&s, FLOOR_S + 0.1, late_s(&s), &move), PATH_AS_USUAL);
		CHECK_EQ(judge(&s, FLOOR_S, FLOOR_S, &move), PATH_AS_USUAL);
	}
}

TEST(estimate_path_watch, holds_a_longer_path_until_sure)
{
	struct path_move move;
	struct scenery s;

	settle(&s);
	for (unsigned i = 1; i <= PATH_RUN_MAX; i++) {
		const enum path_outcome have = judge(&s, late_s(&s) + 1e-3, late_s(&s), &move);

		CHECK_EQ(have, i < 3 ? PATH_AS_USUAL : i < PATH_RUN_MAX ? PATH_HOLD : PATH_MOVED);
	}
	CHECK_NEAR(move.floor_s, FLOOR_S + 5e-4, 3e-6);
	CHECK_NEAR(move.asymmetry_s, 5e-4, 3e-6);
	CHECK(move.asymmetry_variance > 0);
	CHECK(!s.watch.is_slow_known); /* of the new path nothing is known yet */
}

TEST(estimate_path_watch, takes_a_storm_of_queues_for_lateness)
{
	struct path_move move;
	struct scenery s;

	settle(&s);
	for (int i = 0; i < 100; i++)
		CHECK(judge(&s, late_s(&s) + 1e-4 + 1e-3 * rng_exponential(&s.rng), late_s(&s),
		            &move) != PATH_MOVED);
}

TEST(estimate_path_watch, wants_a_witness_for_a_shorter_path)
{
	struct path_move move;
	struct scenery s;

	settle(&s);
	CHECK_EQ(judge(&s, FLOOR_S - 2e-4, FLOOR_S - 2e-4, &move), PATH_HOLD);
	CHECK_EQ(judge(&s, FLOOR_S - 2e-4, FLOOR_S - 2e-4, &move), PATH_MOVED);
	CHECK_NEAR(move.floor_s, FLOOR_S - 2e-4, 6e-6);
	CHECK_NEAR(move.asymmetry_s, 0, 0);
	CHECK_NEAR(move.asymmetry_variance, 0, 0);

	settle(&s);
	CHECK_EQ(judge(&s, FLOOR_S, FLOOR_S - 4e-4, &move), PATH_HOLD);
	CHECK_EQ(judge(&s, FLOOR_S, FLOOR_S - 4e-4, &move), PATH_MOVED);
	CHECK_NEAR(move.asymmetry_s, 2e-4, 6e-6);

	settle(&s);
	CHECK_EQ(judge(&s, FLOOR_S - 2e-4, FLOOR_S - 2e-4, &move), PATH_HOLD);
	s.scene.exchanges_count += 20; /* too long ago */
	CHECK_EQ(judge(&s, FLOOR_S - 2e-4, FLOOR_S - 2e-4, &move), PATH_HOLD);
}

TEST(estimate_path_watch, corrects_a_young_floor_at_once)
{
	struct path_move move;
	struct scenery s;

	settle(&s);
	s.scene.exchanges_count = 20;
	CHECK_EQ(judge(&s, FLOOR_S - 2e-4, FLOOR_S - 1e-4, &move), PATH_LOWER_FLOOR);
	CHECK_NEAR(move.floor_s, FLOOR_S - 1.5e-4, 1e-9);
}

TEST(estimate_path_watch, corrects_a_floor_learnt_a_little_too_high)
{
	struct path_move move;
	struct scenery s;

	settle(&s);
	CHECK_EQ(judge(&s, FLOOR_S, FLOOR_S - 4e-7, &move), PATH_AS_USUAL); /* noise */
	CHECK_EQ(judge(&s, FLOOR_S, FLOOR_S - 3e-6, &move), PATH_LOWER_FLOOR);
	CHECK_NEAR(move.floor_s, FLOOR_S - 1.5e-6, 1e-12);
}

TEST(estimate_path_watch, notices_a_floor_that_creeps_up)
{
	struct scenery s;

	settle(&s);
	CHECK(!path_watch_has_risen(&history));
	for (int i = 0; i < PATH_RECENT; i++)
		history_add(&history,
		            &(struct history_entry){ .reading = { 0, 2 * late_s(&s) + 2.5e-5 } });
	CHECK(path_watch_has_risen(&history));
}

/* SPDX-License-Identifier: MIT */
#include "estimate/jump_watch.h"

#include "testing/check.h"

static struct path_law law_of_test(void)
{
	static const double share[2][LATENESS_CLASSES] = { { 0.93, 0.05, 0.02 },
		                                           { 0.93, 0.05, 0.02 } };
	struct path_law law = { .floor_s = 1e-3, .noise_s = 1e-6 };

	path_law_set_lateness(&law, (double[2]){ 1e-5, 1e-5 }, share);
	return law;
}

/* The clock said 0 with no frequency; this exchange says offset_s. */
static bool hold(struct jump_watch *watch, int64_t at_s, int64_t base_ns, double offset_s,
                 bool *is_free_out)
{
	const struct path_law law = law_of_test();
	struct jump_suspect suspect = {
		.at_ns = at_s * 1000000000,
		.base_ns = base_ns,
		.reading = { offset_s, 2.02e-3 },
		.present = { .variance = 1e-12, .frequency_variance = 1e-18 },
		.wander = 1e-9,
	};

	suspect.rival = jump_watch_rival(&law, &suspect.reading, NULL, &suspect.belief);
	CHECK_NEAR(suspect.belief.mean_s, offset_s, 1e-4);
	return jump_watch_hold(watch, &law, &suspect, is_free_out);
}

TEST(estimate_jump_watch, believes_the_second_of_two_that_agree)
{
	struct jump_watch watch = { 0 };
	bool is_free;

	CHECK(!hold(&watch, 0, 0, 0.5, &is_free));
	CHECK(hold(&watch, 2, 0, 0.5 + 3e-6, &is_free));
	CHECK(!is_free);
	CHECK_NEAR(watch.shadow[0].offset_s, 0.5, 2e-5);
	CHECK_NEAR(watch.shadow[0].frequency, 0, 1e-7);
}

TEST(estimate_jump_watch, believes_nothing_while_each_says_something_else)
{
	struct jump_watch watch = { 0 };
	bool is_free;

	for (int i = 0; i < 20; i++)
		CHECK(!hold(&watch, 2 * i, 0, 0.5 + 0.1 * (i % 3), &is_free));
	CHECK_EQ(watch.held_count, 1);
}

TEST(estimate_jump_watch, wants_three_for_another_frequency)
{
	struct jump_watch watch = { 0 };
	bool is_free;

	CHECK(!hold(&watch, 0, 0, 0.5, &is_free)); /* then 8 ppm */
	CHECK(!hold(&watch, 64, 0, 0.5 + 64 * 8e-6, &is_free));
	CHECK(hold(&watch, 128, 0, 0.5 + 128 * 8e-6, &is_free));
	CHECK(is_free);
	CHECK_NEAR(watch.shadow[1].frequency, 8e-6, 5e-7);
}

TEST(estimate_jump_watch, does_not_compare_across_bases)
{
	struct jump_watch watch = { 0 };
	bool is_free;

	CHECK(!hold(&watch, 0, 0, 0.5, &is_free));
	CHECK(!hold(&watch, 2, 1000000000, 0.5, &is_free));
	CHECK(hold(&watch, 4, 1000000000, 0.5, &is_free));
	CHECK_EQ(watch.base_ns, 1000000000);
}

TEST(estimate_jump_watch, forgets_when_dismissed)
{
	struct jump_watch watch = { 0 };
	bool is_free;

	CHECK(!hold(&watch, 0, 0, 0.5, &is_free));
	jump_watch_dismiss(&watch);
	CHECK(!hold(&watch, 2, 0, 0.5, &is_free));
}

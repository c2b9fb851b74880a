/* SPDX-License-Identifier: MIT */
#include "estimate/poll.h"

#include "testing/check.h"

/* An estimate whose error after t seconds is t * 1e-8. */
static const struct estimate estimate = { .frequency_variance = 1e-16 };

static struct poll_question question(double floor_s, int present_log2_s)
{
	return (struct poll_question){ .estimate = &estimate,
		                       .floor_s = floor_s,
		                       .present_log2_s = present_log2_s,
		                       .min_log2_s = 4,
		                       .max_log2_s = 10 };
}

TEST(estimate_poll, doubles_after_four_calm_polls)
{
	const struct poll_question calm = question(50, 6);
	struct poll_choice choice = { 0 };

	for (int i = 0; i < 3; i++)
		CHECK_EQ(poll_choose(&choice, &calm), 6);
	CHECK_EQ(poll_choose(&choice, &calm), 7);
	CHECK_EQ(poll_choose(&choice, &calm), 6); /* and counts anew */
}

TEST(estimate_poll, counts_only_calm_polls_in_a_row)
{
	/* after 128 s: 1.28e-6, above 0.7 of the target 1.5e-6; after 64 s below it */
	const struct poll_question calm = question(50, 6), restless = question(15e-3, 6);
	struct poll_choice choice = { 0 };

	for (int i = 0; i < 20; i++)
		CHECK_EQ(poll_choose(&choice, i % 4 == 3 ? &restless : &calm), 6);
}

TEST(estimate_poll, halves_at_once_when_the_error_outgrows_the_target)
{
	const struct poll_question late = question(6.3e-3, 6), in_time = question(6.5e-3, 6);
	struct poll_choice choice = { 0 };

	CHECK_EQ(poll_choose(&choice, &late), 5);
	CHECK_EQ(poll_choose(&choice, &in_time), 6);
}

/* After a second: 1e-8, a tenth of the floor 1e-7, but far more than a ten-thousandth of it. */
TEST(estimate_poll, asks_several_times_a_second_only_while_that_is_of_use)
{
	struct poll_question near = question(1.5e-7, -4);
	struct poll_choice choice = { 0 };

	near.min_log2_s = -6;
	for (int i = 0; i < 40; i++)
		near.present_log2_s = poll_choose(&choice, &near);
	CHECK_EQ(near.present_log2_s, 0);
	near.floor_s = 0.5e-7;
	CHECK_EQ(poll_choose(&choice, &near), -1);
}

TEST(estimate_poll, stays_within_its_limits)
{
	const struct poll_question longest = question(50, 10), shortest = question(0, 4);
	struct poll_choice choice = { 0 };

	for (int i = 0; i < 9; i++)
		CHECK_EQ(poll_choose(&choice, &longest), 10);
	CHECK_EQ(poll_choose(&choice, &shortest), 4);
	CHECK_EQ(poll_choose(&choice, &(struct poll_question){ &estimate, 50, 20, -7, 8, false }),
	         8);
	CHECK_EQ(poll_choose(&choice, &(struct poll_question){ &estimate, 50, -7, 24, 24, false }),
	         24);
}

TEST(estimate_poll, asks_soon_when_an_exchange_was_held_back)
{
	struct poll_question held = question(50, 9);
	struct poll_choice choice = { .calm_count = 3 };

	held.is_held_back = true;
	CHECK_EQ(poll_choose(&choice, &held), 4);
	CHECK_EQ(choice.calm_count, 0);
}

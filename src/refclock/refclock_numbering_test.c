/* SPDX-License-Identifier: MIT */
#include "refclock/refclock_numbering.h"

#include <math.h>

#include "testing/check.h"

static const struct numbering_rules hz = { .rate_hz = 1 };
static const struct numbering_opinion nobody = { .is_there = false };
static struct numbering numbering;

static struct numbering_opinion says(double offset_s, double half_s)
{
	return (struct numbering_opinion){ true, llrint(offset_s * 1e9), half_s };
}

static enum numbering_verdict find(const struct numbering_rules *rules, double pulse_s,
                                   struct numbering_opinion clock, struct numbering_opinion giver,
                                   double *found_s)
{
	int64_t offset_ns = 0;
	const enum numbering_verdict verdict =
		numbering_find(&numbering, rules, (struct free_time){ 0 }, llrint(pulse_s * 1e9),
	                       &clock, &giver, true, &offset_ns);

	*found_s = (double)offset_ns * 1e-9;
	return verdict;
}

TEST(numbering, takes_the_second_from_the_giver)
{
	double found_s;

	numbering_init(&numbering);
	CHECK_EQ(find(&hz, -7.003, nobody, says(12.1, 0), &found_s), NUMBERING_DONE);
	CHECK_NEAR(found_s, 11.997, 1e-9);
	CHECK_NEAR(numbering.giver_off_s, 0.103, 1e-9);
	CHECK_EQ(find(&hz, -0.003, nobody, says(-5.2, 0), &found_s), NUMBERING_DONE);
	CHECK_NEAR(found_s, -5.003, 1e-9);
}

TEST(numbering, does_not_guess)
{
	double found_s;

	numbering_init(&numbering);
	CHECK_EQ(find(&hz, 0, nobody, nobody, &found_s), NUMBERING_NOBODY);
	CHECK_EQ(find(&hz, 0, nobody, says(3.45, 0), &found_s), NUMBERING_AMBIGUOUS);
	CHECK_EQ(find(&hz, 0, says(0, 0.45), nobody, &found_s), NUMBERING_NOBODY);
}

TEST(numbering, sees_a_giver_that_is_half_a_second_off)
{
	double found_s;

	numbering_init(&numbering);
	for (int i = 0; i < 20; i++) {
		CHECK(i > 2 || !numbering_is_ambiguous(&numbering));
		(void)!find(&hz, 0, nobody, says(3.48, 0), &found_s);
	}
	CHECK(numbering_is_ambiguous(&numbering));
	for (int i = 0; i < 20; i++)
		(void)!find(&hz, 0, nobody, says(3.1, 0), &found_s);
	CHECK(!numbering_is_ambiguous(&numbering));
}

/* A clock that is right to 0.1 s knows the second without help, and better than a wrong giver. */
TEST(numbering, believes_the_clock_first)
{
	double found_s;

	numbering_init(&numbering);
	CHECK_EQ(find(&hz, 0.001, says(4.05, 0.1), nobody, &found_s), NUMBERING_DONE);
	CHECK_NEAR(found_s, 4.001, 1e-9);
	CHECK_EQ(find(&hz, 0.001, says(4.05, 0.1), says(6.1, 0), &found_s), NUMBERING_DONE);
	CHECK_NEAR(found_s, 4.001, 1e-9);
	CHECK_EQ(numbering.doubts_count, 1);
	CHECK_EQ(find(&hz, 0.5, says(4, 0.1), nobody, &found_s), NUMBERING_WRONG_EDGE);
}

static enum numbering_verdict insist(double for_s, double giver_s, bool is_alone, double *found_s)
{
	const struct numbering_opinion clock = says(4, 0.001), giver = says(giver_s, 0);
	enum numbering_verdict verdict = NUMBERING_NOBODY;
	int64_t offset_ns = 0;

	numbering_init(&numbering);
	for (double at_s = 0; at_s <= for_s; at_s++)
		verdict = numbering_find(&numbering, &hz, (struct free_time){ llrint(at_s * 1e9) },
		                         0, &clock, &giver, is_alone, &offset_ns);
	*found_s = (double)offset_ns * 1e-9;
	return verdict;
}

TEST(numbering, gives_in_to_a_giver_that_insists_and_is_alone)
{
	double found_s;

	CHECK_EQ(insist(600, 5, true, &found_s), NUMBERING_DONE);
	CHECK_NEAR(found_s, 4, 1e-9);
	CHECK_EQ(insist(1100, 5, true, &found_s), NUMBERING_DONE);
	CHECK_NEAR(found_s, 5, 1e-9);
	CHECK(numbering.is_following_giver);
	/* others stand for the clock */
	CHECK_EQ(insist(1100, 5, false, &found_s), NUMBERING_DONE);
	CHECK_NEAR(found_s, 4, 1e-9);
	/* 1024 weeks back */
	CHECK_EQ(insist(1100, 4 - 619315200., true, &found_s), NUMBERING_DONE);
	CHECK_NEAR(found_s, 4, 1e-9);
}

static double change_after(double agreed_s, double start_s, double change_s)
{
	const struct numbering_opinion clock = says(start_s, 0.001);
	int64_t offset_ns = 0;

	numbering_init(&numbering);
	for (double at_s = 0; at_s <= agreed_s + 1100; at_s++) {
		const struct numbering_opinion giver =
			says(start_s + (at_s < agreed_s ? 0 : change_s), 0);

		CHECK_EQ(numbering_find(&numbering, &hz, (struct free_time){ llrint(at_s * 1e9) },
		                        0, &clock, &giver, true, &offset_ns),
		         NUMBERING_DONE);
	}
	return (double)offset_ns * 1e-9 - start_s;
}

TEST(numbering, does_not_give_in_to_one_that_had_agreed_for_long_unless_it_may_be_a_leap_second)
{
	CHECK_NEAR(change_after(900, 4, 1), 1, 1e-9); /* heard of the leap seconds */
	CHECK_NEAR(change_after(7200, 4, 1), 0, 1e-9);
	CHECK(numbering.is_proven);
	/* 2027-01-01, two hours after the start */
	CHECK_NEAR(change_after(7200, 1798761600 - 7200, -1), -1, 1e-6);
	CHECK_NEAR(change_after(7200, 1798761600 - 7200, -2), 0, 1e-6);
	CHECK_NEAR(change_after(7200, 1798761600 - 9200, -1), 0, 1e-6);
}

TEST(numbering, tells_the_edges_of_a_pulse_apart_by_its_width)
{
	const struct numbering_rules wide = { .rate_hz = 1, .width_s = 0.2 };
	double found_s;

	numbering_init(&numbering);
	CHECK_EQ(find(&wide, 0.001, says(2.02, 0.05), nobody, &found_s), NUMBERING_DONE);
	CHECK_EQ(find(&wide, 0.8, says(2.02, 0.05), nobody, &found_s), NUMBERING_WRONG_EDGE);
	CHECK_EQ(find(&wide, 0.8, nobody, says(2.02, 0), &found_s), NUMBERING_WRONG_EDGE);
}

/* Three pulses a second, none of which is whole nanoseconds apart, over a year. */
TEST(numbering, counts_fractions_of_a_second_without_drifting)
{
	const struct numbering_rules thirds = { .rate_hz = 3 };
	double found_s;

	numbering_init(&numbering);
	CHECK_EQ(find(&thirds, 0, says(31536000.32, 0.01), nobody, &found_s), NUMBERING_DONE);
	CHECK_NEAR(found_s, 31536000 + 1. / 3, 1e-8);
	CHECK_EQ(find(&(struct numbering_rules){ .rate_hz = 0.1 }, 0, says(1003, 1), nobody,
	              &found_s),
	         NUMBERING_DONE);
	CHECK_NEAR(found_s, 1000, 1e-9);
}

/* SPDX-License-Identifier: MIT */
#include "estimate/intersection.h"

#include "base/attributes.h"
#include "base/rng.h"
#include "testing/check.h"

#define VOTES_MAX 6

struct expectation {
	const char *why;
	struct vote votes[VOTES_MAX];
	size_t count;
	enum intersection_outcome outcome;
	struct intersection result;
	const char *agreeing; /* one letter a vote: y or n */
};

/* A voter's interval, and a trusted one's. */
#define VOTE(low_, high_)                                                                          \
	{                                                                                          \
		.low_ns = (low_), .high_ns = (high_)                                               \
	}
#define TRUSTED(low_, high_)                                                                       \
	{                                                                                          \
		.low_ns = (low_), .high_ns = (high_), .is_trusted = true                           \
	}

/* clang-format off */
static const struct expectation table[] = {
	{ "nobody votes", { VOTE(0, 0) }, 0,
	  INTERSECTION_NO_VOTES, { 0, 0, 0, 0, 0, 0 }, "" },
	{ "one is a majority of one", { VOTE(3, 9) }, 1,
	  INTERSECTION_FOUND, { 3, 9, 3, 9, 1, 1 }, "y" },
	{ "two agree", { VOTE(0, 10), VOTE(5, 15) }, 2,
	  INTERSECTION_FOUND, { 5, 10, 5, 10, 2, 2 }, "yy" },
	{ "a point is enough", { VOTE(0, 5), VOTE(5, 9) }, 2,
	  INTERSECTION_FOUND, { 5, 5, 5, 5, 2, 2 }, "yy" },
	{ "one against one", { VOTE(0, 4), VOTE(5, 9) }, 2,
	  INTERSECTION_TIE, { 0, 9, 0, 9, 1, 2 }, "nn" },
	{ "two against two", { VOTE(0, 4), VOTE(1, 5), VOTE(8, 9), VOTE(7, 9) }, 4,
	  INTERSECTION_TIE, { 1, 9, 1, 9, 2, 4 }, "nnnn" },
	{ "two against one and one", { VOTE(0, 4), VOTE(1, 5), VOTE(8, 9), VOTE(20, 30) }, 4,
	  INTERSECTION_TIE, { 1, 4, 1, 4, 2, 4 }, "nnnn" },
	{ "all apart", { VOTE(0, 1), VOTE(2, 3), VOTE(4, 5) }, 3,
	  INTERSECTION_NO_MAJORITY, { 0, 5, 0, 5, 1, 3 }, "nnn" },
	{ "one falseticker", { VOTE(0, 10), VOTE(5, 15), VOTE(20, 25) }, 3,
	  INTERSECTION_FOUND, { 5, 10, 5, 10, 2, 3 }, "yyn" },
	{ "the hull reaches further than the overlap", { VOTE(0, 10), VOTE(2, 12), VOTE(6, 20) }, 3,
	  INTERSECTION_FOUND, { 6, 10, 2, 12, 3, 3 }, "yyy" },
	{ "two majorities: either may be right", { VOTE(0, 10), VOTE(8, 22), VOTE(20, 30) }, 3,
	  INTERSECTION_FOUND, { 8, 22, 8, 22, 2, 3 }, "yyy" },
	{ "only the trusted vote",
	  { VOTE(0, 4), VOTE(1, 4), VOTE(2, 4), TRUSTED(6, 9), VOTE(3, 6) }, 5,
	  INTERSECTION_FOUND, { 6, 9, 6, 9, 1, 1 }, "nnnyy" },
	{ "trusted ones tie like any", { TRUSTED(0, 4), TRUSTED(6, 9), VOTE(0, 4) }, 3,
	  INTERSECTION_TIE, { 0, 9, 0, 9, 1, 2 }, "nnn" },
	{ "decades away", { VOTE(INT64_MIN, -1), VOTE(INT64_MIN, INT64_MAX) }, 2,
	  INTERSECTION_FOUND, { INT64_MIN, -1, INT64_MIN, -1, 2, 2 }, "yy" },
};
/* clang-format on */

static void check_case(const struct expectation *want, const struct vote *votes,
                       const size_t *order)
{
	struct vote marked[VOTES_MAX] = { VOTE(0, 0) };
	struct intersection have;

	memcpy(marked, votes, want->count * sizeof *votes);
	CHECK_EQ(intersection_find(marked, want->count, &have), want->outcome);
	CHECK_EQ(have.low_ns, want->result.low_ns);
	CHECK_EQ(have.high_ns, want->result.high_ns);
	CHECK_EQ(have.hull_low_ns, want->result.hull_low_ns);
	CHECK_EQ(have.hull_high_ns, want->result.hull_high_ns);
	CHECK_EQ(have.agreeing_count, want->result.agreeing_count);
	CHECK_EQ(have.voters_count, want->result.voters_count);
	for (size_t i = 0; i < want->count; i++)
		CHECK_EQ(marked[i].is_agreeing, want->agreeing[order[i]] == 'y');
}

TEST(estimate_intersection, finds_what_the_table_says_in_any_order)
{
	struct rng rng;

	rng_init_seed(&rng, 3);
	for (size_t i = 0; i < ARRAY_COUNT(table); i++) {
		size_t order[VOTES_MAX] = { 0, 1, 2, 3, 4, 5 };

		for (unsigned round = 0; round < 30; round++) {
			struct vote votes[VOTES_MAX];

			for (size_t k = 0; k < VOTES_MAX; k++)
				votes[k] = table[i].votes[order[k]];
			check_case(&table[i], votes, order);
			for (size_t k = table[i].count; k > 1; k--) {
				const size_t other = rng_below(&rng, k), kept = order[k - 1];

				order[k - 1] = order[other];
				order[other] = kept;
			}
		}
	}
}

/* The promise of the hull: while fewer than half lie, true time (0) is in it. */
TEST(estimate_intersection, holds_the_truth_while_a_minority_lies)
{
	struct rng rng;

	rng_init_seed(&rng, 4);
	for (int round = 0; round < 3000; round++) {
		struct vote votes[INTERSECTION_VOTES_MAX];
		const size_t count = 1 + rng_below(&rng, 15),
			     liars = rng_below(&rng, (count + 1) / 2);
		struct intersection have;

		for (size_t i = 0; i < count; i++) {
			const int64_t shift_ns =
				i < liars ? (int64_t)rng_below(&rng, 4000) - 2000 : 0;

			votes[i] =
				(struct vote){ .low_ns = shift_ns - (int64_t)rng_below(&rng, 1000),
				               .high_ns =
				                       shift_ns + (int64_t)rng_below(&rng, 1000) };
		}
		CHECK_EQ(intersection_find(votes, count, &have), INTERSECTION_FOUND);
		CHECK(have.hull_low_ns <= 0 && have.hull_high_ns >= 0);
		CHECK(have.hull_low_ns <= have.low_ns && have.high_ns <= have.hull_high_ns);
		CHECK(have.agreeing_count >= count - liars);
	}
}

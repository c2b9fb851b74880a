/* SPDX-License-Identifier: MIT */
#include "estimate/combining.h"

#include "base/rng.h"
#include "testing/check.h"

#define DECADES_NS (INT64_C(1700000000) * NS_PER_S)

static const struct free_time now = { 100 * NS_PER_S };

static struct candidate candidate(int64_t offset_ns, double sd_s, double hidden_s)
{
	return (struct candidate){
		.estimate = { .at = now,
		              .offset_ns = DECADES_NS + offset_ns,
		              .offset_variance = sd_s * sd_s,
		              .frequency = 1e-6,
		              .frequency_variance = 1e-18 },
		.root_distance_s = 1e-3,
		.hidden_error_s = hidden_s,
	};
}

TEST(estimate_combining, gives_a_single_source_back)
{
	struct candidate one = candidate(77, 1e-6, 2e-6);
	struct estimate combined;

	CHECK_EQ(combining_combine(&one, 1, 3, now, &combined), 0);
	CHECK_EQ(combined.offset_ns, DECADES_NS + 77);
	CHECK_EQ(combined.at.ns, now.ns);
	CHECK_NEAR(combined.offset_variance, 5e-12, 1e-20);
	CHECK_NEAR(combined.frequency, 1e-6, 1e-15);
	CHECK_NEAR(combined.frequency_variance, 1e-18, 1e-24);
	CHECK_NEAR(one.weight, 1, 0);
}

TEST(estimate_combining, weights_by_what_each_knows)
{
	struct candidate two[] = { candidate(0, 1e-6, 0), candidate(4000, 1e-6, sqrt(2) * 1e-6) };
	struct estimate combined;

	CHECK_EQ(combining_combine(two, 2, 3, now, &combined), 0);
	CHECK_NEAR(two[0].weight, 0.75, 1e-9);
	CHECK_NEAR(two[1].weight, 0.25, 1e-9);
	CHECK_EQ(combined.offset_ns, DECADES_NS + 1000);
	CHECK(combined.offset_variance < 1e-12);
	CHECK(combined.offset_variance > 0.7e-12);
}

TEST(estimate_combining, carries_estimates_of_different_age_to_one_moment)
{
	struct candidate two[] = { candidate(0, 1e-6, 0), candidate(0, 1e-6, 0) };
	struct estimate combined;

	two[1].estimate.at.ns -= 10 * NS_PER_S;
	two[1].estimate.offset_ns -= 10000; /* 1e-6 * 10 s */
	combining_combine(two, 2, 3, now, &combined);
	CHECK_EQ(combined.offset_ns, DECADES_NS);
	CHECK(two[0].weight > two[1].weight);
}

TEST(estimate_combining, leaves_out_the_too_distant)
{
	struct candidate three[] = { candidate(0, 1e-6, 0), candidate(100, 1e-6, 1e-6),
		                     candidate(200, 1e-6, 1e-6) };
	struct estimate combined;

	three[1].root_distance_s = 2.9e-3;
	three[2].root_distance_s = 3.1e-3;
	combining_combine(three, 3, 3, now, &combined);
	CHECK(three[1].weight > 0 && !three[1].is_too_distant);
	CHECK(three[2].weight <= 0 && three[2].is_too_distant);

	CHECK_EQ(combining_combine(three, 3, 0, now, &combined), 0); /* only the best */
	CHECK_NEAR(three[0].weight, 1, 0);
	CHECK_EQ(combined.offset_ns, DECADES_NS);
}

TEST(estimate_combining, drops_an_outlier_and_forgives_it_later)
{
	struct candidate four[] = { candidate(0, 1e-6, 0), candidate(500, 1e-6, 0),
		                    candidate(-500, 1e-6, 0), candidate(9000, 1e-6, 0) };
	struct estimate combined;

	combining_combine(four, 4, 3, now, &combined);
	CHECK(four[3].is_outlier && four[3].weight <= 0);
	CHECK(!four[0].is_outlier && !four[1].is_outlier && !four[2].is_outlier);
	CHECK_EQ(combined.offset_ns, DECADES_NS);

	four[3].estimate.offset_ns = DECADES_NS;
	combining_combine(four, 4, 3, now, &combined);
	CHECK(!four[3].is_outlier && four[3].weight > 0);
}

TEST(estimate_combining, keeps_the_surer_of_two_that_disagree)
{
	struct candidate two[] = { candidate(0, 2e-6, 0), candidate(90000, 1e-6, 0) };
	struct estimate combined;

	CHECK_EQ(combining_combine(two, 2, 3, now, &combined), 1);
	CHECK(two[0].is_outlier && !two[1].is_outlier);
	CHECK_EQ(combined.offset_ns, DECADES_NS + 90000);
}

TEST(estimate_combining, combines_only_the_preferred_where_there_are_such)
{
	struct candidate three[] = { candidate(0, 1e-6, 0), candidate(100, 1e-5, 0),
		                     candidate(300, 1e-5, 0) };
	struct estimate combined;

	three[1].is_preferred = three[2].is_preferred = true;
	CHECK_EQ(combining_combine(three, 3, 3, now, &combined), 1);
	CHECK_NEAR(three[0].weight, 0, 0);
	CHECK(!three[0].is_outlier);
	CHECK_EQ(combined.offset_ns, DECADES_NS + 200);
}

TEST(estimate_combining, promises_no_more_than_it_keeps)
{
	double squares = 0;
	const int rounds = 4000;
	struct rng rng;

	rng_init_seed(&rng, 5);
	for (int round = 0; round < rounds; round++) {
		struct candidate some[4];
		struct estimate combined;
		double sum = 0, error_s;

		for (int i = 0; i < 4; i++) {
			const double sd_s = 1e-6 * (0.2 + rng_unit(&rng)), hidden_s = 1e-6;
			const double total_s = sqrt(sd_s * sd_s + hidden_s * hidden_s);

			some[i] = candidate(llround(rng_normal(&rng) * total_s * 1e9), sd_s,
			                    hidden_s);
		}
		combining_combine(some, 4, 3, now, &combined);
		for (int i = 0; i < 4; i++)
			sum += some[i].weight;
		CHECK_NEAR(sum, 1, 1e-12);
		error_s = (double)(combined.offset_ns - DECADES_NS) * 1e-9;
		squares += error_s * error_s / combined.offset_variance;
	}
	CHECK(squares / rounds < 1.05);
	CHECK(squares / rounds > 0.6);
}

/* SPDX-License-Identifier: MIT */
#include "radio/minute_timing.h"

#include "base/instant.h"
#include "base/rng.h"
#include "testing/check.h"

/* One minute of edges that begin at `first`, of a clock that gains `rate`. */
static unsigned make_edges(struct rng *rng, int64_t first, double rate, double sd_ns,
                           struct timing_edge edges[60])
{
	for (int64_t i = 0; i < 60; i++) {
		edges[i].second = first + i;
		edges[i].at_ns = (first + i) * NS_PER_S +
		                 llrint((double)(first + i) * rate * 1e9 + sd_ns * rng_normal(rng));
	}
	return 60;
}

TEST(minute_timing, is_eight_times_better_than_an_edge_and_says_so)
{
	struct minute_timing timing;
	struct timing_edge edges[60];
	double squares = 0, pulls = 0, sd_ns;
	struct rng rng;

	rng_init_seed(&rng, 3);
	minute_timing_init(&timing);
	for (int64_t m = 0; m < 1000; m++) {
		double error;

		CHECK(minute_timing_add(&timing, edges, make_edges(&rng, 60 * m, 0, 5e6, edges)));
		error = (double)(minute_timing_at(&timing, 60 * m + 60, &sd_ns) -
		                 (60 * m + 60) * NS_PER_S);
		squares += error * error;
		pulls += error * error / (sd_ns * sd_ns);
	}
	CHECK(sqrt(squares / 1000) < 0.72e6);
	CHECK_NEAR(sqrt(pulls / 1000), 1, 0.12);
}

TEST(minute_timing, learns_the_rate_of_a_bad_clock)
{
	struct minute_timing timing;
	struct timing_edge edges[60];
	struct rng rng;
	double sd_ns;

	rng_init_seed(&rng, 4);
	minute_timing_init(&timing);
	for (int64_t m = 0; m < 16; m++)
		CHECK(minute_timing_add(&timing, edges,
		                        make_edges(&rng, 60 * m, 100e-6, 1e6, edges)));
	CHECK_NEAR(timing.rate, 100e-6, 2e-6);
	CHECK_NEAR((double)(minute_timing_at(&timing, 960, &sd_ns) - 960 * NS_PER_S), 96e6, 0.5e6);
}

TEST(minute_timing, is_deaf_to_wild_edges)
{
	struct minute_timing timing;
	struct timing_edge edges[60];
	struct rng rng;
	double sd_ns;

	rng_init_seed(&rng, 5);
	minute_timing_init(&timing);
	(void)make_edges(&rng, 0, 0, 1e6, edges);
	for (unsigned i = 0; i < 12; i++)
		edges[5 * i].at_ns += 55 * NS_PER_MS;
	CHECK(minute_timing_add(&timing, edges, 60));
	CHECK_NEAR((double)(minute_timing_at(&timing, 60, &sd_ns) - 60 * NS_PER_S), 0, 0.6e6);
}

TEST(minute_timing, says_nothing_of_nine_edges)
{
	struct minute_timing timing;
	struct timing_edge edges[60];
	struct rng rng;

	rng_init_seed(&rng, 6);
	minute_timing_init(&timing);
	(void)make_edges(&rng, 0, 0, 1e6, edges);
	CHECK(!minute_timing_add(&timing, edges, 9));
}

/* SPDX-License-Identifier: MIT */
#include "refclock/refclock_filter.h"

#include <errno.h>
#include <math.h>

#include "base/rng.h"
#include "testing/check.h"

#define PRECISION_S 1e-7

static void fill(struct refclock_filter *filter, const double *offsets_s, size_t count)
{
	for (size_t i = 0; i < count; i++)
		refclock_filter_add(filter, &(struct refclock_point){
						    .at = { (int64_t)i * NS_PER_S },
						    .offset_ns = llrint(offsets_s[i] * 1e9) });
}

TEST(refclock_filter, refuses_sizes_that_cannot_be)
{
	struct refclock_filter *filter = NULL;

	CHECK_EQ(refclock_filter_create(0, &filter), -EINVAL);
	CHECK_EQ(refclock_filter_create(1025, &filter), -EINVAL);
	refclock_filter_destroy(NULL);
}

TEST(refclock_filter, is_not_moved_by_a_third_of_wrong_samples)
{
	static const double offsets_s[] = { 0.1, 0.1, 0.6, 0.1, -0.3, 0.1, 0.1, 0.4, 0.1 };
	struct refclock_filter *filter = NULL;
	struct refclock_filtered filtered;

	CHECK_EQ(refclock_filter_create(64, &filter), 0);
	fill(filter, offsets_s, ARRAY_COUNT(offsets_s));
	CHECK(refclock_filter_take(filter, 0, 1e-9, PRECISION_S, &filtered));
	CHECK_EQ(filtered.offset_ns, 100000000);
	CHECK_EQ(filtered.count, 9);
	CHECK_EQ(filtered.used_count, 6);
	refclock_filter_destroy(filter);
}

/* 50 ppm of rate known wrongly by 10: the result stands at the mean time and is right there. */
TEST(refclock_filter, stands_at_the_mean_time_whatever_the_rate)
{
	struct refclock_filter *filter = NULL;
	struct refclock_filtered filtered;
	double offsets_s[16];

	for (int i = 0; i < 16; i++)
		offsets_s[i] = 50e-6 * i;
	CHECK_EQ(refclock_filter_create(64, &filter), 0);
	fill(filter, offsets_s, 16);
	CHECK(refclock_filter_take(filter, 40e-6, 10e-6, PRECISION_S, &filtered));
	CHECK_NEAR((double)filtered.offset_ns, 50e-6 * (double)filtered.at.ns, 2);
	CHECK(filtered.at.ns > 5 * NS_PER_S && filtered.at.ns < 10 * NS_PER_S);
	refclock_filter_destroy(filter);
}

TEST(refclock_filter, says_how_noisy_its_samples_are)
{
	struct refclock_filter *filter = NULL;
	struct refclock_filtered filtered = { .count = 0 };
	double squares = 0;
	struct rng rng;

	rng_init_seed(&rng, 5);
	CHECK_EQ(refclock_filter_create(64, &filter), 0);
	for (int poll = 0; poll < 200; poll++) {
		double offsets_s[16];

		for (int i = 0; i < 16; i++)
			offsets_s[i] = 1e-3 * rng_normal(&rng);
		refclock_filter_clear(filter);
		fill(filter, offsets_s, 16);
		CHECK(refclock_filter_take(filter, 0, 1e-9, PRECISION_S, &filtered));
		squares += (double)filtered.offset_ns * (double)filtered.offset_ns * 1e-18;
	}
	CHECK_NEAR(filtered.scatter_s, 1e-3, 3e-4);
	/* what it claims of itself is what it is: 1 ms / 4, and something for the trimming */
	CHECK_NEAR(sqrt(squares / 200), filtered.sd_s, 0.25 * filtered.sd_s);
	refclock_filter_destroy(filter);
}

/* Without a drift file: a rate that is not known is no scatter. */
TEST(refclock_filter, believes_scatter_that_was_seen_rather_than_the_precision)
{
	const double scatter_s = PRECISION_S / 4;
	struct refclock_filter *filter = NULL;
	struct refclock_filtered filtered = { .sd_s = 0 };
	struct rng rng;

	rng_init_seed(&rng, 5);
	CHECK_EQ(refclock_filter_create(16, &filter), 0);
	for (unsigned poll = 0; poll < 20; poll++) {
		refclock_filter_clear(filter);
		for (int64_t i = 0; i < 16; i++)
			refclock_filter_add(filter, &(struct refclock_point){
							    .at = { i * NS_PER_S },
							    .offset_ns = llrint(rng_normal(&rng) *
			                                                        scatter_s * 1e9) });
		CHECK(refclock_filter_take(filter, 0, 1e-12, PRECISION_S, &filtered));
	}
	CHECK_NEAR(filtered.sd_s, scatter_s / 4, 0.5 * scatter_s / 4);
	refclock_filter_destroy(filter);
}

TEST(refclock_filter, learns_a_rate_that_is_not_known)
{
	struct refclock_filter *filter = NULL;
	struct refclock_filtered filtered;
	double offsets_s[16];
	struct rng rng;

	rng_init_seed(&rng, 5);
	for (int i = 0; i < 16; i++)
		offsets_s[i] = 300e-6 * i + 1e-6 * rng_normal(&rng);
	CHECK_EQ(refclock_filter_create(16, &filter), 0);
	fill(filter, offsets_s, 16);
	CHECK(refclock_filter_take(filter, 0, 100e-6, PRECISION_S, &filtered));
	CHECK_NEAR((double)filtered.offset_ns, 300e-6 * (double)filtered.at.ns, 2000);
	CHECK(filtered.scatter_s < 3e-6);
	CHECK(filtered.sd_s < 2e-6);
	refclock_filter_destroy(filter);
}

TEST(refclock_filter, waits_until_it_can_tell_how_much_samples_scatter)
{
	static const double offsets_s[] = { 0.010, -0.010, 0.005, 0 };
	struct refclock_filter *filter = NULL;
	struct refclock_filtered filtered;

	CHECK_EQ(refclock_filter_create(64, &filter), 0);
	fill(filter, offsets_s, 3);
	CHECK(!refclock_filter_take(filter, 0, 1e-4, PRECISION_S, &filtered));
	refclock_filter_clear(filter);
	fill(filter, offsets_s, 4);
	CHECK(refclock_filter_take(filter, 0, 1e-4, PRECISION_S, &filtered));
	CHECK(filtered.scatter_s > 5e-3);
	/* afterwards one sample is enough */
	refclock_filter_clear(filter);
	fill(filter, offsets_s, 1);
	CHECK(refclock_filter_take(filter, 0, 1e-4, PRECISION_S, &filtered));
	CHECK(filtered.sd_s > 5e-3);
	refclock_filter_destroy(filter);
}

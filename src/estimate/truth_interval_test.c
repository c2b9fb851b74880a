/* SPDX-License-Identifier: MIT */
#include "estimate/truth_interval.h"

#include "base/rng.h"
#include "testing/check.h"

static struct exchange exchange_at(int64_t at_ns, int64_t lower_ns, int64_t upper_ns)
{
	return (struct exchange){ .at = { at_ns }, .lower_ns = lower_ns, .upper_ns = upper_ns };
}

static void check_is(const struct truth_interval *interval, int64_t low_ns, int64_t high_ns)
{
	CHECK(interval->is_known);
	CHECK_EQ(truth_interval_low_ns(interval), low_ns);
	CHECK_EQ(truth_interval_high_ns(interval), high_ns);
}

TEST(estimate_truth_interval, is_what_one_exchange_allows)
{
	struct truth_interval interval = { 0 };
	const struct exchange first = exchange_at(100, -3000, 5000);

	truth_interval_advance(&interval, first.at, 0, 1e-6);
	CHECK(truth_interval_add(&interval, &first, 70));
	check_is(&interval, -3070, 5070);
}

TEST(estimate_truth_interval, narrows_with_exchanges_and_widens_with_time)
{
	struct truth_interval interval = { 0 };
	const struct exchange first = exchange_at(0, -3000, 5000),
			      second = exchange_at(NS_PER_S, -1000, 9000);

	CHECK(truth_interval_add(&interval, &first, 0));
	truth_interval_advance(&interval, second.at, 2e-6, 1e-6);
	check_is(&interval, -2000, 8000);
	CHECK(truth_interval_add(&interval, &second, 0));
	check_is(&interval, -1000, 8000);
	CHECK(truth_interval_add(&interval, &first, 0)); /* wider on the left: says nothing there */
	check_is(&interval, -1000, 5000);
}

TEST(estimate_truth_interval, restarts_from_a_contradiction_and_counts_it)
{
	struct truth_interval interval = { 0 };
	const struct exchange first = exchange_at(0, 0, 10), touching = exchange_at(1, 11, 20),
			      other = exchange_at(2, 12, 20);

	CHECK(truth_interval_add(&interval, &first, 0));
	CHECK(truth_interval_add(&interval, &touching, 1));
	truth_interval_reset(&interval);
	CHECK(!interval.is_known);
	CHECK(truth_interval_add(&interval, &first, 0));
	CHECK(!truth_interval_add(&interval, &other, 0));
	check_is(&interval, 12, 20);
	CHECK_EQ(interval.contradictions_count, 1);
	truth_interval_reset(&interval);
	CHECK_EQ(interval.contradictions_count, 1);
}

TEST(estimate_truth_interval, ignores_an_exchange_that_arrived_before_it_was_sent)
{
	struct truth_interval interval = { 0 };
	const struct exchange first = exchange_at(0, 0, 10), absurd = exchange_at(1, 50, 40);

	CHECK(truth_interval_add(&interval, &first, 1));
	CHECK(!truth_interval_add(&interval, &absurd, 1));
	check_is(&interval, -1, 11);
	CHECK_EQ(interval.contradictions_count, 1);
}

TEST(estimate_truth_interval, keeps_its_nanoseconds_decades_from_zero)
{
	const int64_t decades_ns = INT64_C(1700000000) * NS_PER_S;
	struct truth_interval interval = { 0 };
	const struct exchange first = exchange_at(7, decades_ns + 3, decades_ns + 9);

	CHECK(truth_interval_add(&interval, &first, 1));
	check_is(&interval, decades_ns + 2, decades_ns + 10);
	for (int64_t day = 1; day <= 1000; day++) /* ends wander an hour off */
		truth_interval_advance(&interval, (struct free_time){ day * 86400 * NS_PER_S + 7 },
		                       0x1p-15, 0);
	check_is(&interval, decades_ns + 2 + 86400 * NS_PER_S / 32768 * 1000,
	         decades_ns + 10 + 86400 * NS_PER_S / 32768 * 1000);
}

/* A clock whose rate wanders within the limit, a server that lies no more than it admits, delays of
 * any kind, also malicious ones: the truth never leaves the interval. */
static void run_world(struct rng *rng)
{
	const double limit = 1e-6 * rng_exponential(rng), base_s = 1e-3 * rng_unit(rng);
	const int64_t server_error_ns = (int64_t)rng_below(rng, 100000);
	struct truth_interval interval = { 0 };
	double offset_s = 100 * rng_normal(rng);
	int64_t now_ns = 0;

	for (int i = 0; i < 300; i++) {
		const int64_t step_ns = (int64_t)rng_below(rng, 100 * NS_PER_S);
		const double lie_ns = (2 * rng_unit(rng) - 1) * (double)server_error_ns;
		const double seen_ns = offset_s * 1e9 + lie_ns;
		const double forth_s = base_s + 1e-4 * rng_exponential(rng),
			     back_s = base_s + 1e-2 * rng_exponential(rng) * (i % 7 == 0);
		const struct exchange exchange =
			exchange_at(now_ns, (int64_t)floor(seen_ns - back_s * 1e9),
		                    (int64_t)ceil(seen_ns + forth_s * 1e9));

		truth_interval_advance(&interval, exchange.at, 0, limit);
		CHECK(truth_interval_add(&interval, &exchange, server_error_ns));
		CHECK((double)truth_interval_low_ns(&interval) <= offset_s * 1e9);
		CHECK((double)truth_interval_high_ns(&interval) >= offset_s * 1e9);
		offset_s += (2 * rng_unit(rng) - 1) * limit * (double)step_ns * 1e-9;
		now_ns += step_ns;
	}
	CHECK_EQ(interval.contradictions_count, 0);
}

TEST(estimate_truth_interval, holds_the_truth_in_every_world)
{
	struct rng rng;

	for (uint64_t seed = 1; seed <= 100; seed++) {
		rng_init_seed(&rng, seed);
		run_world(&rng);
	}
}

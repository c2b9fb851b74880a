/* SPDX-License-Identifier: MIT */
#include "estimate/estimator.h"

#include <errno.h>

#include "base/rng.h"
#include "testing/check.h"

static const struct estimator_config usual = { .precision_s = 1e-9, .initial_frequency_sd = 1e-4 };

static struct estimator *create(void)
{
	struct estimator *estimator;

	CHECK_EQ(estimator_create(&usual, &estimator), 0);
	return estimator;
}

static struct exchange exchange_at(int64_t at_ns, int64_t offset_ns, int64_t forth_ns,
                                   int64_t back_ns)
{
	return (struct exchange){ .at = { at_ns },
		                  .upper_ns = offset_ns + forth_ns,
		                  .lower_ns = offset_ns - back_ns };
}

TEST(estimate_estimator, refuses_a_bad_config)
{
	static const struct estimator_config bad[] = {
		{ .precision_s = 0, .initial_frequency_sd = 1e-4 },
		{ .precision_s = 2, .initial_frequency_sd = 1e-4 },
		{ .precision_s = NAN, .initial_frequency_sd = 1e-4 },
		{ .precision_s = 1e-6, .initial_frequency_sd = 0 },
		{ .precision_s = 1e-6, .initial_frequency_sd = NAN },
		{ .precision_s = 1e-6, .initial_frequency_sd = 1e-4, .initial_frequency = 1 },
	};
	struct estimator *estimator;

	for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++)
		CHECK_EQ(estimator_create(&bad[i], &estimator), -EINVAL);
	estimator_destroy(NULL);
}

TEST(estimate_estimator, has_an_estimate_after_one_exchange)
{
	const int64_t decades_ns = INT64_C(1700000000) * NS_PER_S;
	struct estimator *estimator = create();
	const struct exchange first = exchange_at(0, decades_ns + 7, 1000000, 1000000);
	struct estimate estimate;

	CHECK(!estimator_has_estimate(estimator));
	CHECK_EQ(estimator_status(estimator).exchanges_count, 0);
	CHECK_EQ(estimator_on_exchange(estimator, &first), ESTIMATOR_USED);
	CHECK(estimator_has_estimate(estimator));
	estimate = estimator_estimate(estimator);
	CHECK_EQ(estimate.offset_ns, decades_ns + 7);
	CHECK_EQ(estimate.at.ns, 0);
	CHECK_NEAR(sqrt(estimate.offset_variance), 1e-3, 1e-4);
	CHECK_NEAR(sqrt(estimate.frequency_variance), 1e-4, 1e-6);
	CHECK_EQ(estimator_status(estimator).exchanges_count, 1);

	estimator_reset(estimator);
	CHECK(!estimator_has_estimate(estimator));
	estimator_destroy(estimator);
}

TEST(estimate_estimator, refuses_the_past_and_the_impossible)
{
	struct estimator *estimator = create();
	const struct exchange first = exchange_at(100, 0, 1000, 1000);
	struct exchange next = exchange_at(NS_PER_S, 0, 500, -502); /* delay -2 ns */

	CHECK_EQ(estimator_on_exchange(estimator, &first), ESTIMATOR_USED);
	CHECK_EQ(estimator_on_exchange(estimator, &first), ESTIMATOR_REFUSED);
	CHECK_EQ(estimator_on_exchange(estimator, &next), ESTIMATOR_REFUSED);
	next = exchange_at(NS_PER_S, 0, 500, -501); /* as much as the precision */
	CHECK_EQ(estimator_on_exchange(estimator, &next), ESTIMATOR_USED);
	next = exchange_at(2 * NS_PER_S, 0, 999 * NS_PER_S, 2 * NS_PER_S);
	CHECK_EQ(estimator_on_exchange(estimator, &next), ESTIMATOR_REFUSED);
	next = (struct exchange){ { 3 * NS_PER_S }, INT64_MAX, INT64_MIN };
	CHECK_EQ(estimator_on_exchange(estimator, &next), ESTIMATOR_REFUSED);
	CHECK_EQ(estimator_status(estimator).exchanges_count, 2);
	estimator_destroy(estimator);
}

TEST(estimate_estimator, starts_from_the_known_frequency)
{
	const struct estimator_config known = { .precision_s = 1e-9,
		                                .initial_frequency = -2e-5,
		                                .initial_frequency_sd = 1e-7 };
	struct estimator *estimator;
	struct exchange exchange;

	CHECK_EQ(estimator_create(&known, &estimator), 0);
	for (int i = 0; i < 3; i++) {
		exchange =
			exchange_at(i * 64 * NS_PER_S, -1280000 * i, 1000000 + 90000 * i, 1000000);
		CHECK_EQ(estimator_on_exchange(estimator, &exchange), ESTIMATOR_USED);
		CHECK_NEAR(estimator_estimate(estimator).frequency, -2e-5, 2e-7);
	}
	estimator_destroy(estimator);
}

static void check_sound(const struct estimator *estimator)
{
	const struct estimate e = estimator_estimate(estimator);
	const struct estimator_status s = estimator_status(estimator);

	CHECK(isfinite(e.frequency) && fabs(e.frequency) < 1);
	CHECK(e.offset_variance > 0 && isfinite(e.offset_variance));
	CHECK(e.frequency_variance > 0 && isfinite(e.frequency_variance));
	CHECK(e.covariance * e.covariance <= e.offset_variance * e.frequency_variance * 1.001);
	CHECK(e.wander_variance > 0 && isfinite(e.wander_variance));
	CHECK(isfinite(s.floor_s) && isfinite(s.noise_s) && isfinite(s.lateness_s));
	CHECK(isfinite(s.residual_sd_s) && s.runs_count <= 32 && s.window_count <= 256);
}

/* Identical round trips, as coarse clocks on an idle network give. */
TEST(estimate_estimator, takes_a_path_without_any_jitter)
{
	for (int64_t delay_ns = 0; delay_ns <= 200000; delay_ns += 100000) {
		struct estimator *estimator = create();

		for (int i = 0; i < 300; i++) {
			const struct exchange exchange =
				exchange_at(i * 16 * NS_PER_S, 5000 + 160 * i, delay_ns, delay_ns);

			CHECK_EQ(estimator_on_exchange(estimator, &exchange), ESTIMATOR_USED);
			check_sound(estimator);
		}
		CHECK_NEAR((double)(estimator_estimate(estimator).offset_ns - 5000 - 160 * 299), 0,
		           20);
		CHECK_NEAR(estimator_estimate(estimator).frequency, 1e-8, 1e-10);
		estimator_destroy(estimator);
	}
}

/* Two seconds after an exchange that cannot be the same thing is asked again, and so the three tell
 * an oscillator that is far off from a step. */
TEST(estimate_estimator, learns_an_oscillator_that_is_far_off_from_three_exchanges)
{
	static const double rates[] = { 1e-3, -5e-3, 5e-2, -5e-2 };

	for (int i = 0; i < 4; i++) {
		struct estimator *estimator = create();
		const int64_t at_s[] = { 0, 64, 66 };

		for (int j = 0; j < 3; j++) {
			const struct exchange exchange = exchange_at(
				at_s[j] * NS_PER_S, (int64_t)(rates[i] * (double)at_s[j] * 1e9),
				100000 + j * 10000, 100000 - j * 5000);

			(void)estimator_on_exchange(estimator, &exchange);
		}
		CHECK_NEAR(estimator_estimate(estimator).frequency, rates[i], 1e-5);
		estimator_destroy(estimator);
	}
}

TEST(estimate_estimator, takes_a_step_in_the_first_minute_for_a_step)
{
	struct estimator *estimator = create();

	for (int j = 0; j < 4; j++) {
		const struct exchange exchange = exchange_at((64 * j - 62 * (j > 1)) * NS_PER_S,
		                                             j > 0 ? NS_PER_S : 0, 100000, 100000);

		(void)estimator_on_exchange(estimator, &exchange);
	}
	CHECK_NEAR(estimator_estimate(estimator).frequency, 0, 1e-4);
	CHECK_NEAR((double)estimator_estimate(estimator).offset_ns, 1e9, 1e6);
	estimator_destroy(estimator);
}

/* Nobody's oscillator is off by 5 % all at once: none of it is believed, but neither is what was
 * before. */
TEST(estimate_estimator, does_not_keep_what_is_contradicted_for_ever)
{
	struct estimator *estimator = create();
	int64_t offset_ns = 0;

	for (int i = 0; i < 400; i++) {
		const struct exchange exchange =
			exchange_at(i * 64 * NS_PER_S, offset_ns, 100000 + i % 7 * 1000, 100000);

		(void)estimator_on_exchange(estimator, &exchange);
		offset_ns += i < 200 ? 0 : 3200 * NS_PER_MS;
	}
	CHECK(estimator_estimate(estimator).offset_ns > offset_ns / 2);
	estimator_destroy(estimator);
}

/* Whatever is fed in, numbers stay numbers. */
TEST(estimate_estimator, stays_sound_on_garbage)
{
	struct rng rng;

	for (uint64_t seed = 1; seed <= 12; seed++) {
		struct estimator *estimator = create();
		int64_t now_ns = 0;

		rng_init_seed(&rng, seed);
		for (int i = 0; i < 250; i++) {
			const double scale_s = pow(10, 2 - 11 * rng_unit(&rng));
			const double forth_s = scale_s * rng_exponential(&rng);
			const double offset_s =
				rng_normal(&rng) * pow(10, seed % 2 ? 1 : 9 - 18 * rng_unit(&rng));
			const struct exchange exchange =
				exchange_at(now_ns, (int64_t)(offset_s * 1e9),
			                    (int64_t)(forth_s * 1e9), (int64_t)(scale_s * 1e8));

			now_ns += 1 + (int64_t)(ldexp(1e9, 17) * pow(rng_unit(&rng), 8));
			(void)estimator_on_exchange(estimator, &exchange);
			if (estimator_has_estimate(estimator))
				check_sound(estimator);
		}
		estimator_destroy(estimator);
	}
}

/* Punctual to 10 us, each 64 s after a burst; the first request is stamped late_ns too late. */
static struct estimate follow(struct estimator *estimator, double frequency, int64_t late_ns,
                              unsigned count)
{
	struct rng rng;
	int64_t at_ns = 0;

	rng_init_seed(&rng, 5);
	for (unsigned i = 0; i < count; i++, at_ns += (i < 8 ? 2 : 64) * NS_PER_S) {
		const int64_t offset_ns = llrint(frequency * (double)at_ns);
		const int64_t forth_ns = 100000 + (int64_t)(-1e4 * log(1 - rng_unit(&rng)));
		const int64_t back_ns = 100000 + (int64_t)(-1e4 * log(1 - rng_unit(&rng)));
		struct exchange exchange = exchange_at(at_ns, offset_ns, forth_ns, back_ns);

		if (i == 0)
			exchange.upper_ns -= late_ns;
		estimator_on_exchange(estimator, &exchange);
	}
	return estimator_estimate(estimator);
}

TEST(estimate_estimator, learns_an_oscillator_that_is_far_off)
{
	static const double frequencies[] = { 1e-3, -1.73e-3, 2e-2 };

	for (unsigned i = 0; i < 3; i++) {
		struct estimator *estimator = create();
		const struct estimate estimate = follow(estimator, frequencies[i], 0, 40);

		CHECK_NEAR(estimate.frequency, frequencies[i], 1e-7);
		CHECK(estimator_status(estimator).jumps_count <= 3);
		estimator_destroy(estimator);
	}
}

TEST(estimate_estimator, is_not_misled_by_an_impossibly_fast_first_exchange)
{
	struct estimator *estimator = create();
	const struct estimate estimate = follow(estimator, 0, 60000, 24);

	CHECK(sqrt(estimate.frequency_variance) < 5e-8);
	CHECK_NEAR((double)estimate.offset_ns, 0, 10000);
	estimator_destroy(estimator);
}

/* Too few exchanges for a law: what no law could explain restarts the estimate. */
TEST(estimate_estimator, keeps_the_rate_when_a_young_source_steps)
{
	const double frequency = 2e-5;
	struct estimator *estimator = create();
	enum estimator_verdict verdict = ESTIMATOR_USED;
	struct estimate estimate;

	for (int i = 0; i < 8; i++) {
		const int64_t at_ns = 64 * i * NS_PER_S;
		const int64_t offset_ns =
			(int64_t)(frequency * (double)at_ns) + (i >= 6) * 50000000;
		const struct exchange exchange = exchange_at(
			at_ns, offset_ns, 100000 + 900 * (i % 3), 100000 + 700 * (i % 2));

		verdict = estimator_on_exchange(estimator, &exchange);
	}
	CHECK_EQ(verdict, ESTIMATOR_JUMPED);
	estimate = estimator_estimate(estimator);
	CHECK_NEAR(estimate.frequency, frequency, 1e-7);
	CHECK(sqrt(estimate.frequency_variance) < 1e-6);
	estimator_destroy(estimator);
}

TEST(estimate_estimator, learns_the_rate_anew_when_the_start_was_wrong)
{
	struct estimator *estimator = create();
	struct estimate estimate;

	for (int i = 0; i < 8; i++) {
		const int64_t at_ns = 64 * i * NS_PER_S;
		const struct exchange exchange = exchange_at(
			at_ns, i == 0 ? 50000000 : -at_ns / 50000, 100000, 100000 + 700 * (i % 2));

		estimator_on_exchange(estimator, &exchange);
	}
	estimate = estimator_estimate(estimator);
	CHECK_NEAR(estimate.frequency, -2e-5, 1e-7);
	estimator_destroy(estimator);
}

/* Below a floor that went down unnoticed, what is late all on one way looks like a step. */
TEST(estimate_estimator, takes_no_late_packets_for_a_step_while_a_shorter_path_is_in_doubt)
{
	struct estimator *estimator = create();
	int64_t at_ns = 0;
	struct rng rng;

	rng_init_seed(&rng, 1);
	for (int i = 0; i < 200; i++, at_ns += 64 * NS_PER_S) {
		const struct exchange exchange =
			exchange_at(at_ns, 0, 200000 + (int64_t)rng_below(&rng, 4000),
		                    200000 + (int64_t)rng_below(&rng, 4000));

		estimator_on_exchange(estimator, &exchange);
	}
	for (int i = 0; i < 3; i++, at_ns += 64 * NS_PER_S) {
		const struct exchange exchange =
			exchange_at(at_ns, 0, i == 1 ? 90000 : 63000000, 90000);

		CHECK(estimator_on_exchange(estimator, &exchange) != ESTIMATOR_JUMPED);
	}
	CHECK_EQ(estimator_status(estimator).jumps_count, 0);
	estimator_destroy(estimator);
}

/* A longer path is coasted through; what no path explains is followed. */
TEST(estimate_estimator, does_not_coast_away_from_a_clock_that_goes_elsewhere)
{
	const double rate = 3e-6;
	struct estimator *estimator = create();
	int64_t at_ns = 0, since_ns = 0;
	struct rng rng;

	rng_init_seed(&rng, 1);
	for (int i = 0; i < 212; i++, at_ns += 1024 * NS_PER_S) {
		const bool is_later = i >= 200;
		const int64_t offset_ns =
			is_later ? (int64_t)(rate * (double)(at_ns - since_ns)) : 0;
		const int64_t base_ns = is_later ? 113000 : 100000;
		const struct exchange exchange =
			exchange_at(at_ns, offset_ns, base_ns + (int64_t)rng_below(&rng, 3000),
		                    base_ns + (int64_t)rng_below(&rng, 3000));

		estimator_on_exchange(estimator, &exchange);
		since_ns = is_later ? since_ns : at_ns;
	}
	CHECK_NEAR(estimator_estimate(estimator).frequency, rate, 1e-6);
	CHECK_NEAR((double)estimator_estimate(estimator).offset_ns,
	           rate * (double)(at_ns - 1024 * NS_PER_S - since_ns), 1e6);
	estimator_destroy(estimator);
}

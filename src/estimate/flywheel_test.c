/* SPDX-License-Identifier: MIT */
#include "estimate/flywheel.h"

#include "testing/check.h"

#include <math.h>

#define AT_NS (1000 * NS_PER_S)

/* 3 ms ahead of the free clock and gaining 20 ppm. */
static const struct estimate flywheel = { .at = { AT_NS },
	                                  .offset_ns = 3 * NS_PER_MS,
	                                  .frequency = 20e-6,
	                                  .offset_variance = 1e-14,
	                                  .frequency_variance = 1e-18,
	                                  .wander_variance = 1e-20 };

TEST(estimate_flywheel, stamps_an_exchange_by_the_steady_clock)
{
	const struct exchange exchange = { .at = { AT_NS + 10 * NS_PER_S },
		                           .upper_ns = 8 * NS_PER_MS,
		                           .lower_ns = 6 * NS_PER_MS };
	const struct exchange steady = flywheel_exchange(&flywheel, &exchange);

	CHECK_EQ(steady.at.ns, exchange.at.ns);
	CHECK_EQ(steady.upper_ns, 8 * NS_PER_MS - 3 * NS_PER_MS - 200 * NS_PER_US);
	CHECK_EQ(steady.upper_ns - steady.lower_ns, 2 * NS_PER_MS);
}

TEST(estimate_flywheel, puts_an_estimate_back_on_the_free_clock)
{
	const struct estimate against = { .at = { AT_NS - 100 * NS_PER_S },
		                          .offset_ns = NS_PER_MS,
		                          .frequency = 1e-8,
		                          .offset_variance = 4e-14,
		                          .covariance = 1e-18,
		                          .frequency_variance = 1e-20 };
	const struct estimate sum = flywheel_estimate(&flywheel, &against);

	CHECK_EQ(sum.at.ns, AT_NS);
	CHECK_EQ(sum.offset_ns, 4 * NS_PER_MS + 1000);
	CHECK_NEAR(sum.frequency, 20.01e-6, 1e-15);
	/* 1e-14 + 4e-14 + 2 * 100 * 1e-18 + 1e4 * 1e-20 */
	CHECK_NEAR(sum.offset_variance, 5.03e-14, 1e-20);
	CHECK_NEAR(sum.covariance, 1e-18 + 100 * 1e-20, 1e-24);
	CHECK_NEAR(sum.frequency_variance, 1.01e-18, 1e-24);
}

TEST(estimate_flywheel, is_as_uncertain_later_whether_carried_before_or_after)
{
	const struct estimate against = { .at = { AT_NS + 64 * NS_PER_S },
		                          .offset_variance = 1e-12,
		                          .frequency_variance = 1e-20 };
	const struct free_time later = { AT_NS + 264 * NS_PER_S };
	const struct estimate sum = flywheel_estimate(&flywheel, &against);

	CHECK_NEAR(estimate_offset_sd_s(&sum, later),
	           hypot(estimate_offset_sd_s(&flywheel, later),
	                 estimate_offset_sd_s(&against, later)),
	           1e-12);
}

TEST(estimate_flywheel, is_contradicted_by_what_both_claim)
{
	struct estimate without = flywheel;

	without.offset_variance = 1e-12;
	without.offset_ns += 5 * NS_PER_US;
	CHECK(!flywheel_is_contradicted(&flywheel, &without, flywheel.at));
	without.offset_ns += 2 * NS_PER_US;
	CHECK(flywheel_is_contradicted(&flywheel, &without, flywheel.at));
}

/* SPDX-License-Identifier: MIT */
#include "estimate/exchange.h"

#include "testing/check.h"

static const struct estimate slow_clock = {
	.at = { 5 * NS_PER_S },
	.offset_ns = INT64_C(1700000000) * NS_PER_S + 1, /* decades: a clock that woke in 1970 */
	.frequency = 2e-6,
	.offset_variance = 1e-12,
	.covariance = 1e-15,
	.frequency_variance = 1e-16,
	.wander_variance = 3e-18,
};

TEST(estimate_exchange, carries_an_offset_along_its_frequency)
{
	const int64_t start_ns = slow_clock.offset_ns;

	CHECK_EQ(estimate_offset_ns(&slow_clock, slow_clock.at), start_ns);
	CHECK_EQ(estimate_offset_ns(&slow_clock, (struct free_time){ 15 * NS_PER_S }),
	         start_ns + 20000);
	CHECK_EQ(estimate_offset_ns(&slow_clock, (struct free_time){ 0 }), start_ns - 10000);
}

TEST(estimate_exchange, grows_the_error_bar_with_time)
{
	CHECK_NEAR(estimate_offset_sd_s(&slow_clock, slow_clock.at), 1e-6, 1e-15);
	/* 1e-12 + 2 * 10 * 1e-15 + 100 * 1e-16 + 3e-18 * 1000 / 3 */
	CHECK_NEAR(estimate_offset_sd_s(&slow_clock, (struct free_time){ 15 * NS_PER_S }),
	           sqrt(1.031e-12), 1e-15);
}

TEST(estimate_exchange, never_takes_the_root_of_a_negative_variance)
{
	const struct estimate rounded = { .offset_variance = 1e-20, .covariance = -1e-18 };

	CHECK_NEAR(estimate_offset_sd_s(&rounded, (struct free_time){ NS_PER_S }), 0, 0);
}

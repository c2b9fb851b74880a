/* SPDX-License-Identifier: MIT */
#include "discipline/fallback.h"

#include "testing/check.h"

TEST(fallback, averages_over_each_window)
{
	struct fallback fallback;

	fallback_init(&fallback);
	fallback_add(&fallback, 10e-6, 1000);
	CHECK_NEAR(fallback.means[5].frequency, 10e-6, 1e-12);
	CHECK_NEAR(fallback.means[16].frequency, 10e-6, 1e-12);
	fallback_add(&fallback, 20e-6, 1000);
	CHECK_NEAR(fallback.means[5].frequency, 20e-6, 1e-12); /* 32 s: forgot the first */
	CHECK_NEAR(fallback.means[16].frequency, 15e-6, 1e-12);
	for (int i = 0; i < 10000; i++)
		fallback_add(&fallback, 30e-6, 1000);
	CHECK_NEAR(fallback.means[16].frequency, 30e-6, 1e-9);
}

TEST(fallback, is_the_longer_the_longer_nobody_spoke)
{
	struct fallback fallback;

	CHECK_EQ(fallback_choose(16, 19, 65535), FALLBACK_NONE);
	CHECK_EQ(fallback_choose(16, 19, 65536), 16);
	CHECK_EQ(fallback_choose(16, 19, 131073), 17);
	CHECK_EQ(fallback_choose(16, 19, 1e9), 19);
	CHECK_EQ(fallback_choose(0, 19, 1e9), FALLBACK_NONE);
	CHECK_EQ(fallback_choose(0, 0, 1e9), FALLBACK_NONE);
	fallback_init(&fallback);
	CHECK_NEAR(fallback_next_s(&fallback, 16, 19), 65536, 0);
	fallback.used = 16;
	CHECK_NEAR(fallback_next_s(&fallback, 16, 19), 131072, 0);
	fallback.used = 19;
	CHECK_NEAR(fallback_next_s(&fallback, 16, 19), -1, 0);
	CHECK_NEAR(fallback_next_s(&fallback, 0, 0), -1, 0);
}

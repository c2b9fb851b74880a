/* SPDX-License-Identifier: MIT */
#include "daemon/refusals.h"

#include "testing/check.h"

static struct mono_time at(int64_t s)
{
	return (struct mono_time){ s * NS_PER_S };
}

TEST(refusals, are_told_once_an_hour_for_each_reason)
{
	struct refusals refusals = { 0 };
	uint64_t unsaid_count = 99;

	CHECK(refusals_is_news(&refusals, 3, at(0), &unsaid_count));
	CHECK_EQ(unsaid_count, 0);
	for (int64_t s = 1; s < 3600; s++)
		CHECK(!refusals_is_news(&refusals, 3, at(s), &unsaid_count));
	CHECK(refusals_is_news(&refusals, 4, at(3599), &unsaid_count)); /* another reason */
	CHECK(refusals_is_news(&refusals, 3, at(3600), &unsaid_count));
	CHECK_EQ(unsaid_count, 3599);
	CHECK(!refusals_is_news(&refusals, 3, at(3601), &unsaid_count));
}

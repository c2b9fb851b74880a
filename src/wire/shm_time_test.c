/* SPDX-License-Identifier: MIT */
#include "wire/shm_time.h"

#include <errno.h>

#include "base/instant.h"
#include "testing/check.h"

static const struct shm_time sample = { .mode = 1,
	                                .count = 7,
	                                .clock_ns = 1795334400 * NS_PER_S + 123456789,
	                                .receive_ns = 1795334400 * NS_PER_S + 223456001,
	                                .leap = 1,
	                                .precision_log2_s = -20,
	                                .is_valid = true };

static int decode(const struct shm_time_layout *layout, struct shm_time *time_out)
{
	return shm_time_decode((const uint8_t *)layout, sizeof *layout, time_out);
}

TEST(shm_time, lies_in_memory_as_others_have_it)
{
	CHECK_EQ(offsetof(struct shm_time_layout, clock_s), 8);
	CHECK_EQ(offsetof(struct shm_time_layout, receive_s), 24);
	CHECK_EQ(offsetof(struct shm_time_layout, leap), 36);
	CHECK_EQ(offsetof(struct shm_time_layout, is_valid), 48);
	CHECK_EQ(offsetof(struct shm_time_layout, clock_ns), 52);
	CHECK_EQ(sizeof(struct shm_time_layout), 96);
}

TEST(shm_time, decodes_what_it_encodes)
{
	struct shm_time_layout layout;
	struct shm_time time;

	shm_time_encode(&sample, &layout);
	CHECK_EQ(decode(&layout, &time), 0);
	CHECK_EQ(time.clock_ns, sample.clock_ns);
	CHECK_EQ(time.receive_ns, sample.receive_ns);
	CHECK_EQ(time.count, 7);
	CHECK_EQ(time.leap, 1);
	CHECK(time.is_valid);
}

TEST(shm_time, takes_nanoseconds_only_where_they_agree_with_the_microseconds)
{
	struct shm_time_layout layout;
	struct shm_time time;

	shm_time_encode(&sample, &layout);
	layout.clock_ns = 0; /* a writer of before they were invented */
	CHECK_EQ(decode(&layout, &time), 0);
	CHECK_EQ(time.clock_ns, 1795334400 * NS_PER_S + 123456000);
	CHECK_EQ(time.receive_ns, sample.receive_ns);
}

TEST(shm_time, refuses_what_is_no_time)
{
	struct shm_time_layout layout;
	struct shm_time time;

	shm_time_encode(&sample, &layout);
	CHECK_EQ(shm_time_decode((const uint8_t *)&layout, sizeof layout - 1, &time), -EBADMSG);
	layout.clock_us = 1000000;
	CHECK_EQ(decode(&layout, &time), -EBADMSG);
	layout.clock_us = 0;
	layout.receive_s = -1;
	CHECK_EQ(decode(&layout, &time), -EBADMSG);
	layout.receive_s = INT64_MAX;
	CHECK_EQ(decode(&layout, &time), -EBADMSG);
}

/* SPDX-License-Identifier: MIT */
#include "ntp/stamp_store.h"
#include "testing/check.h"

#include <errno.h>

static struct stamp_store_sent kernel(uint64_t ntp64)
{
	return (struct stamp_store_sent){ ntp64, STAMP_KERNEL };
}

static struct stamp_store *store_of(uint64_t size_bytes)
{
	struct stamp_store *store = NULL;
	struct rng rng;

	rng_init_seed(&rng, 9);
	CHECK_EQ(stamp_store_create(size_bytes, &rng, &store), 0);
	return store;
}

TEST(ntp_stamp_store, gives_each_pair_once)
{
	struct stamp_store *store = store_of(131072);
	struct stamp_store_sent sent = { 0 };

	stamp_store_keep(store, 100, kernel(200));
	stamp_store_correct(store, 100, kernel(205));
	stamp_store_correct(store, 101, kernel(999));
	CHECK_EQ(stamp_store_count(store), 1);
	CHECK(!stamp_store_take(store, 0, &sent));
	CHECK(!stamp_store_take(store, 101, &sent));
	CHECK(stamp_store_take(store, 100, &sent));
	CHECK_EQ(sent.ntp64, 205);
	CHECK(!stamp_store_take(store, 100, &sent));
	stamp_store_correct(store, 100, kernel(210)); /* the kernel's stamp comes too late */
	CHECK(!stamp_store_take(store, 100, &sent));
	CHECK_EQ(stamp_store_count(store), 0);
	stamp_store_destroy(store);
}

/* Two requests in the same nanosecond: the client of one must not get the other's time. */
TEST(ntp_stamp_store, keeps_no_pair_that_could_be_mistaken)
{
	struct stamp_store *store = store_of(131072);
	struct stamp_store_sent sent = { 0 };

	stamp_store_keep(store, 100, kernel(200));
	stamp_store_keep(store, 100, kernel(300));
	CHECK(!stamp_store_take(store, 100, &sent));
	CHECK_EQ(stamp_store_count(store), 0);
	stamp_store_destroy(store);
}

TEST(ntp_stamp_store, is_corrected_by_better_stamps_alone)
{
	struct stamp_store *store = store_of(131072);
	struct stamp_store_sent sent = { 0 };

	stamp_store_keep(store, 100, kernel(200));
	stamp_store_correct(store, 100, (struct stamp_store_sent){ 201, STAMP_DAEMON });
	stamp_store_correct(store, 100, (struct stamp_store_sent){ 202, STAMP_HARDWARE });
	stamp_store_correct(store, 100, kernel(203));
	CHECK(stamp_store_take(store, 100, &sent));
	CHECK_EQ(sent.ntp64, 202);
	CHECK_EQ(sent.stamp, STAMP_HARDWARE);
	stamp_store_destroy(store);
}

TEST(ntp_stamp_store, tells_over_how_long_it_reaches)
{
	struct stamp_store *store = store_of(131072);

	CHECK_EQ(stamp_store_span_s(store), 0);
	stamp_store_keep(store, UINT64_C(100) << 32, kernel(200));
	CHECK_EQ(stamp_store_span_s(store), 0);
	stamp_store_keep(store, UINT64_C(164) << 32, kernel(200));
	CHECK_NEAR(stamp_store_span_s(store), 64, 1e-9);
	stamp_store_destroy(store);
}

TEST(ntp_stamp_store, holds_nothing_after_a_step)
{
	struct stamp_store *store = store_of(131072);
	struct stamp_store_sent sent = { 0 };

	stamp_store_keep(store, 100, kernel(200));
	stamp_store_clear(store);
	CHECK_EQ(stamp_store_count(store), 0);
	CHECK(!stamp_store_take(store, 100, &sent));
	stamp_store_destroy(store);
}

TEST(ntp_stamp_store, forgets_rather_than_grows)
{
	struct stamp_store *store = store_of(512 * 24); /* 512 pairs */
	unsigned found = 0;

	for (uint64_t i = 1; i <= 1000000; i++)
		stamp_store_keep(store, i << 20, kernel(i));
	CHECK(stamp_store_count(store) <= 512 && stamp_store_count(store) > 500);
	for (uint64_t i = 1; i <= 1000000; i++) {
		struct stamp_store_sent sent;

		if (!stamp_store_take(store, i << 20, &sent))
			continue;
		CHECK_EQ(sent.ntp64, i);
		found++;
	}
	CHECK(found > 500);
	CHECK_EQ(stamp_store_count(store), 0);
	stamp_store_destroy(store);
}

TEST(ntp_stamp_store, wants_room_for_a_few)
{
	struct stamp_store *store = NULL;
	struct rng rng;

	rng_init_seed(&rng, 9);
	CHECK_EQ(stamp_store_create(95, &rng, &store), -EINVAL);
}

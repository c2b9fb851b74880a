/* SPDX-License-Identifier: MIT */
#include "ntp/stamp_store.h"
#include "testing/check.h"

#include <errno.h>

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
	uint64_t transmit = 0;

	stamp_store_keep(store, 100, 200);
	stamp_store_correct(store, 100, 205);
	stamp_store_correct(store, 101, 999);
	CHECK_EQ(stamp_store_count(store), 1);
	CHECK(!stamp_store_take(store, 0, &transmit));
	CHECK(!stamp_store_take(store, 101, &transmit));
	CHECK(stamp_store_take(store, 100, &transmit));
	CHECK_EQ(transmit, 205);
	CHECK(!stamp_store_take(store, 100, &transmit));
	stamp_store_correct(store, 100, 210); /* the kernel's stamp comes too late */
	CHECK(!stamp_store_take(store, 100, &transmit));
	CHECK_EQ(stamp_store_count(store), 0);
	stamp_store_destroy(store);
}

/* Two requests in the same nanosecond: the client of one must not get the other's time. */
TEST(ntp_stamp_store, keeps_no_pair_that_could_be_mistaken)
{
	struct stamp_store *store = store_of(131072);
	uint64_t transmit = 0;

	stamp_store_keep(store, 100, 200);
	stamp_store_keep(store, 100, 300);
	CHECK(!stamp_store_take(store, 100, &transmit));
	CHECK_EQ(stamp_store_count(store), 0);
	stamp_store_destroy(store);
}

TEST(ntp_stamp_store, holds_nothing_after_a_step)
{
	struct stamp_store *store = store_of(131072);
	uint64_t transmit = 0;

	stamp_store_keep(store, 100, 200);
	stamp_store_clear(store);
	CHECK_EQ(stamp_store_count(store), 0);
	CHECK(!stamp_store_take(store, 100, &transmit));
	stamp_store_destroy(store);
}

TEST(ntp_stamp_store, forgets_rather_than_grows)
{
	struct stamp_store *store = store_of(1 << 14); /* 1024 pairs */
	unsigned found = 0;

	for (uint64_t i = 1; i <= 1000000; i++)
		stamp_store_keep(store, i << 20, i);
	CHECK(stamp_store_count(store) <= 1024 && stamp_store_count(store) > 1000);
	for (uint64_t i = 1; i <= 1000000; i++) {
		uint64_t transmit;

		if (!stamp_store_take(store, i << 20, &transmit))
			continue;
		CHECK_EQ(transmit, i);
		found++;
	}
	CHECK(found > 1000);
	CHECK_EQ(stamp_store_count(store), 0);
	stamp_store_destroy(store);
}

TEST(ntp_stamp_store, wants_room_for_a_few)
{
	struct stamp_store *store = NULL;
	struct rng rng;

	rng_init_seed(&rng, 9);
	CHECK_EQ(stamp_store_create(63, &rng, &store), -EINVAL);
}

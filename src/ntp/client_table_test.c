/* SPDX-License-Identifier: MIT */
#include "ntp/client_table.h"
#include "testing/check.h"

#include <errno.h>

#include "base/attributes.h"

static const struct client_limit no_limit = { .is_on = false };
static const struct client_limit limit = {
	.is_on = true, .interval_log2_s = 3, .burst = 8, .leak_log2 = 2
};

static struct client_table *table_of(uint64_t size_bytes, struct rng *rng)
{
	struct client_table *table = NULL;

	rng_init_seed(rng, 7);
	CHECK_EQ(client_table_create(size_bytes, rng, &table), 0);
	return table;
}

static struct address address_of(uint32_t number)
{
	return (struct address){ .family = ADDRESS_IPV4,
		                 .bytes = { 10, (uint8_t)(number >> 16), (uint8_t)(number >> 8),
		                            (uint8_t)number },
		                 .port = 123 };
}

static struct mono_time at_s(double s)
{
	return (struct mono_time){ (int64_t)(s * 1e9) };
}

static size_t records_count(const struct client_table *table)
{
	size_t index = 0, count = 0;

	while (client_table_next(table, &index))
		count++;
	return count;
}

TEST(ntp_client_table, counts_each_client_by_itself)
{
	struct rng rng;
	struct client_table *table = table_of(524288, &rng);
	size_t index = 0;

	for (uint32_t i = 0; i < 100; i++) {
		for (uint32_t hit = 0; hit <= i; hit++) {
			const struct address address = address_of(i);

			CHECK_EQ(client_table_on_hit(table, &address, CLIENT_NTP, &no_limit,
			                             at_s(1000 + 4 * hit)),
			         CLIENT_ANSWER);
		}
	}
	CHECK_EQ(records_count(table), 100);
	for (const struct client_record *record; (record = client_table_next(table, &index));) {
		const struct client_traffic *ntp = &record->traffic[CLIENT_NTP];

		CHECK_EQ(ntp->hits_count, record->address.bytes[3] + 1U);
		CHECK_EQ(ntp->drops_count, 0);
		CHECK_NEAR(ntp->interval_s, ntp->hits_count > 1 ? 4 : 0, 1e-6);
		CHECK_EQ(record->traffic[CLIENT_COMMAND].hits_count, 0);
	}
	CHECK_EQ(client_table_replaced_count(table), 0);
	client_table_destroy(table);
}

TEST(ntp_client_table, takes_an_ipv6_network_for_one_client)
{
	struct rng rng;
	struct client_table *table = table_of(524288, &rng);
	struct address address = { .family = ADDRESS_IPV6, .bytes = { 0x20, 1, 0xd, 0xb8 } };
	size_t index = 0;

	for (unsigned i = 0; i < 256; i++) {
		address.bytes[15] = (uint8_t)i;
		client_table_on_hit(table, &address, CLIENT_NTP, &no_limit, at_s(i));
	}
	CHECK_EQ(records_count(table), 1);
	CHECK_EQ(client_table_next(table, &index)->traffic[CLIENT_NTP].hits_count, 256);
	address.bytes[7] = 1;
	client_table_on_hit(table, &address, CLIENT_COMMAND, &no_limit, at_s(300));
	CHECK_EQ(records_count(table), 2);
	client_table_destroy(table);
}

TEST(ntp_client_table, never_grows_and_forgets_the_silent)
{
	struct rng rng;
	struct client_table *table = table_of(524288, &rng);
	const struct address faithful = address_of(0);
	const size_t capacity = client_table_capacity(table);

	CHECK(capacity >= 2048);
	for (uint32_t i = 1; i < 1000000; i++) {
		const struct address address = address_of(i);

		client_table_on_hit(table, &address, CLIENT_NTP, &no_limit, at_s(i * 1e-3));
		if (i % 1000 == 0)
			client_table_on_hit(table, &faithful, CLIENT_NTP, &no_limit,
			                    at_s(i * 1e-3));
	}
	CHECK_EQ(client_table_capacity(table), capacity);
	CHECK(records_count(table) <= capacity && records_count(table) > capacity * 9 / 10);
	CHECK(client_table_replaced_count(table) >= 1000000 - 1 - capacity);
	client_table_destroy(table);
}

TEST(ntp_client_table, holds_to_the_memory_that_it_was_given)
{
	struct client_table *table = NULL;
	struct rng rng;

	rng_init_seed(&rng, 1);
	CHECK_EQ(client_table_create(CLIENT_TABLE_BYTES_MIN - 1, &rng, &table), -EINVAL);
	for (uint64_t bytes = CLIENT_TABLE_BYTES_MIN; bytes < 1 << 22; bytes = bytes * 5 / 3) {
		CHECK_EQ(client_table_create(bytes, &rng, &table), 0);
		CHECK(client_table_capacity(table) * sizeof(struct client_record) <= bytes);
		client_table_destroy(table);
	}
}

/* 8 at once, one each 8 s after that; of those beyond, about a quarter leaks through. */
TEST(ntp_client_table, limits_bursts_and_the_long_run)
{
	struct rng rng;
	struct client_table *table = table_of(524288, &rng);
	const struct address address = address_of(1);
	unsigned answers = 0;

	for (int i = 0; i < 8; i++)
		CHECK_EQ(client_table_on_hit(table, &address, CLIENT_NTP, &limit, at_s(100)),
		         CLIENT_ANSWER);
	for (int i = 0; i < 8000; i++) /* in 8 s, in which one permit comes back */
		answers += client_table_on_hit(table, &address, CLIENT_NTP, &limit,
		                               at_s(100 + i * 1e-3)) == CLIENT_ANSWER;
	CHECK(answers > 1800 && answers < 2200);
	for (int i = 0; i < 1000; i++) /* who keeps to the interval is always answered */
		CHECK_EQ(
			client_table_on_hit(table, &address, CLIENT_NTP, &limit, at_s(200 + 8 * i)),
			CLIENT_ANSWER);
	CHECK_EQ(client_table_on_hit(table, &(struct address){ ADDRESS_IPV4, { 9 }, 0, 0 },
	                             CLIENT_NTP, &limit, at_s(100)),
	         CLIENT_ANSWER); /* another one is not concerned */
	client_table_destroy(table);
}

TEST(ntp_client_table, tells_a_share_of_the_dropped)
{
	struct rng rng;
	struct client_table *table = table_of(524288, &rng);
	const struct address address = address_of(1);
	struct client_limit telling = limit;
	unsigned verdicts[3] = { 0 };
	size_t index = 0;

	telling.interval_log2_s = 12;
	telling.leak_log2 = 1;
	telling.kod_log2 = 2;
	for (int i = 0; i < 40000; i++)
		verdicts[client_table_on_hit(table, &address, CLIENT_NTP, &telling, at_s(1))]++;
	CHECK_NEAR(verdicts[CLIENT_ANSWER], 20000, 600);
	CHECK_NEAR(verdicts[CLIENT_TELL], 5000, 300);
	CHECK_EQ(client_table_next(table, &index)->traffic[CLIENT_NTP].drops_count,
	         verdicts[CLIENT_DROP] + verdicts[CLIENT_TELL]);
	client_table_destroy(table);
}

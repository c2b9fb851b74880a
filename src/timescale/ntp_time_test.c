/* SPDX-License-Identifier: MIT */
#include "base/attributes.h"
#include "base/rng.h"
#include "testing/check.h"
#include "timescale/ntp_time.h"

#define HALF_ERA_S INT64_C(0x80000000)
#define ERA_1_S    INT64_C(2085978496) /* 2036-02-07 06:28:16 */

static struct utc_time at(int64_t second, int64_t ns)
{
	return (struct utc_time){ second * NS_PER_S + ns };
}

TEST(timescale_ntp_time, counts_from_1900)
{
	CHECK(ntp_time_encode(at(0, 0)) == 2208988800ULL << 32);           /* RFC 5905 figure 4 */
	CHECK(ntp_time_encode(at(63072000, 0)) == 2272060800ULL << 32);    /* 1972-01-01 */
	CHECK(ntp_time_encode(at(ERA_1_S - 1, 0)) == 0xffffffffULL << 32); /* the last of era 0 */
	CHECK(ntp_time_encode(at(ERA_1_S, 0)) == 0);
	CHECK(ntp_time_encode(at(-2208988800, 0)) == 0); /* era 0 began like this */
	CHECK(ntp_time_encode(at(0, NS_PER_S / 2)) == (2208988800ULL << 32 | 0x80000000));
	CHECK(ntp_time_encode(at(-1, NS_PER_S / 4)) == (2208988799ULL << 32 | 0x40000000));
}

TEST(timescale_ntp_time, rounds_to_the_nearest_2_to_the_minus_32)
{
	for (int64_t ns = 0; ns < NS_PER_S; ns += 999983) {
		const uint32_t fraction = (uint32_t)ntp_time_encode(at(0, ns));

		CHECK_NEAR((double)fraction, (double)ns * 4.294967296, 0.5 + 1e-6);
	}
	CHECK_EQ((uint32_t)ntp_time_encode(at(0, NS_PER_S - 1)), 0xfffffffc);
}

TEST(timescale_ntp_time, returns_every_nanosecond_in_every_era)
{
	/* 1779, 1970, round about 2036, 2038, 2106, 2172 (era 2), 2190 */
	static const int64_t seconds[] = { -6000000000, -1,         0,          ERA_1_S - 1,
		                           ERA_1_S,     2147483647, 4294967295, 1,
		                           4294967296,  6380945791, 6380945792, 6942672000 };
	struct rng rng;

	rng_init_seed(&rng, 11);
	for (int round = 0; round < 100000; round++) {
		const int64_t ns = (int64_t)rng_below(&rng, NS_PER_S);
		const struct utc_time time = at(seconds[round % (int)ARRAY_COUNT(seconds)], ns);
		const int64_t away_s =
			(int64_t)rng_below(&rng, 2 * HALF_ERA_S - 1) - HALF_ERA_S + 1;
		const struct utc_time near = { time.ns + away_s * NS_PER_S };

		CHECK_EQ(ntp_time_decode(ntp_time_encode(time), near).ns, time.ns);
	}
}

TEST(timescale_ntp_time, never_lands_more_than_half_an_era_away)
{
	struct rng rng;

	rng_init_seed(&rng, 12);
	for (int round = 0; round < 100000; round++) {
		const uint64_t ntp64 = rng_u64(&rng);
		const struct utc_time near = at((int64_t)rng_below(&rng, 6500000000) - 2208988800,
		                                (int64_t)rng_below(&rng, NS_PER_S));
		const struct utc_time time = ntp_time_decode(ntp64, near);
		const int64_t away_ns = time.ns - near.ns;
		const int64_t lost = (int64_t)(ntp_time_encode(time) - ntp64);

		CHECK(away_ns >= -HALF_ERA_S * NS_PER_S - 1 &&
		      away_ns <= HALF_ERA_S * NS_PER_S + 1);
		CHECK(lost >= -3 && lost <= 3); /* half a nanosecond is 2.1 of 2^-32 s */
	}
}

TEST(timescale_ntp_time, picks_the_era_by_the_pivot)
{
	CHECK_EQ(ntp_time_decode(1ULL << 32, at(ERA_1_S - 100, 0)).ns, at(ERA_1_S + 1, 0).ns);
	CHECK_EQ(ntp_time_decode(0xffffffffULL << 32, at(ERA_1_S + 100, 0)).ns,
	         at(ERA_1_S - 1, 0).ns);
	CHECK_EQ(ntp_time_decode(1ULL << 32, at(-2208988800, 0)).ns, at(-2208988799, 0).ns);
	/* 1970's own timestamp, read at the build date, is 1970, and from 2040 on 2106 */
	CHECK_EQ(ntp_time_decode(2208988800ULL << 32, at(1795000000, 0)).ns, 0);
	CHECK_EQ(ntp_time_decode(2208988800ULL << 32, at(2208988800, 0)).ns, at(4294967296, 0).ns);
}

TEST(timescale_ntp_time, stops_at_the_ends_of_64_bits)
{
	CHECK_EQ(ntp_time_decode(0, (struct utc_time){ INT64_MAX }).ns, INT64_MAX);
	for (uint64_t ntp64 = 1; ntp64 != 0; ntp64 <<= 1) {
		CHECK(ntp_time_decode(ntp64, (struct utc_time){ INT64_MAX }).ns > INT64_MAX / 2);
		CHECK(ntp_time_decode(ntp64, (struct utc_time){ INT64_MIN }).ns < INT64_MIN / 2);
	}
}

TEST(timescale_ntp_time, never_understates_a_duration)
{
	struct rng rng;

	rng_init_seed(&rng, 13);
	CHECK_EQ(ntp_time_short_encode(0), 0);
	CHECK_EQ(ntp_time_short_encode(1), 1);
	CHECK_EQ(ntp_time_short_encode(NS_PER_S), 0x10000);
	CHECK_EQ(ntp_time_short_encode(NS_PER_S + 1), 0x10001);
	for (int round = 0; round < 100000; round++) {
		const int64_t ns = (int64_t)rng_below(&rng, 65535 * (uint64_t)NS_PER_S);
		const int64_t back_ns = ntp_time_short_decode(ntp_time_short_encode(ns));

		CHECK(back_ns >= ns && back_ns <= ns + 15260); /* 2^-16 s is 15.26 us */
	}
}

TEST(timescale_ntp_time, holds_durations_to_what_fits)
{
	CHECK_EQ(ntp_time_short_encode(-1), 0);
	CHECK_EQ(ntp_time_short_encode(-NS_PER_S), 0);
	CHECK_EQ(ntp_time_short_encode(INT64_MIN), 0);
	CHECK_EQ(ntp_time_short_encode(INT64_MAX), UINT32_MAX);
	CHECK_EQ(ntp_time_short_encode(65536 * NS_PER_S), UINT32_MAX);
	CHECK_EQ(ntp_time_short_encode(65536 * NS_PER_S - 1), UINT32_MAX);
	CHECK_EQ(ntp_time_short_decode(UINT32_MAX), 65536 * NS_PER_S - 15258);
	CHECK_EQ(ntp_time_short_decode(1), 15259);
}

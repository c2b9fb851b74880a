/* SPDX-License-Identifier: MIT */
#include "base/rng.h"
#include "testing/check.h"
#include "wire/candm.h"

#include <errno.h>

/* `chronyc tracking` of Debian's chrony 4.3, as it was sent; zeros up to 104 bytes. */
static const uint8_t tracking[] = { 6, 1, 0, 0, 0, 33, 0, 0, 0x9a, 0x1f, 0x53, 0xc2, [103] = 0 };

TEST(wire_candm, decodes_the_header_of_a_request)
{
	struct reader in = reader_over(tracking, sizeof tracking);
	struct candm_request request;

	candm_request_decode(&in, &request);
	CHECK_EQ(reader_finish(&in), 0);
	CHECK_EQ(in.used_bytes, CANDM_REQUEST_HEADER);
	CHECK_EQ(request.version, CANDM_VERSION);
	CHECK_EQ(request.packet, CANDM_REQUEST);
	CHECK_EQ(request.command, CANDM_TRACKING);
	CHECK_EQ(request.attempt, 0);
	CHECK_EQ(request.sequence, 0x9a1f53c2);
	CHECK_EQ(request.reserved_1 | request.reserved_2, 0);
	CHECK_EQ(request.reserved_3 | request.reserved_4, 0);
}

TEST(wire_candm, takes_each_field_of_a_request_from_its_own_bytes)
{
	uint8_t bytes[CANDM_REQUEST_HEADER];
	struct candm_request request;
	struct reader in;

	for (unsigned i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i + 1);
	in = reader_over(bytes, sizeof bytes);
	candm_request_decode(&in, &request);
	CHECK_EQ(request.version, 1);
	CHECK_EQ(request.packet, 2);
	CHECK_EQ(request.reserved_1, 3);
	CHECK_EQ(request.reserved_2, 4);
	CHECK_EQ(request.command, 0x0506);
	CHECK_EQ(request.attempt, 0x0708);
	CHECK_EQ(request.sequence, 0x090a0b0c);
	CHECK_EQ(request.reserved_3, 0x0d0e0f10);
	CHECK_EQ(request.reserved_4, 0x11121314);
}

TEST(wire_candm, encodes_the_header_of_a_reply)
{
	static const uint8_t want[CANDM_REPLY_HEADER] = { 6, 2, 0,  0,        0, 33, 0,
		                                          5, 0, 19, [16] = 1, 2, 3,  4 };
	static const struct candm_reply_header header = {
		.command = 33, .reply = CANDM_REPLY_TRACKING, .status = 19, .sequence = 0x01020304
	};
	uint8_t bytes[CANDM_REPLY_HEADER];
	struct writer out = writer_into(bytes, sizeof bytes);

	memset(bytes, 0xff, sizeof bytes);
	candm_reply_encode(&header, &out);
	CHECK_EQ(out.used_bytes, sizeof bytes);
	CHECK_EQ(memcmp(bytes, want, sizeof want), 0);
}

TEST(wire_candm, carries_addresses_and_numbers_of_sources)
{
	static const struct {
		uint8_t bytes[20];
		uint8_t family;
		uint32_t id;
	} rows[] = {
		{ { 192, 0, 2, 1, [17] = 1 }, ADDRESS_IPV4, 0 },
		{ { 0x20, 1, 0xd, 0xb8, [15] = 1, 0, 2 }, ADDRESS_IPV6, 0 },
		{ { 0, 1, 0, 2, [17] = 3 }, ADDRESS_NONE, 65538 },
		{ { 0 }, ADDRESS_NONE, 0 },
	};

	for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
		struct reader in = reader_over(rows[i].bytes, 20);
		const struct candm_address address = candm_address_decode(&in);
		uint8_t bytes[20];
		struct writer out = writer_into(bytes, sizeof bytes);

		CHECK_EQ(reader_finish(&in), 0);
		CHECK_EQ(in.used_bytes, 20);
		CHECK_EQ(address.kind, rows[i].bytes[17]);
		CHECK_EQ(address.address.family, rows[i].family);
		CHECK_EQ(address.id, rows[i].id);
		candm_address_encode(&address, &out);
		CHECK_EQ(out.used_bytes, 20);
		CHECK_EQ(memcmp(bytes, rows[i].bytes, 20), 0);
	}
}

TEST(wire_candm, takes_no_address_from_a_kind_that_does_not_exist_or_from_beyond_the_end)
{
	uint8_t bytes[20] = { 192, 0, 2, 1, [16] = 7, 7 };
	struct reader in = reader_over(bytes, sizeof bytes);
	struct candm_address address = candm_address_decode(&in);

	CHECK_EQ(address.kind, 0x707);
	CHECK_EQ(address.address.family, ADDRESS_NONE);
	in = reader_over(bytes, 19);
	address = candm_address_decode(&in);
	CHECK_EQ(reader_finish(&in), -EBADMSG);
	CHECK_EQ(address.address.family, ADDRESS_NONE);
}

TEST(wire_candm, encodes_times_before_and_after_1970_and_1901)
{
	static const struct {
		int64_t ns;
		uint8_t bytes[12];
	} rows[] = {
		{ 0, { 0 } },
		{ NS_PER_S + 2, { [7] = 1, [11] = 2 } },
		{ INT64_C(4294967296) * NS_PER_S, { [3] = 1 } },
		{ -1, { 255, 255, 255, 255, 255, 255, 255, 255, 0x3b, 0x9a, 0xc9, 0xff } },
	};

	for (unsigned i = 0; i < ARRAY_COUNT(rows); i++) {
		uint8_t bytes[12];
		struct writer out = writer_into(bytes, sizeof bytes);

		candm_time_encode((struct utc_time){ rows[i].ns }, &out);
		CHECK_EQ(out.used_bytes, 12);
		CHECK_EQ(memcmp(bytes, rows[i].bytes, 12), 0);
	}
}

/* Exponent in the upper 7 bits, coefficient in the lower 25, both in two's complement. */
TEST(wire_candm, packs_floats_as_chronyc_unpacks_them)
{
	static const struct {
		double value;
		uint32_t packed;
	} rows[] = {
		{ 0, 0 },
		{ 1, 2U << 25 | 1 << 23 },  /* 2^23 x 2^(2 - 25) */
		{ -1, 1U << 25 | 1 << 24 }, /* -2^24 x 2^(1 - 25) */
		{ 0.5, 1U << 25 | 1 << 23 },
		{ 1.5, 2U << 25 | 3 << 22 },
		{ 0.25, 0U << 25 | 1 << 23 },
		{ 0.125, 127U << 25 | 1 << 23 },
		{ NAN, 0 },
		{ 1e300, 63U << 25 | 0xffffff },
		{ INFINITY, 63U << 25 | 0xffffff },
		{ -INFINITY, 63U << 25 | 0x1000000 },
		{ 1e-300, 0 },
	};

	for (unsigned i = 0; i < ARRAY_COUNT(rows); i++)
		CHECK_EQ(candm_float_pack(rows[i].value), rows[i].packed);
}

TEST(wire_candm, keeps_seven_digits_of_a_float)
{
	struct rng rng;

	rng_init_seed(&rng, 1);
	for (unsigned i = 0; i < 20000; i++) {
		const double value = ldexp(2 * rng_unit(&rng) - 1, (int)rng_below(&rng, 95) - 40);

		CHECK_NEAR(candm_float_unpack(candm_float_pack(value)), value,
		           fabs(value) * 1.3e-7);
	}
	for (unsigned i = 0; i < 20000; i++) { /* what came packed and normalised stays as it was */
		const uint32_t packed = (uint32_t)rng_u64(&rng);
		const double value = candm_float_unpack(packed);

		CHECK_NEAR(candm_float_unpack(candm_float_pack(value)), value,
		           fabs(value) * 1.3e-7);
	}
}

TEST(wire_candm, knows_how_long_requests_must_be)
{
	CHECK_EQ(candm_request_length(CANDM_TRACKING), 104);
	CHECK_EQ(candm_request_length(CANDM_CLIENTS), 520);
	CHECK_EQ(candm_request_length(12), 0);
	CHECK_EQ(candm_request_length(60), 0);
	CHECK_EQ(candm_request_length(CANDM_LOCAL), 48);
	CHECK_EQ(candm_request_length(CANDM_LOCAL + 1), 0);
	CHECK_EQ(candm_request_length(UINT16_MAX), 0);
	for (uint16_t i = 0; i < CANDM_COMMAND_COUNT; i++)
		CHECK(candm_request_length(i) == 0 ||
		      (candm_request_length(i) >= CANDM_REQUEST_MIN &&
		       candm_request_length(i) <= CANDM_REQUEST_MAX));
}

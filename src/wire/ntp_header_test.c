/* SPDX-License-Identifier: MIT */
#include "base/rng.h"
#include "testing/check.h"
#include "wire/ntp_header.h"

#include <errno.h>

/* A stratum 1 GPS server's reply: poll 64 s, precision 2^-20 s. */
static const uint8_t reply[NTP_HEADER_SIZE] = {
	0x24, 1, 6, 0xec, [12] = 'G', 'P', 'S', [40] = 0xe6, 0x80, 0, 1, 0x80,
};

TEST(wire_ntp_header, decodes_a_server_reply)
{
	struct reader in = reader_over(reply, sizeof reply);
	struct ntp_header header;

	CHECK_EQ(ntp_header_decode(&in, &header), 0);
	CHECK_EQ(header.leap, 0);
	CHECK_EQ(header.version, 4);
	CHECK_EQ(header.mode, NTP_MODE_SERVER);
	CHECK_EQ(header.stratum, 1);
	CHECK_EQ(header.poll_log2_s, 6);
	CHECK_EQ(header.precision_log2_s, -20);
	CHECK_EQ(header.reference_id, 0x47505300);
	CHECK(header.transmit_ntp64 == 0xe680000180000000);
}

TEST(wire_ntp_header, refuses_every_truncation)
{
	for (size_t length = 0; length < sizeof reply; length++) {
		struct reader in = reader_over(reply, length);

		CHECK_EQ(ntp_header_decode(&in, &(struct ntp_header){ 0 }), -EBADMSG);
	}
}

TEST(wire_ntp_header, takes_each_field_from_its_own_bytes)
{
	static const size_t first_bytes[] = { 0, 1, 2, 3, 4, 8, 12, 16, 24, 32, 40, 48 };
	struct ntp_header blank, marked;
	uint8_t bytes[NTP_HEADER_SIZE] = { 0 };
	struct reader in = reader_over(bytes, sizeof bytes);

	CHECK_EQ(ntp_header_decode(&in, &blank), 0);
	for (size_t i = 0; i + 1 < ARRAY_COUNT(first_bytes); i++) {
		memset(bytes, 0, sizeof bytes);
		bytes[first_bytes[i + 1] - 1] = 1; /* the last byte of each counts 1 */
		in = reader_over(bytes, sizeof bytes);
		CHECK_EQ(ntp_header_decode(&in, &marked), 0);
		CHECK_EQ(marked.mode, i == 0);
		CHECK_EQ(marked.stratum, i == 1);
		CHECK_EQ(marked.poll_log2_s, i == 2);
		CHECK_EQ(marked.precision_log2_s, i == 3);
		CHECK_EQ(marked.root_delay_q16_s, i == 4);
		CHECK_EQ(marked.root_dispersion_q16_s, i == 5);
		CHECK_EQ(marked.reference_id, i == 6);
		CHECK_EQ(marked.reference_ntp64, i == 7);
		CHECK_EQ(marked.origin_ntp64, i == 8);
		CHECK_EQ(marked.receive_ntp64, i == 9);
		CHECK_EQ(marked.transmit_ntp64, i == 10);
	}
}

TEST(wire_ntp_header, encodes_what_it_decoded_bit_for_bit)
{
	struct rng rng;

	rng_init_seed(&rng, 1);
	for (int round = 0; round < 10000; round++) {
		uint8_t before[NTP_HEADER_SIZE], after[NTP_HEADER_SIZE];
		struct reader in = reader_over(before, sizeof before);
		struct writer out = writer_into(after, sizeof after);
		struct ntp_header header;
		size_t length = 0;

		rng_fill(&rng, before, sizeof before);
		CHECK_EQ(ntp_header_decode(&in, &header), 0);
		ntp_header_encode(&header, &out);
		CHECK_EQ(writer_finish(&out, &length), 0);
		CHECK_EQ(length, NTP_HEADER_SIZE);
		CHECK(memcmp(before, after, sizeof before) == 0);
	}
}

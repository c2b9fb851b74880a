/* SPDX-License-Identifier: MIT */
#include "base/rng.h"
#include "testing/check.h"
#include "wire/ntp_extension.h"

/* Builds a tail of fields of these sizes (0 ends the list), then `mac_bytes` of MAC with a byte
 * that is no length, so that it can be taken for nothing else. */
static size_t build(uint8_t tail[1024], const size_t sizes[4], size_t mac_bytes)
{
	static const uint8_t body[1024];
	struct writer out = writer_into(tail, 1024);

	for (size_t i = 0; i < 4 && sizes[i] > 0; i++)
		ntp_extension_encode(0x0104, body, sizes[i] - 4, 16, &out);
	for (size_t i = 0; i < mac_bytes; i++)
		writer_u8(&out, mac_bytes == NTP_MAC_SIZE_NAK ? 0 : 0xff);
	CHECK(!out.is_overrun);
	return out.used_bytes;
}

static struct ntp_framing framed(const size_t sizes[4], size_t mac_bytes)
{
	uint8_t tail[1024];
	const size_t length = build(tail, sizes, mac_bytes);

	return ntp_extension_frame(tail, length, 4, NULL, 0);
}

#define SIZES(...) ((const size_t[4]){ __VA_ARGS__ })

TEST(wire_ntp_extension, sees_nothing_after_a_bare_header)
{
	for (unsigned version = 1; version <= 4; version++)
		CHECK_EQ(ntp_extension_frame("", 0, version, NULL, 0).verdict, NTP_EXTENSION_PLAIN);
}

TEST(wire_ntp_extension, finds_the_mac_by_its_length)
{
	for (size_t length = 1; length <= 100; length++) {
		const struct ntp_framing framing = framed(SIZES(0), length);
		const bool is_known = length == 20 || length == 24;

		if (length == NTP_MAC_SIZE_NAK)
			continue;
		CHECK_EQ(framing.verdict, is_known ? NTP_EXTENSION_MAC : NTP_EXTENSION_MALFORMED);
		CHECK_EQ(framing.mac_bytes, is_known ? length : 0);
	}
	CHECK_EQ(framed(SIZES(0), NTP_MAC_SIZE_NAK).verdict, NTP_EXTENSION_CRYPTO_NAK);
}

TEST(wire_ntp_extension, takes_four_bytes_for_a_nak_only_when_they_are_zero)
{
	static const uint8_t tail[4] = { 0, 0, 0, 1 };

	CHECK_EQ(ntp_extension_frame(tail, 4, 4, NULL, 0).verdict, NTP_EXTENSION_MALFORMED);
}

TEST(wire_ntp_extension, wants_28_bytes_of_the_last_field_without_a_mac)
{
	CHECK_EQ(framed(SIZES(28), 0).verdict, NTP_EXTENSION_PLAIN);
	CHECK_EQ(framed(SIZES(24), 0).verdict,
	         NTP_EXTENSION_MAC); /* such a tail is a MAC by length */
	CHECK_EQ(framed(SIZES(16), 0).verdict, NTP_EXTENSION_MALFORMED);
	CHECK_EQ(framed(SIZES(16, 28), 0).verdict, NTP_EXTENSION_PLAIN);
	CHECK_EQ(framed(SIZES(28, 16), 0).verdict, NTP_EXTENSION_MALFORMED);
	CHECK_EQ(framed(SIZES(16, 16, 16), 20).verdict, NTP_EXTENSION_MAC);
}

TEST(wire_ntp_extension, divides_fields_from_the_mac)
{
	const struct ntp_framing framing = framed(SIZES(36, 16, 104), 24);

	CHECK_EQ(framing.verdict, NTP_EXTENSION_MAC);
	CHECK_EQ(framing.fields_count, 3);
	CHECK_EQ(framing.fields_bytes, 156);
	CHECK_EQ(framing.mac_bytes, 24);
	CHECK_EQ(framed(SIZES(36), 4).verdict, NTP_EXTENSION_CRYPTO_NAK);
	CHECK_EQ(framed(SIZES(36), 4).fields_bytes, 36);
}

TEST(wire_ntp_extension, refuses_lengths_that_do_not_add_up)
{
	uint8_t tail[1024];
	const size_t length = build(tail, SIZES(64), 0);

	for (unsigned claimed = 0; claimed <= 300; claimed++) {
		tail[2] = (uint8_t)(claimed >> 8);
		tail[3] = (uint8_t)claimed;
		if (claimed == 64 || claimed == 40 || claimed == 44) /* whole, or a MAC is left */
			continue;
		CHECK_EQ(ntp_extension_frame(tail, length, 4, NULL, 0).verdict,
		         claimed == 60 ? NTP_EXTENSION_CRYPTO_NAK : NTP_EXTENSION_MALFORMED);
	}
}

TEST(wire_ntp_extension, refuses_every_truncation_of_a_field)
{
	uint8_t tail[1024];
	const size_t length = build(tail, SIZES(64), 0);

	for (size_t left = 1; left < length; left++) {
		const bool is_mac = left == 20 || left == 24;

		CHECK_EQ(ntp_extension_frame(tail, left, 4, NULL, 0).verdict,
		         is_mac ? NTP_EXTENSION_MAC : NTP_EXTENSION_MALFORMED);
	}
}

TEST(wire_ntp_extension, refuses_what_can_be_read_in_two_ways)
{
	/* as a MAC of key 16; or as a field of 16 bytes and a crypto-NAK */
	uint8_t tail[20] = { [3] = 16, [4] = 0xff };

	CHECK_EQ(ntp_extension_frame(tail, sizeof tail, 4, NULL, 0).verdict,
	         NTP_EXTENSION_MALFORMED);
	tail[19] = 1; /* no NAK: so it is key 16's MAC */
	CHECK_EQ(ntp_extension_frame(tail, sizeof tail, 4, NULL, 0).verdict, NTP_EXTENSION_MAC);
}

TEST(wire_ntp_extension, knows_longer_macs_when_told)
{
	static const size_t more[] = { 36, 68 };
	uint8_t tail[1024];
	size_t length = build(tail, SIZES(28), 36);
	struct ntp_framing framing = ntp_extension_frame(tail, length, 4, more, 2);

	CHECK_EQ(framing.verdict, NTP_EXTENSION_MAC);
	CHECK_EQ(framing.mac_bytes, 36);
	CHECK_EQ(ntp_extension_frame(tail, length, 4, NULL, 0).verdict, NTP_EXTENSION_MALFORMED);
	/* a whole field as long as such a MAC */
	length = build(tail, SIZES(36), 0);
	CHECK_EQ(ntp_extension_frame(tail, length, 4, more, 2).verdict, NTP_EXTENSION_MALFORMED);
	CHECK_EQ(ntp_extension_frame(tail, length, 4, NULL, 0).verdict, NTP_EXTENSION_PLAIN);
}

TEST(wire_ntp_extension, has_no_fields_below_version_4)
{
	uint8_t tail[1024];
	const size_t length = build(tail, SIZES(28), 0);

	CHECK_EQ(ntp_extension_frame(tail, length, 3, NULL, 0).verdict, NTP_EXTENSION_MALFORMED);
	CHECK_EQ(ntp_extension_frame(tail, 20, 3, NULL, 0).verdict, NTP_EXTENSION_MAC);
}

TEST(wire_ntp_extension, gives_back_the_fields_that_it_encoded)
{
	static const char body[] = "sixteen or more of them";
	uint8_t bytes[256];
	struct writer out = writer_into(bytes, sizeof bytes);
	struct ntp_extension field;
	struct reader in;

	ntp_extension_encode(0x2005, NULL, 0, 28, &out);
	ntp_extension_encode(0x0104, body, sizeof body, 16, &out);
	in = reader_over(bytes, out.used_bytes);

	CHECK(ntp_extension_next(&in, &field));
	CHECK_EQ(field.type, 0x2005);
	CHECK_EQ(field.body_bytes, 24);
	CHECK(ntp_extension_next(&in, &field));
	CHECK_EQ(field.type, 0x0104);
	CHECK_EQ(field.body_bytes, 24);
	CHECK(memcmp(field.body, body, sizeof body) == 0);
	CHECK(!ntp_extension_next(&in, &field));
	CHECK_EQ(reader_left(&in), 0);
}

TEST(wire_ntp_extension, accounts_for_every_byte_of_what_it_accepts)
{
	struct rng rng;
	unsigned accepted = 0;

	rng_init_seed(&rng, 7);
	for (int round = 0; round < 20000; round++) {
		const size_t sizes[4] = { 4 * rng_below(&rng, 12), 4 * rng_below(&rng, 12),
			                  4 * rng_below(&rng, 12), 4 * rng_below(&rng, 12) };
		uint8_t tail[1024];
		size_t length;
		struct ntp_framing framing;

		if ((sizes[0] && sizes[0] < 16) || (sizes[1] && sizes[1] < 16) ||
		    (sizes[2] && sizes[2] < 16) || (sizes[3] && sizes[3] < 16))
			continue;
		length = build(tail, sizes, 4 * rng_below(&rng, 7));
		framing = ntp_extension_frame(tail, length, 4, NULL, 0);
		if (framing.verdict == NTP_EXTENSION_MALFORMED) {
			CHECK_EQ(framing.fields_bytes + framing.mac_bytes + framing.fields_count,
			         0);
			continue;
		}
		accepted++;
		CHECK_EQ(framing.fields_bytes + framing.mac_bytes, length);
		CHECK_EQ(framing.mac_bytes == 0, framing.verdict == NTP_EXTENSION_PLAIN);
	}
	CHECK(accepted > 1000);
}

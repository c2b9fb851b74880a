/* SPDX-License-Identifier: MIT */
#include "crypto/mac.h"
#include "testing/check.h"

#include <stdio.h>

#include "base/attributes.h"

static void check_code(const struct mac_key *key, size_t message_bytes, const char *hexadecimal)
{
	uint8_t message[64], code[MAC_SIZE_MAX];
	char have[2 * MAC_SIZE_MAX + 1];

	for (size_t i = 0; i < sizeof message; i++)
		message[i] = (uint8_t)i;
	CHECK_EQ(mac_compute(key, message, message_bytes, code), strlen(hexadecimal) / 2);
	CHECK_EQ(mac_bytes(key->type), strlen(hexadecimal) / 2);
	for (size_t i = 0; i < mac_bytes(key->type); i++)
		snprintf(have + 2 * i, 3, "%02x", code[i]);
	CHECK_TEXT(have, hexadecimal);
}

/* What Python's hashlib makes of "key" and the bytes 0 to 47. */
TEST(crypto_mac, puts_the_key_before_the_message)
{
	static const struct {
		const char *type, *code;
	} rows[] = {
		{ "MD5", "77e3cd6b309a372efb27124d806c5a2e" },
		{ "SHA1", "08f9a2afeafd09c2c5a33c12025bb9e80bb7e81f" },
		{ "SHA256", "83439d6154370da537b369f792bd49969ba3f3ca6a7b6dfbfd7226aff539bd57" },
		{ "SHA384", "ec579dd4dc1d7e9749e1bed7c30bc2f7fe41992ad273da96635d6bbb7029d70d"
		            "5d2df2d9c9d1d0d4474925cc22fcfaf7" },
		{ "SHA512", "189dd2aa0a9a01ddc6a10589e991e6a3f58931797c86362656ae1745cea36686"
		            "4263256599c59f32f5cb63c62a916e60a02aba0bf7ba7775dc6d883d347082bf" },
		{ "SHA3-224", "775e06d454339a57f429230a6e33fc3b40f6ccd2d7703587bb9e8e73" },
		{ "SHA3-256", "9dc5287fc5eb05a98fc948ee4ca0dc94e554e312232e4bfbeb4439e70bca6262" },
		{ "SHA3-384", "a2d23fc88db84543e544daf3d5ad28e110f4a1174273df33424dca3074b3eee1"
		              "8167d504e59e66b3ad0d1ddc96f2bbb5" },
		{ "SHA3-512", "39b10cd1610379d923f3f7a3b1d2ab377e67e4182d151af66b32ea7cbebc6a27"
		              "bef499b40312207e141289106e07b215704311f88a45f472a0da2c07e5ad475c" },
	};

	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		const struct mac_key key = { .type = mac_type_named(rows[i].type),
			                     .length_bytes = 3,
			                     .bytes = "key" };

		CHECK_EQ(mac_key_bytes(key.type), 0);
		check_code(&key, 48, rows[i].code);
	}
}

static void check_cmac(enum mac_type type, const uint8_t *bytes, size_t key_bytes,
                       const void *message, size_t message_bytes, const uint8_t code[16])
{
	struct mac_key key = { .type = type, .length_bytes = (uint16_t)key_bytes };
	uint8_t have[MAC_SIZE_MAX];

	memcpy(key.bytes, bytes, key_bytes);
	CHECK_EQ(mac_key_bytes(type), key_bytes);
	CHECK_EQ(mac_compute(&key, message, message_bytes, have), 16);
	CHECK(memcmp(have, code, 16) == 0);
}

/* RFC 4493 section 4 and NIST SP 800-38B, examples without a message and with one block. */
TEST(crypto_mac, agrees_with_the_standards_cmac)
{
	static const uint8_t key128[] = { 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
		                          0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c };
	static const uint8_t key256[] = { 0x60, 0x3d, 0xeb, 0x10, 0x15, 0xca, 0x71, 0xbe,
		                          0x2b, 0x73, 0xae, 0xf0, 0x85, 0x7d, 0x77, 0x81,
		                          0x1f, 0x35, 0x2c, 0x07, 0x3b, 0x61, 0x08, 0xd7,
		                          0x2d, 0x98, 0x10, 0xa3, 0x09, 0x14, 0xdf, 0xf4 };
	static const uint8_t block[] = { 0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96,
		                         0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a };
	static const uint8_t empty128[] = { 0xbb, 0x1d, 0x69, 0x29, 0xe9, 0x59, 0x37, 0x28,
		                            0x7f, 0xa3, 0x7d, 0x12, 0x9b, 0x75, 0x67, 0x46 };
	static const uint8_t block128[] = { 0x07, 0x0a, 0x16, 0xb4, 0x6b, 0x4d, 0x41, 0x44,
		                            0xf7, 0x9b, 0xdd, 0x9d, 0xd0, 0x4a, 0x28, 0x7c };
	static const uint8_t block256[] = { 0x28, 0xa7, 0x02, 0x3f, 0x45, 0x2e, 0x8f, 0x82,
		                            0xbd, 0x4b, 0xf2, 0x8d, 0x8c, 0x37, 0xc3, 0x5c };

	check_cmac(MAC_AES128, key128, 16, "", 0, empty128);
	check_cmac(MAC_AES128, key128, 16, block, 16, block128);
	check_cmac(MAC_AES256, key256, 32, block, 16, block256);
}

TEST(crypto_mac, knows_types_by_name)
{
	CHECK_EQ(mac_type_named("aes128"), 13);
	CHECK_EQ(mac_type_named("Sha3-512"), 9);
	CHECK_EQ(mac_type_named("TIGER"), MAC_NONE);
	CHECK_EQ(mac_type_named(""), MAC_NONE);
	CHECK_EQ(mac_bytes(MAC_NONE), 0);
}

TEST(crypto_mac, compares_every_byte)
{
	uint8_t a[20] = { 0 }, b[20] = { 0 };

	CHECK(mac_is_same(a, b, sizeof a));
	for (size_t i = 0; i < sizeof a; i++) {
		b[i] = 1;
		CHECK(!mac_is_same(a, b, sizeof a));
		b[i] = 0;
	}
}

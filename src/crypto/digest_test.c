/* SPDX-License-Identifier: MIT */
#include "crypto/digest.h"
#include "testing/check.h"

TEST(crypto_digest, agrees_with_the_standards_examples)
{
	/* RFC 1321 section A.5 and FIPS 180-4: "abc" */
	static const uint8_t md5[DIGEST_MD5_SIZE] = { 0x90, 0x01, 0x50, 0x98, 0x3c, 0xd2,
		                                      0x4f, 0xb0, 0xd6, 0x96, 0x3f, 0x7d,
		                                      0x28, 0xe1, 0x7f, 0x72 };
	static const uint8_t sha1[DIGEST_SHA1_SIZE] = { 0xa9, 0x99, 0x3e, 0x36, 0x47, 0x06, 0x81,
		                                        0x6a, 0xba, 0x3e, 0x25, 0x71, 0x78, 0x50,
		                                        0xc2, 0x6c, 0x9c, 0xd0, 0xd8, 0x9d };
	uint8_t have[DIGEST_SHA1_SIZE];

	digest_md5("abc", 3, have);
	CHECK(memcmp(have, md5, sizeof md5) == 0);
	digest_sha1("abc", 3, have);
	CHECK(memcmp(have, sha1, sizeof sha1) == 0);
}

/* SPDX-License-Identifier: MIT */
#include "base/siphash.h"
#include "testing/check.h"

/* Appendix A of the paper, and the first of its authors' vectors: key 00 … 0f, messages 00 01 … */
TEST(base_siphash, agrees_with_its_authors)
{
	static const struct siphash_key key = { { 0x0706050403020100, 0x0f0e0d0c0b0a0908 } };
	uint8_t message[15];

	for (uint8_t i = 0; i < 15; i++)
		message[i] = i;
	CHECK(siphash(&key, message, 15) == 0xa129ca6149be45e5);
	CHECK(siphash(&key, message, 0) == 0x726fdb47dd0e0e31);
	CHECK(siphash(&key, message, 1) == 0x74f839c593dc67fd);
}

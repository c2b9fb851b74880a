/* SPDX-License-Identifier: MIT */
#include "base/rng.h"
#include "testing/check.h"

/* RFC 8439 section A.1, test vector 1: zero key, zero nonce, counter 0 */
TEST(base_rng, is_chacha20)
{
	static const uint8_t want[16] = { 0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90,
		                          0x40, 0x5d, 0x6a, 0xe5, 0x53, 0x86, 0xbd, 0x28 };
	/* test vector 2: counter 1 */
	static const uint8_t want_next[4] = { 0x9f, 0x07, 0xe7, 0xbe };
	uint8_t have[68];
	struct rng rng;

	rng_init(&rng, (const uint8_t[RNG_KEY_SIZE]){ 0 });
	rng_fill(&rng, have, sizeof have);
	CHECK(memcmp(have, want, sizeof want) == 0);
	CHECK(memcmp(have + 64, want_next, sizeof want_next) == 0);
}

TEST(base_rng, has_the_moments_of_its_laws)
{
	double sum = 0, squares = 0, exponential = 0, unit = 0;
	const int count = 100000;
	struct rng rng;

	rng_init_seed(&rng, 7);
	for (int i = 0; i < count; i++) {
		const double x = rng_normal(&rng);

		sum += x;
		squares += x * x;
		exponential += rng_exponential(&rng);
		unit += rng_unit(&rng);
		CHECK(rng_below(&rng, 3) < 3);
	}
	CHECK_NEAR(sum / count, 0, 0.02);
	CHECK_NEAR(squares / count, 1, 0.02);
	CHECK_NEAR(exponential / count, 1, 0.02);
	CHECK_NEAR(unit / count, 0.5, 0.01);
}

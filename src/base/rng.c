/* SPDX-License-Identifier: MIT */
#include "base/rng.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static uint32_t rotate(uint32_t x, unsigned bits)
{
	return x << bits | x >> (32 - bits);
}

static void quarter_round(uint32_t s[16], unsigned a, unsigned b, unsigned c, unsigned d)
{
	s[a] += s[b];
	s[d] = rotate(s[d] ^ s[a], 16);
	s[c] += s[d];
	s[b] = rotate(s[b] ^ s[c], 12);
	s[a] += s[b];
	s[d] = rotate(s[d] ^ s[a], 8);
	s[c] += s[d];
	s[b] = rotate(s[b] ^ s[c], 7);
}

/* RFC 8439 section 2.3.1; the nonce's last 64 bits are zero, the counter takes the first 64. */
static void next_block(struct rng *rng)
{
	const uint32_t start[16] = { 0x61707865,
		                     0x3320646e,
		                     0x79622d32,
		                     0x6b206574,
		                     rng->key[0],
		                     rng->key[1],
		                     rng->key[2],
		                     rng->key[3],
		                     rng->key[4],
		                     rng->key[5],
		                     rng->key[6],
		                     rng->key[7],
		                     (uint32_t)rng->counter,
		                     (uint32_t)(rng->counter >> 32),
		                     0,
		                     0 };
	uint32_t s[16];

	memcpy(s, start, sizeof s);
	for (int i = 0; i < 10; i++) {
		quarter_round(s, 0, 4, 8, 12);
		quarter_round(s, 1, 5, 9, 13);
		quarter_round(s, 2, 6, 10, 14);
		quarter_round(s, 3, 7, 11, 15);
		quarter_round(s, 0, 5, 10, 15);
		quarter_round(s, 1, 6, 11, 12);
		quarter_round(s, 2, 7, 8, 13);
		quarter_round(s, 3, 4, 9, 14);
	}
	for (unsigned i = 0; i < 16; i++) {
		const uint32_t word = s[i] + start[i];

		for (unsigned j = 0; j < 4; j++)
			rng->block[4 * i + j] = (uint8_t)(word >> 8 * j);
	}
	rng->counter++;
	rng->used_bytes = 0;
}

void rng_init(struct rng *rng, const uint8_t key[RNG_KEY_SIZE])
{
	memset(rng, 0, sizeof *rng);
	for (unsigned i = 0; i < RNG_KEY_SIZE; i++)
		rng->key[i / 4] |= (uint32_t)key[i] << 8 * (i % 4);
	rng->used_bytes = sizeof rng->block;
}

void rng_init_seed(struct rng *rng, uint64_t seed)
{
	uint8_t key[RNG_KEY_SIZE] = { 0 };

	for (unsigned i = 0; i < 8; i++)
		key[i] = (uint8_t)(seed >> 8 * i);
	rng_init(rng, key);
}

void rng_fill(struct rng *rng, void *bytes, size_t count)
{
	uint8_t *to = bytes;

	while (count-- > 0) {
		if (rng->used_bytes == sizeof rng->block)
			next_block(rng);
		*to++ = rng->block[rng->used_bytes];
		rng->block[rng->used_bytes++] = 0; /* given once, then forgotten */
	}
}

uint64_t rng_u64(struct rng *rng)
{
	uint8_t bytes[8];
	uint64_t value = 0;

	rng_fill(rng, bytes, sizeof bytes);
	for (unsigned i = 0; i < 8; i++)
		value |= (uint64_t)bytes[i] << 8 * i;
	return value;
}

uint64_t rng_below(struct rng *rng, uint64_t limit)
{
	uint64_t value;
	uint64_t excess;

	assert(limit >= 1);
	excess = (UINT64_MAX % limit + 1) % limit; /* the values that would favour small results */
	do
		value = rng_u64(rng);
	while (value > UINT64_MAX - excess);
	return value % limit;
}

double rng_unit(struct rng *rng)
{
	return (double)(rng_u64(rng) >> 11) * 0x1p-53;
}

double rng_normal(struct rng *rng)
{
	const double radius = sqrt(2 * rng_exponential(rng)); /* Box and Muller, 1958 */

	return radius * cos(2 * 3.14159265358979323846 * rng_unit(rng));
}

double rng_exponential(struct rng *rng)
{
	return -log1p(-rng_unit(rng));
}

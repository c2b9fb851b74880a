/* SPDX-License-Identifier: MIT */
#include "sim/forger.h"

#include <string.h>

#define FLIPS_MAX  8
#define ORIGIN_AT  24 /* RFC 5905 figure 8 */
#define ORIGIN_END 32

static size_t another_length(struct rng *rng, uint8_t *bytes, size_t length_bytes,
                             size_t size_bytes)
{
	size_t length = length_bytes;

	if (rng_below(rng, 4) > 0) /* three of four keep theirs */
		return length;
	length = (size_t)rng_below(rng, size_bytes + 1);
	for (size_t i = length_bytes; i < length; i++)
		bytes[i] = (uint8_t)rng_below(rng, 256);
	return length;
}

size_t forger_alter(struct rng *rng, uint8_t *bytes, size_t length_bytes, size_t size_bytes)
{
	const uint64_t guess = rng_u64(rng);
	const size_t length = another_length(rng, bytes, length_bytes, size_bytes);
	const unsigned flips = (unsigned)rng_below(rng, FLIPS_MAX + 1);

	for (unsigned i = 0; i < flips && length > 0; i++)
		bytes[rng_below(rng, length)] ^= (uint8_t)(1U << rng_below(rng, 8));
	if (length >= ORIGIN_END)
		memcpy(bytes + ORIGIN_AT, &guess, sizeof guess);
	return length;
}

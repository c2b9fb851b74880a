/* base/rng: random numbers that are unpredictable to strangers and repeatable from a seed.
 * SPDX-License-Identifier: MIT
 *
 * ChaCha20 (RFC 8439 section 2.3) in counter mode. The daemon keys it from getrandom(2), the
 * simulator from the scenario's seed; both then run the same code. Not for two threads. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define RNG_KEY_SIZE 32

struct rng {
	uint32_t key[8];
	uint64_t counter;
	uint8_t block[64];
	unsigned used_bytes; /* of block; 64 = none left */
};

void rng_init(struct rng *rng, const uint8_t key[RNG_KEY_SIZE]);
void rng_init_seed(struct rng *rng, uint64_t seed); /* for simulations and tests only */

void rng_fill(struct rng *rng, void *bytes, size_t count);
uint64_t rng_u64(struct rng *rng);
uint64_t rng_below(struct rng *rng, uint64_t limit); /* 0..limit-1, unbiased; limit >= 1 */
double rng_unit(struct rng *rng);                    /* [0, 1) */
double rng_normal(struct rng *rng);                  /* mean 0, standard deviation 1 */
double rng_exponential(struct rng *rng);             /* mean 1 */

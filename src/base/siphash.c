/* SPDX-License-Identifier: MIT */
#include "base/siphash.h"

struct state {
	uint64_t v0, v1, v2, v3;
};

static uint64_t rotated(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static void mix(struct state *s, unsigned rounds_count)
{
	for (unsigned i = 0; i < rounds_count; i++) {
		s->v0 += s->v1;
		s->v1 = rotated(s->v1, 13) ^ s->v0;
		s->v0 = rotated(s->v0, 32);
		s->v2 += s->v3;
		s->v3 = rotated(s->v3, 16) ^ s->v2;
		s->v0 += s->v3;
		s->v3 = rotated(s->v3, 21) ^ s->v0;
		s->v2 += s->v1;
		s->v1 = rotated(s->v1, 17) ^ s->v2;
		s->v2 = rotated(s->v2, 32);
	}
}

static void take(struct state *s, uint64_t word)
{
	s->v3 ^= word;
	mix(s, 2);
	s->v0 ^= word;
}

uint64_t siphash(const struct siphash_key *key, const void *message, size_t length_bytes)
{
	const uint8_t *bytes = message;
	struct state s = { key->words[0] ^ 0x736f6d6570736575, key->words[1] ^ 0x646f72616e646f6d,
		           key->words[0] ^ 0x6c7967656e657261, key->words[1] ^ 0x7465646279746573 };
	uint64_t word = 0;

	for (size_t i = 0; i < length_bytes; i++) {
		word |= (uint64_t)bytes[i] << 8 * (i % 8);
		if (i % 8 == 7) {
			take(&s, word);
			word = 0;
		}
	}
	take(&s, word | (uint64_t)length_bytes << 56);
	s.v2 ^= 0xff;
	mix(&s, 4);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

/* base/siphash: a hash of short messages that strangers cannot aim at a place in a table, as long
 * as the key is secret. SPDX-License-Identifier: MIT
 *
 * SipHash-2-4, Aumasson and Bernstein 2012. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t words[2];
};

uint64_t siphash(const struct siphash_key *key, const void *message, size_t length_bytes);

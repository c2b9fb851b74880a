/* ntp/stamp_store: when answers really left, for interleaved mode, in fixed memory.
 * SPDX-License-Identifier: MIT
 *
 * Pairs of an answer's receive timestamp, which the client gives back to prove that it got it, and
 * the time that it was sent at. A new pair pushes out the one in its place. RFC 9769 section 2. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/rng.h"
#include "source/datagram.h"

struct stamp_store;

struct stamp_store_sent {
	uint64_t ntp64; /* not 0 */
	enum stamp_source stamp;
};

/* size_bytes: an upper bound of the memory for pairs, at least 96. 0, -EINVAL or -ENOMEM. */
NODISCARD int stamp_store_create(uint64_t size_bytes, struct rng *rng,
                                 struct stamp_store **store_out);
void stamp_store_destroy(struct stamp_store *store); /* NULL is fine */

/* Keeps a pair; receive_ntp64 is not 0. A second one with the same receive timestamp takes both
 * away. */
void stamp_store_keep(struct stamp_store *store, uint64_t receive_ntp64,
                      struct stamp_store_sent sent);
/* Corrects it by a stamp from no lesser source, if it is still there. */
void stamp_store_correct(struct stamp_store *store, uint64_t receive_ntp64,
                         struct stamp_store_sent sent);
/* Once: the pair is gone then. False: it is not there. */
bool stamp_store_take(struct stamp_store *store, uint64_t receive_ntp64,
                      struct stamp_store_sent *sent_out);
void stamp_store_clear(struct stamp_store *store); /* the clock that all were read from stepped */
size_t stamp_store_count(const struct stamp_store *store); /* pairs held */
/* Between the first and the last of those; looks at all of them. */
double stamp_store_span_s(const struct stamp_store *store);

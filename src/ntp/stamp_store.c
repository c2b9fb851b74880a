/* SPDX-License-Identifier: MIT */
#include "ntp/stamp_store.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/siphash.h"

struct pair {
	uint64_t receive_ntp64; /* 0: free */
	struct stamp_store_sent sent;
};

struct stamp_store {
	struct siphash_key key;
	size_t used_count;
	size_t places_count; /* a power of two */
	struct pair pairs[];
};

int stamp_store_create(uint64_t size_bytes, struct rng *rng, struct stamp_store **store_out)
{
	struct stamp_store *store;
	size_t places = 4;

	if (size_bytes < places * sizeof(struct pair) || size_bytes > INT64_C(1) << 36)
		return -EINVAL;
	while (2 * places * sizeof(struct pair) <= size_bytes)
		places *= 2;
	store = calloc(1, sizeof *store + places * sizeof(struct pair));
	if (!store)
		return -ENOMEM;
	store->places_count = places;
	rng_fill(rng, &store->key, sizeof store->key);
	*store_out = store;
	return 0;
}

void stamp_store_destroy(struct stamp_store *store)
{
	free(store);
}

static struct pair *place_of(struct stamp_store *store, uint64_t receive_ntp64)
{
	const uint64_t hash = siphash(&store->key, &receive_ntp64, sizeof receive_ntp64);

	return &store->pairs[hash & (store->places_count - 1)];
}

void stamp_store_keep(struct stamp_store *store, uint64_t receive_ntp64,
                      struct stamp_store_sent sent)
{
	struct pair *pair = place_of(store, receive_ntp64);

	assert(receive_ntp64 != 0 && sent.ntp64 != 0);
	store->used_count += pair->receive_ntp64 == 0;
	if (pair->receive_ntp64 == receive_ntp64) {
		/* Two answers show the same: who asks for one could be told of the other. */
		pair->receive_ntp64 = 0;
		store->used_count--;
		return;
	}
	*pair = (struct pair){ receive_ntp64, sent };
}

void stamp_store_clear(struct stamp_store *store)
{
	memset(store->pairs, 0, store->places_count * sizeof(struct pair));
	store->used_count = 0;
}

void stamp_store_correct(struct stamp_store *store, uint64_t receive_ntp64,
                         struct stamp_store_sent sent)
{
	struct pair *pair = place_of(store, receive_ntp64);

	if (pair->receive_ntp64 == receive_ntp64 && sent.stamp >= pair->sent.stamp)
		pair->sent = sent;
}

bool stamp_store_take(struct stamp_store *store, uint64_t receive_ntp64,
                      struct stamp_store_sent *sent_out)
{
	struct pair *pair = place_of(store, receive_ntp64);

	if (receive_ntp64 == 0 || pair->receive_ntp64 != receive_ntp64)
		return false;
	*sent_out = pair->sent;
	pair->receive_ntp64 = 0;
	store->used_count--;
	return true;
}

size_t stamp_store_count(const struct stamp_store *store)
{
	return store->used_count;
}

double stamp_store_span_s(const struct stamp_store *store)
{
	uint64_t first = UINT64_MAX, last = 0;

	for (size_t i = 0; i < store->places_count; i++) {
		const uint64_t at = store->pairs[i].receive_ntp64;

		first = at != 0 && at < first ? at : first;
		last = at > last ? at : last;
	}
	return last > first ? (double)(last - first) / 4294967296.0 : 0;
}

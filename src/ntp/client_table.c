/* SPDX-License-Identifier: MIT */
#include "ntp/client_table.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/siphash.h"

#define IPV4_PREFIX_BYTES 4
#define IPV6_PREFIX_BYTES 8
#define MEAN_SHARE        0.25F /* of the newest interval */

struct client_table {
	struct siphash_key key;
	struct rng *rng;
	uint64_t replaced_count;
	size_t places_count; /* a power of two */
	struct client_record records[];
};

int client_table_create(uint64_t size_bytes, struct rng *rng, struct client_table **table_out)
{
	const size_t place_bytes = CLIENT_TABLE_SLOTS * sizeof(struct client_record);
	struct client_table *table;
	size_t places = 1;

	if (size_bytes < CLIENT_TABLE_BYTES_MIN || size_bytes > CLIENT_TABLE_BYTES_MAX)
		return -EINVAL;
	while (2 * places * place_bytes <= size_bytes)
		places *= 2;
	table = calloc(1, sizeof *table + places * place_bytes);
	if (!table)
		return -ENOMEM;
	table->rng = rng;
	table->places_count = places;
	rng_fill(rng, &table->key, sizeof table->key);
	*table_out = table;
	return 0;
}

void client_table_destroy(struct client_table *table)
{
	free(table);
}

static unsigned prefix_bytes(const struct address *address)
{
	return address->family == ADDRESS_IPV6 ? IPV6_PREFIX_BYTES : IPV4_PREFIX_BYTES;
}

static int64_t last_hit_ns(const struct client_record *record)
{
	int64_t last_ns = INT64_MIN;

	for (int i = 0; i < CLIENT_SERVICE_COUNT; i++) {
		if (record->traffic[i].hits_count > 0 && record->traffic[i].last.ns > last_ns)
			last_ns = record->traffic[i].last.ns;
	}
	return last_ns;
}

/* Its record, made if there is none. */
static struct client_record *find(struct client_table *table, const struct address *address)
{
	const unsigned bytes = prefix_bytes(address);
	const uint64_t hash = siphash(&table->key, address->bytes, bytes);
	struct client_record *place =
		&table->records[(hash & (table->places_count - 1)) * CLIENT_TABLE_SLOTS];
	struct client_record *oldest = place;

	for (size_t i = 0; i < CLIENT_TABLE_SLOTS; i++) {
		struct client_record *record = &place[i];

		if (record->address.family == address->family &&
		    address_is_within(&record->address, address, bytes * 8)) {
			record->address = *address;
			return record;
		}
		if (record->address.family == ADDRESS_NONE) {
			oldest = record;
			break; /* slots fill in order */
		}
		if (last_hit_ns(record) < last_hit_ns(oldest))
			oldest = record;
	}
	table->replaced_count += oldest->address.family != ADDRESS_NONE;
	*oldest = (struct client_record){ .address = *address };
	return oldest;
}

static void count(struct client_traffic *traffic, bool was_dropped, struct mono_time now)
{
	if (traffic->hits_count > 0) {
		const float interval_s = (float)((double)(now.ns - traffic->last.ns) * 1e-9);
		float *mean_s = was_dropped ? &traffic->limited_interval_s : &traffic->interval_s;

		*mean_s = *mean_s > 0 ? *mean_s + MEAN_SHARE * (interval_s - *mean_s) : interval_s;
	}
	traffic->hits_count += traffic->hits_count < UINT32_MAX;
	traffic->last = now;
}

static int64_t interval_ns(const struct client_limit *limit)
{
	return limit->interval_log2_s >= 0 ? NS_PER_S << limit->interval_log2_s
	                                   : NS_PER_S >> -limit->interval_log2_s;
}

/* The bucket is full at `full`; each answer takes one interval's worth out of it. */
static bool has_permit(struct client_traffic *traffic, const struct client_limit *limit,
                       struct mono_time now)
{
	const int64_t each_ns = interval_ns(limit);
	const int64_t full_ns = traffic->full.ns > now.ns ? traffic->full.ns : now.ns;

	if (full_ns + each_ns - now.ns > each_ns * limit->burst)
		return false;
	traffic->full.ns = full_ns + each_ns;
	return true;
}

static enum client_verdict judge(struct client_table *table, struct client_traffic *traffic,
                                 const struct client_limit *limit, struct mono_time now)
{
	if (!limit->is_on || has_permit(traffic, limit, now) ||
	    rng_below(table->rng, UINT64_C(1) << limit->leak_log2) == 0)
		return CLIENT_ANSWER;
	traffic->drops_count += traffic->drops_count < UINT32_MAX;
	if (limit->kod_log2 > 0 && rng_below(table->rng, UINT64_C(1) << limit->kod_log2) == 0)
		return CLIENT_TELL;
	return CLIENT_DROP;
}

enum client_verdict client_table_on_hit(struct client_table *table, const struct address *address,
                                        enum client_service service,
                                        const struct client_limit *limit, struct mono_time now)
{
	struct client_record *record = find(table, address);
	struct client_traffic *traffic = &record->traffic[service];
	enum client_verdict verdict;

	assert(address->family != ADDRESS_NONE && service < CLIENT_SERVICE_COUNT);
	count(traffic, service == CLIENT_NTP && record->was_dropped, now);
	verdict = judge(table, traffic, limit, now);
	if (service == CLIENT_NTP)
		record->was_dropped = verdict != CLIENT_ANSWER;
	return verdict;
}

void client_table_reset_counts(struct client_table *table, size_t index)
{
	assert(index < client_table_capacity(table));
	for (unsigned i = 0; i < CLIENT_SERVICE_COUNT; i++) {
		table->records[index].traffic[i].hits_count = 0;
		table->records[index].traffic[i].drops_count = 0;
	}
}

size_t client_table_capacity(const struct client_table *table)
{
	return table->places_count * CLIENT_TABLE_SLOTS;
}

uint64_t client_table_replaced_count(const struct client_table *table)
{
	return table->replaced_count;
}

const struct client_record *client_table_next(const struct client_table *table, size_t *index)
{
	while (*index < client_table_capacity(table)) {
		const struct client_record *record = &table->records[(*index)++];

		if (record->address.family != ADDRESS_NONE)
			return record;
	}
	return NULL;
}

/* ntp/client_table: who asked us how often, and whether too often, in fixed memory.
 * SPDX-License-Identifier: MIT
 *
 * Addresses find their place by a keyed hash, so that nobody can choose whom to push out; IPv6
 * counts by /64, because one host may have all of it. Each place has a few slots; the longest
 * silent client makes way for a new one. RFC 5905 section 7.4 (RATE), RFC 8633 section 5. */
#pragma once

#include <stdbool.h>

#include "base/address.h"
#include "base/instant.h"
#include "base/rng.h"

#define CLIENT_TABLE_SLOTS     8
#define CLIENT_TABLE_BYTES_MIN 2048
#define CLIENT_TABLE_BYTES_MAX (INT64_C(1) << 36)

enum client_service { CLIENT_NTP, CLIENT_COMMAND, CLIENT_SERVICE_COUNT };

struct client_limit { /* chrony's ratelimit */
	bool is_on;
	int8_t interval_log2_s; /* -19..12: of answers, on average */
	uint8_t burst;          /* 1..255: answers at once */
	uint8_t leak_log2;      /* 1..4: one of 2^leak beyond that is answered at random */
	uint8_t kod_log2;       /* 0..4: one of 2^kod of the rest is told so; 0 = none */
};

struct client_traffic {
	uint32_t hits_count, drops_count; /* drops are hits too */
	struct mono_time last;            /* of the last hit; meaningless without one */
	struct mono_time full;            /* when the bucket of permits will be full again */
	float interval_s;                 /* between hits of late; 0 = there was only one */
	float limited_interval_s;         /* the same of those that followed a drop */
};

struct client_record {
	struct address address; /* the last one seen of its prefix; ADDRESS_NONE: a free slot */
	bool was_dropped;       /* the last NTP hit */
	struct client_traffic traffic[CLIENT_SERVICE_COUNT];
};

enum client_verdict { CLIENT_ANSWER, CLIENT_DROP, CLIENT_TELL /* that it asks too often */ };

struct client_table;

/* size_bytes: an upper bound of the memory for records; the table never grows. `rng` is
 * borrowed until destroy. 0, -EINVAL (below CLIENT_TABLE_BYTES_MIN) or -ENOMEM. */
NODISCARD int client_table_create(uint64_t size_bytes, struct rng *rng,
                                  struct client_table **table_out);
void client_table_destroy(struct client_table *table); /* NULL is fine */

/* One more request; allocates nothing. */
enum client_verdict client_table_on_hit(struct client_table *table, const struct address *address,
                                        enum client_service service,
                                        const struct client_limit *limit, struct mono_time now);

/* Of the record at this index, if there is one: nothing was ever asked nor dropped. */
void client_table_reset_counts(struct client_table *table, size_t index);

size_t client_table_capacity(const struct client_table *table);         /* records */
uint64_t client_table_replaced_count(const struct client_table *table); /* that made way */
/* The next record in use at or behind *index, which moves behind it; NULL: there is no more. Begins
 * with 0; records stay where they are. */
const struct client_record *client_table_next(const struct client_table *table, size_t *index);

/* control/chronyc_clients: `clients`, a few records at a time. SPDX-License-Identifier: MIT */
#include <math.h>

#include "control/chronyc_call.h"
#include "node/node_commands.h"

#define RECORDS_MAX      8 /* in one reply */
#define RECORD_SIZE      60
#define NEVER            UINT32_MAX
#define INTERVAL_UNKNOWN 127

/* As a power of two. */
static uint8_t interval(float mean_s)
{
	return mean_s > 0 ? (uint8_t)(int8_t)lrint(fmin(fmax(log2((double)mean_s), -126), 126))
	                  : INTERVAL_UNKNOWN;
}

static uint32_t age_s(const struct client_traffic *traffic, struct instant now)
{
	return traffic->hits_count > 0 ? (uint32_t)((now.mono.ns - traffic->last.ns) / NS_PER_S)
	                               : NEVER;
}

/* There are no key exchanges yet: zeros in the middle. */
static void put_record(struct chronyc_call *call, const struct client_record *record)
{
	const struct client_traffic *ntp = &record->traffic[CLIENT_NTP];
	const struct client_traffic *command = &record->traffic[CLIENT_COMMAND];
	const struct candm_address address = chronyc_address(&record->address);
	struct writer *out = &call->reply;

	candm_address_encode(&address, out);
	writer_u32(out, ntp->hits_count);
	writer_u32(out, 0);
	writer_u32(out, command->hits_count);
	writer_u32(out, ntp->drops_count);
	writer_u32(out, 0);
	writer_u32(out, command->drops_count);
	writer_u8(out, interval(ntp->interval_s));
	writer_u8(out, INTERVAL_UNKNOWN);
	writer_u8(out, interval(command->interval_s));
	writer_u8(out, interval(ntp->limited_interval_s));
	writer_u32(out, age_s(ntp, call->now));
	writer_u32(out, NEVER);
	writer_u32(out, age_s(command, call->now));
}

static bool is_wanted(const struct client_record *record, uint32_t least)
{
	return record->traffic[CLIENT_NTP].hits_count >= least ||
	       record->traffic[CLIENT_COMMAND].hits_count >= least;
}

enum candm_status chronyc_clients(struct chronyc_call *call)
{
	struct client_table *table = node_clients(call->node);
	const size_t first = reader_u32(&call->in);
	const uint32_t wanted = reader_u32(&call->in);
	const uint32_t least = reader_u32(&call->in);
	const bool is_reset = reader_u32(&call->in) != 0;
	const uint32_t most = wanted < RECORDS_MAX ? wanted : RECORDS_MAX;
	const struct client_record *record;
	struct writer head;
	uint32_t count = 0;
	size_t index = first;

	if (!table)
		return CANDM_INACTIVE;
	call->code = CANDM_REPLY_CLIENTS;
	head = call->reply; /* filled in when the rest is known */
	for (unsigned i = 0; i < 3; i++)
		writer_u32(&call->reply, 0);
	while (count < most && (record = client_table_next(table, &index))) {
		if (!is_wanted(record, least))
			continue;
		put_record(call, record);
		count++;
		if (is_reset)
			client_table_reset_counts(table, index - 1);
	}
	for (uint32_t i = count * RECORD_SIZE; i < RECORDS_MAX * RECORD_SIZE; i++)
		writer_u8(&call->reply, 0);
	writer_u32(&head, (uint32_t)client_table_capacity(table));
	writer_u32(&head, (uint32_t)index);
	writer_u32(&head, count);
	return CANDM_OK;
}

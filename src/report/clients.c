/* report/clients: who asks this node for the time. SPDX-License-Identifier: MIT */
#include <math.h>

#include "report/report_list.h"

struct client_row {
	char address[ADDRESS_TEXT_SIZE];
	uint64_t ntp_hits_count, ntp_drops_count;
	double ntp_interval_s, ntp_limited_interval_s;
	int64_t ntp_last_age_ns;
	uint64_t command_hits_count, command_drops_count;
	double command_interval_s;
	int64_t command_last_age_ns;
};

static const struct report_field fields[] = {
	REPORT_FIELD(struct client_row, address, "last address seen of the client; IPv6 by /64"),
	REPORT_FIELD(struct client_row, ntp_hits_count, "NTP requests"),
	REPORT_FIELD(struct client_row, ntp_drops_count, "of them not answered: ratelimit"),
	REPORT_FIELD(struct client_row, ntp_interval_s, "between them of late"),
	REPORT_FIELD(struct client_row, ntp_limited_interval_s, "the same, after one was dropped"),
	REPORT_FIELD(struct client_row, ntp_last_age_ns, "since the last one"),
	REPORT_FIELD(struct client_row, command_hits_count, "requests for reports over UDP"),
	REPORT_FIELD(struct client_row, command_drops_count, "of them not answered: cmdratelimit"),
	REPORT_FIELD(struct client_row, command_interval_s, "between them of late"),
	REPORT_FIELD(struct client_row, command_last_age_ns, "since the last one"),
};

static int64_t age_ns(const struct client_traffic *traffic, struct instant now)
{
	return traffic->hits_count > 0 ? now.mono.ns - traffic->last.ns : INT64_MAX;
}

static double known(float interval_s)
{
	return interval_s > 0 ? (double)interval_s : NAN;
}

static void collect(const struct report_subject *subject, struct report_rows *rows)
{
	const struct client_record *record;
	size_t index = 0;

	while (subject->status.clients &&
	       (record = client_table_next(subject->status.clients, &index))) {
		const struct client_traffic *ntp = &record->traffic[CLIENT_NTP];
		const struct client_traffic *command = &record->traffic[CLIENT_COMMAND];
		struct client_row row = {
			.ntp_hits_count = ntp->hits_count,
			.ntp_drops_count = ntp->drops_count,
			.ntp_interval_s = known(ntp->interval_s),
			.ntp_limited_interval_s = known(ntp->limited_interval_s),
			.ntp_last_age_ns = age_ns(ntp, subject->status.now),
			.command_hits_count = command->hits_count,
			.command_drops_count = command->drops_count,
			.command_interval_s = known(command->interval_s),
			.command_last_age_ns = age_ns(command, subject->status.now),
		};

		address_format(&record->address, row.address);
		report_rows_add(rows, &row);
	}
}

const struct report report_clients = {
	.name = "clients",
	.summary = "Who asks this node for the time",
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.collect = collect,
};

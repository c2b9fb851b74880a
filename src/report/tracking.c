/* report/tracking: how well this node knows the time, in one row. SPDX-License-Identifier: MIT */
#include "base/text.h"
#include "report/report_list.h"

struct tracking {
	bool is_synchronised, is_local;
	const char *source;
	char address[ADDRESS_TEXT_SIZE];
	uint32_t stratum;
	char reference_id[9];
	const char *leap;
	struct utc_time reference;
	int64_t offset_ns, last_offset_ns;
	double rms_offset_s;
	int64_t bound_ns;
	double frequency_ppm, residual_frequency_ppm, skew_ppm, slew_ppm;
	int64_t root_delay_ns, root_dispersion_ns;
	double update_interval_s;
	uint64_t updates_count, steps_count, contradictions_count;
	uint32_t agreeing_count, voters_count, combined_count;
	int64_t tai_offset_s;
	const char *leap_table;
	struct utc_time leap_expires;
	bool is_leap_expired;
	const char *leap_expiry;
	int64_t true_error_ns;
	const char *clock_driver, *version;
	int64_t uptime_ns;
};

static const struct report_field fields[] = {
	REPORT_FIELD(struct tracking, is_synchronised, "the clock follows at least one source"),
	REPORT_FIELD(struct tracking, is_local,
	             "the clock is served as it is: no source, but `local`"),
	REPORT_FIELD(struct tracking, source, "the source that leads"),
	REPORT_FIELD(struct tracking, address, "its address"),
	REPORT_FIELD(struct tracking, stratum,
	             "steps from a reference clock; 0 while unsynchronised"),
	REPORT_FIELD(struct tracking, reference_id,
	             "what NTP clients of this node are told that it follows"),
	REPORT_FIELD(struct tracking, leap, "leap second announced for the end of the day"),
	REPORT_FIELD(struct tracking, reference, "when the clock was last updated, UTC"),
	REPORT_FIELD(struct tracking, offset_ns,
	             "reference minus clock: what is still being slewed"),
	REPORT_FIELD(
		struct tracking, last_offset_ns,
		"reference minus clock at the last update, less what was being slewed already"),
	REPORT_FIELD(struct tracking, rms_offset_s, "long-term average of these"),
	REPORT_FIELD(struct tracking, bound_ns, "true time lies within this of the clock"),
	REPORT_FIELD(struct tracking, frequency_ppm,
	             "how much the oscillator gains by itself; - = it loses"),
	REPORT_FIELD(struct tracking, residual_frequency_ppm,
	             "the part of it that is not yet corrected"),
	REPORT_FIELD(struct tracking, skew_ppm, "error of the frequency"),
	REPORT_FIELD(struct tracking, slew_ppm,
	             "how much faster the clock runs just now to catch up"),
	REPORT_FIELD(struct tracking, root_delay_ns, "round trip to the reference clock"),
	REPORT_FIELD(struct tracking, root_dispersion_ns, "error accumulated on the way from it"),
	REPORT_FIELD(struct tracking, update_interval_s, "between the last two updates"),
	REPORT_FIELD(struct tracking, updates_count, "updates of the clock since the start"),
	REPORT_FIELD(struct tracking, steps_count, "steps of the clock since the start"),
	REPORT_FIELD(struct tracking, contradictions_count,
	             "measurements that proved the bound wrong"),
	REPORT_FIELD(struct tracking, agreeing_count, "sources that agree"),
	REPORT_FIELD(struct tracking, voters_count, "sources that had a vote"),
	REPORT_FIELD(struct tracking, combined_count, "sources that the clock is steered by"),
	REPORT_FIELD(struct tracking, tai_offset_s, "TAI minus UTC"),
	REPORT_FIELD(struct tracking, leap_table,
	             "where leap seconds are known from: leapsectz, leapseclist or built-in"),
	REPORT_FIELD(struct tracking, leap_expires, "that table is good until then"),
	REPORT_FIELD(struct tracking, is_leap_expired,
	             "it is not good any more: update tzdata or leap-seconds.list"),
	REPORT_FIELD(struct tracking, leap_expiry,
	             "what that date rests on, if not on the table itself"),
	REPORT_FIELD(struct tracking, true_error_ns,
	             "clock minus true time; known of virtual clocks only"),
	REPORT_FIELD(struct tracking, clock_driver,
	             "what moves the clock: kernel, virtual or none"),
	REPORT_FIELD(struct tracking, version, "of the daemon"),
	REPORT_FIELD(struct tracking, uptime_ns, "since the daemon started"),
};

static void collect(const struct report_subject *subject, struct report_rows *rows)
{
	const struct node_status *status = &subject->status;
	const struct report_context *context = subject->context;
	struct tracking row = {
		.is_synchronised = status->is_synchronised,
		.is_local = status->is_local,
		.source = status->selected_name,
		.stratum = status->stratum,
		.leap = leap_word(status->leap),
		.reference = status->reference,
		.offset_ns = status->offset_ns,
		.last_offset_ns = status->last_offset_ns,
		.rms_offset_s = status->rms_offset_s,
		.bound_ns = status->bound_ns,
		.frequency_ppm = status->frequency_ppm,
		.residual_frequency_ppm = status->residual_frequency_ppm,
		.skew_ppm = status->skew_ppm,
		.slew_ppm = status->slew_ppm,
		.root_delay_ns = status->root_delay_ns,
		.root_dispersion_ns = status->root_dispersion_ns,
		.update_interval_s = status->update_interval_s,
		.updates_count = status->updates_count,
		.steps_count = status->steps_count,
		.contradictions_count = status->contradictions_count,
		.agreeing_count = status->agreeing_count,
		.voters_count = status->voters_count,
		.combined_count = status->combined_count,
		.tai_offset_s = status->tai_offset_s ? status->tai_offset_s : INT64_MAX,
		.leap_table = leap_origin_name(status->leap_origin),
		.leap_expires = status->leap_expires,
		.is_leap_expired = status->is_leap_expired,
		.leap_expiry = status->leap_expiry,
		.true_error_ns = context->has_true_error ? context->true_error_ns : INT64_MAX,
		.clock_driver = context->clock_driver,
		.version = context->version,
		.uptime_ns = context->uptime_ns,
	};

	struct text reference_id = text_into(row.reference_id, sizeof row.reference_id);

	text_hex(&reference_id, status->reference_id, 8);
	address_format(&status->selected_address, row.address);
	report_rows_add(rows, &row);
}

const struct report report_tracking = {
	.name = "tracking",
	.summary = "How well this node knows the time",
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.collect = collect,
};

/* report/gnss: what satellite receivers on serial ports say of themselves.
 * SPDX-License-Identifier: MIT */
#include <math.h>

#include "refclock/gnss_status.h"
#include "report/report_list.h"

struct gnss_row {
	const char *name, *driver, *device, *fix, *verdict, *antenna;
	int64_t used_count, seen_count;
	struct utc_time time;
	double last_frame_age_s;
	uint64_t taken_count, sentences_count, ubx_count;
	uint64_t bad_checksums_count, bad_fields_count, unchecked_count;
	uint64_t bytes_count, stray_bytes_count;
	int64_t accuracy_ns, gps_utc_s;
	bool is_leap_unknown;
	int64_t leap_change;
	struct utc_time leap_at;
	int64_t eras_count;
	double jump_s, pulse_error_s;
	const char *last_sentence;
};

static const struct report_field fields[] = {
	REPORT_FIELD(struct gnss_row, name, "reference id of the clock"),
	REPORT_FIELD(struct gnss_row, driver, "NMEA or UBX: which of its messages give the time"),
	REPORT_FIELD(struct gnss_row, device, "the port"),
	REPORT_FIELD(struct gnss_row, fix, "none, estimated, simulated, time only, 2D, 3D"),
	REPORT_FIELD(struct gnss_row, used_count, "satellites that it reckons with"),
	REPORT_FIELD(struct gnss_row, seen_count, "satellites that it hears"),
	REPORT_FIELD(struct gnss_row, antenna,
	             "ok, open, short, internal; only some receivers say"),
	REPORT_FIELD(struct gnss_row, verdict, "what became of the last time it said"),
	REPORT_FIELD(struct gnss_row, time, "that time, its week repaired"),
	REPORT_FIELD(struct gnss_row, last_frame_age_s, "since its last message"),
	REPORT_FIELD(struct gnss_row, taken_count, "times that were taken as samples"),
	REPORT_FIELD(struct gnss_row, sentences_count, "NMEA sentences with the right checksum"),
	REPORT_FIELD(struct gnss_row, ubx_count, "UBX messages with the right checksum"),
	REPORT_FIELD(struct gnss_row, bad_checksums_count, "messages with a wrong one"),
	REPORT_FIELD(struct gnss_row, bad_fields_count, "messages that make no sense"),
	REPORT_FIELD(struct gnss_row, unchecked_count, "sentences without a checksum"),
	REPORT_FIELD(struct gnss_row, bytes_count, "all that came"),
	REPORT_FIELD(struct gnss_row, stray_bytes_count,
	             "of no message; most of all if the speed is wrong"),
	REPORT_FIELD(struct gnss_row, accuracy_ns, "of its time, by its own figure"),
	REPORT_FIELD(struct gnss_row, gps_utc_s, "GPS minus UTC, once the satellites have told it"),
	REPORT_FIELD(struct gnss_row, is_leap_unknown,
	             "it says that it does not know the leap seconds yet"),
	REPORT_FIELD(struct gnss_row, leap_change, "+1 or -1: a leap second is announced"),
	REPORT_FIELD(struct gnss_row, leap_at, "when it comes"),
	REPORT_FIELD(struct gnss_row, eras_count,
	             "of 1024 weeks that were added to its date, which is wrong by them"),
	REPORT_FIELD(struct gnss_row, jump_s, "by which its time last jumped"),
	REPORT_FIELD(struct gnss_row, pulse_error_s, "of the next pulse, as foretold: + = late"),
	REPORT_FIELD(struct gnss_row, last_sentence, "as it came"),
};

static void add(const struct report_subject *subject, const struct node_source_status *source,
                const struct gnss_status *gnss, struct report_rows *rows)
{
	const struct utc_time none = { 0 };
	const int64_t since_ns = subject->status.now.local.ns - gnss->last_frame.ns;
	const int64_t age_ns = since_ns > 0 ? since_ns : 0; /* < 0: the clock was just set back */

	report_rows_add(
		rows, &(struct gnss_row){
			      .name = source->name,
			      .driver = source->refclock.options->driver->name,
			      .device = source->refclock.options->device.path,
			      .fix = gnss_status_fix_word(gnss->fix),
			      .used_count = gnss->has_used ? gnss->used_count : INT64_MAX,
			      .seen_count = gnss->has_seen ? gnss->seen_count : INT64_MAX,
			      .antenna = gnss_status_antenna_word(gnss->antenna),
			      .verdict = gnss_status_last_phrase(gnss),
			      .time = gnss->time,
			      .last_frame_age_s = gnss->has_frame ? (double)age_ns / NS_PER_S : NAN,
			      .taken_count = gnss->verdict_count[GNSS_TAKEN],
			      .sentences_count = gnss->sentences_count,
			      .ubx_count = gnss->ubx_count,
			      .bad_checksums_count = gnss->bad_checksums_count,
			      .bad_fields_count = gnss->bad_fields_count,
			      .unchecked_count = gnss->unchecked_count,
			      .bytes_count = gnss->bytes_count,
			      .stray_bytes_count = gnss->stray_bytes_count,
			      .accuracy_ns = gnss->accuracy_ns ? gnss->accuracy_ns : INT64_MAX,
			      .gps_utc_s = gnss->has_leap_count ? gnss->gps_utc_s : INT64_MAX,
			      .is_leap_unknown = gnss->is_leap_unknown,
			      .leap_change = gnss->has_leap_count ? gnss->leap_change : INT64_MAX,
			      .leap_at = gnss->leap_change != 0 ? gnss->leap_at : none,
			      .eras_count = gnss->eras_count,
			      .jump_s = gnss->jump_ns ? (double)gnss->jump_ns / NS_PER_S : NAN,
			      .pulse_error_s = gnss->has_pulse_error ? gnss->pulse_error_s : NAN,
			      .last_sentence = gnss->last_sentence[0] ? gnss->last_sentence : NULL,
		      });
}

static void collect(const struct report_subject *subject, struct report_rows *rows)
{
	for (size_t i = 0; i < subject->sources_count; i++) {
		const struct node_source_status *source = &subject->sources[i];

		if (!source->is_refclock || !source->refclock.options->driver->gnss ||
		    !source->refclock_driver_state)
			continue;
		add(subject, source,
		    source->refclock.options->driver->gnss(source->refclock_driver_state), rows);
	}
}

const struct report report_gnss = {
	.name = "gnss",
	.summary = "What satellite receivers on serial ports say of themselves",
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.collect = collect,
};

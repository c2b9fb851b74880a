/* report/radio: what the time stations' receivers hear. SPDX-License-Identifier: MIT */
#include <math.h>

#include "radio/station.h"
#include "radio/verdict.h"
#include "refclock/radio_clock.h"
#include "report/report_list.h"

#define VERDICT_SIZE 160

struct radio_row {
	const char *name, *driver, *device;
	bool is_locked;
	int64_t second;
	char bits[RADIO_FRAME_SECONDS_MAX + 1];
	double presence, beat;
	const char *polarity;
	double last_edge_age_s;
	const char *verdict, *reason;
	char verdict_text[VERDICT_SIZE];
	char last_bits[RADIO_FRAME_SECONDS_MAX + 1];
	struct utc_time time;
	double uncertainty_s, edge_sd_s, rate_ppm;
	double dut1_s;
	const char *summer_time;
	int64_t leap_change;
	uint64_t good_count, repaired_count, refused_count;
	uint64_t edges_count, lost_count;
};

static const struct report_field fields[] = {
	REPORT_FIELD(struct radio_row, name, "reference id of the clock"),
	REPORT_FIELD(struct radio_row, driver, "the station"),
	REPORT_FIELD(struct radio_row, device, "the line, or the file of edges"),
	REPORT_FIELD(struct radio_row, is_locked,
	             "the time is known and was confirmed within the last hour"),
	REPORT_FIELD(struct radio_row, second, "of the running minute, once that is known"),
	REPORT_FIELD(struct radio_row, bits,
	             "of the running minute: 0, 1 (MSF: A + 2 x B), # marker"),
	REPORT_FIELD(struct radio_row, presence,
	             "0 to 1: how much the last minute's seconds look like the station"),
	REPORT_FIELD(struct radio_row, beat,
	             "0 to 1: share of the pulses that begin on the second"),
	REPORT_FIELD(struct radio_row, polarity, "normal: high is full carrier; or inverted"),
	REPORT_FIELD(struct radio_row, last_edge_age_s, "since the signal last changed"),
	REPORT_FIELD(struct radio_row, verdict, "good, repaired or refused: the last minute"),
	REPORT_FIELD(struct radio_row, reason, "why it was refused, in a word"),
	REPORT_FIELD(struct radio_row, verdict_text, "the same in a sentence"),
	REPORT_FIELD(struct radio_row, last_bits, "of that minute"),
	REPORT_FIELD(struct radio_row, time, "the minute that began at its end, if not refused"),
	REPORT_FIELD(struct radio_row, uncertainty_s, "standard deviation of when that was"),
	REPORT_FIELD(struct radio_row, edge_sd_s, "by which its pulses' beginnings scatter"),
	REPORT_FIELD(struct radio_row, rate_ppm, "by which the uncorrected clock gains on it"),
	REPORT_FIELD(struct radio_row, dut1_s, "UT1 minus UTC, if the station says"),
	REPORT_FIELD(struct radio_row, summer_time, "yes, no, or not known"),
	REPORT_FIELD(struct radio_row, leap_change, "+1 or -1: a leap second is announced"),
	REPORT_FIELD(struct radio_row, good_count, "minutes"),
	REPORT_FIELD(struct radio_row, repaired_count, "minutes with wrong symbols, yet sure"),
	REPORT_FIELD(struct radio_row, refused_count, "minutes that became no sample"),
	REPORT_FIELD(struct radio_row, edges_count, "changes of the signal since the start"),
	REPORT_FIELD(struct radio_row, lost_count, "changes that the device had no room for"),
};

static void spell(const uint8_t *symbols, size_t count, char *bits)
{
	size_t i;

	for (i = 0; i < count && i < RADIO_FRAME_SECONDS_MAX; i++)
		bits[i] = radio_symbol_letter(symbols[i], 1, 1);
	bits[i] = '\0';
}

static const char *answer_word(enum radio_answer answer)
{
	return answer == RADIO_YES ? "yes" : answer == RADIO_NO ? "no" : NULL;
}

static void add_time(const struct radio_minute *minute, struct radio_row *row)
{
	row->time = minute->utc;
	row->uncertainty_s = minute->uncertainty_ns * 1e-9;
	row->rate_ppm = minute->rate_ppm;
	row->summer_time = answer_word(minute->summer_time);
	if (minute->leap_pending != RADIO_UNKNOWN)
		row->leap_change = minute->leap;
	if (minute->has_dut1)
		row->dut1_s = minute->dut1_tenths / 10.0;
}

static void add_minute(const struct radio_station *station, const struct radio_minute *minute,
                       struct radio_row *row)
{
	static const char *const verdicts[] = { "refused", "repaired", "good" };
	struct text out = text_into(row->verdict_text, sizeof row->verdict_text);

	radio_verdict_text(station, minute, &out);
	row->verdict = verdicts[minute->verdict];
	row->polarity = minute->is_inverted ? "inverted" : "normal";
	if (minute->is_aligned)
		spell(minute->symbols, minute->length_s, row->last_bits);
	if (minute->edge_sd_ms > 0)
		row->edge_sd_s = (double)minute->edge_sd_ms * 1e-3;
	if (minute->verdict == RADIO_REFUSED)
		row->reason = radio_reason_name(minute->reason);
	else
		add_time(minute, row);
}

static void add(const struct report_subject *subject, const struct node_source_status *source,
                const struct radio_clock *clock, struct report_rows *rows)
{
	const struct radio_status status = radio_receiver_status(clock->receiver);
	const int64_t age_ns = subject->status.now.local.ns - clock->last_edge.ns;
	struct radio_row row = {
		.name = source->name,
		.driver = source->refclock.options->driver->name,
		.device = source->refclock.options->device.path,
		.is_locked = status.is_locked,
		.second = status.is_aligned && status.second >= 0 ? status.second : INT64_MAX,
		.presence = (double)status.presence,
		.beat = (double)status.beat,
		.last_edge_age_s = clock->has_edge ? (double)age_ns / NS_PER_S : NAN,
		.uncertainty_s = NAN,
		.edge_sd_s = NAN,
		.rate_ppm = NAN,
		.dut1_s = NAN,
		.leap_change = INT64_MAX,
		.good_count = status.good_count,
		.repaired_count = status.repaired_count,
		.refused_count = status.refused_count,
		.edges_count = clock->edges_count,
		.lost_count = clock->lost_count,
	};

	if (status.is_aligned && status.second > 0)
		spell(status.symbols, (size_t)status.second, row.bits);
	if (status.has_minute)
		add_minute(status.station, &status.minute, &row);
	report_rows_add(rows, &row);
}

static void collect(const struct report_subject *subject, struct report_rows *rows)
{
	for (size_t i = 0; i < subject->sources_count; i++) {
		const struct node_source_status *source = &subject->sources[i];
		const struct radio_clock *clock;

		if (!source->is_refclock || !source->refclock.options->driver->radio ||
		    !source->refclock_driver_state)
			continue;
		clock = source->refclock.options->driver->radio(source->refclock_driver_state);
		if (clock->receiver) /* no memory for it, else */
			add(subject, source, clock, rows);
	}
}

const struct report report_radio = {
	.name = "radio",
	.summary = "What the receivers of time stations hear: bits, signal, last verdict",
	.fields = fields,
	.field_count = ARRAY_COUNT(fields),
	.collect = collect,
};

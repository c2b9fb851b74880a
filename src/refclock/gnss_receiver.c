/* SPDX-License-Identifier: MIT */
#include "refclock/gnss_receiver.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "timescale/gps_time.h"

#define AT(member_) CONFIG_AT(struct refclock_device, member_)

/* What other messages said of the fix stands for so long. */
#define FIX_NS (5 * NS_PER_S)
/* An epoch's messages come within less than this; later the same time of day is not the same. */
#define EPOCH_NS (10 * NS_PER_S)
/* After a jump by whole seconds the receiver is believed again once it has run on for so long. */
#define HELD_NS         (15 * NS_PER_S)
#define ACCURACY_NS_MAX 1000000
#define LEAP_SHOWN_S    86400 /* RFC 5905: in the last day of the month. We: the last 24 hours */

const struct config_option gnss_receiver_options[] = {
	{ .name = "baud",
	  AT(baud),
	  .maximum = 4000000,
	  .normal_note = "as the port is set",
	  .unit = "bit/s",
	  .text = "Speed of the serial line. Another one than the receiver's gives no time at all; "
	          "`timeball diag gps` finds it. Faster lines end the receiver's burst sooner." },
	{ .name = "nochecksum",
	  AT(is_unchecked_taken),
	  .text = "Believes sentences that have no checksum, as some old clocks send them; a flipped "
	          "bit is then a wrong time." },
	{ .name = NULL },
};

void gnss_receiver_init(struct gnss_receiver *receiver, const struct refclock_device *device,
                        bool is_ubx, struct utc_time floor)
{
	memset(receiver, 0, sizeof *receiver);
	receiver->is_ubx = is_ubx;
	receiver->is_unchecked_taken = device->is_unchecked_taken;
	receiver->floor = floor;
	receiver->fix_at.ns = receiver->other_at.ns = INT64_MIN;
	receiver->jumped_to.ns = INT64_MIN;
	gnss_stream_init(&receiver->stream, device->baud);
}

static bool is_recent(struct local_time then, struct local_time now, int64_t within_ns)
{
	return then.ns != INT64_MIN && llabs(now.ns - then.ns) < within_ns;
}

/* ---- epochs ---- */

/* One of the messages that name the epoch `key`, whole or not, began to arrive. */
static void on_epoch(struct gnss_receiver *receiver, int64_t key, struct local_time began)
{
	struct gnss_receiver_epoch *epoch = &receiver->epoch;

	if (epoch->is_there && epoch->key == key && is_recent(epoch->began, began, EPOCH_NS))
		return;
	*epoch = (struct gnss_receiver_epoch){ .is_there = true, .key = key, .began = began };
}

/* The receiver's own steps are looked at, and our clock only if they are odd: an epoch may be lost
 * on the line, and our clock may be stepped. */
static void watch_jumps(struct gnss_receiver *receiver, struct utc_time time, struct local_time at)
{
	const int64_t step_ns = time.ns - receiver->previous.ns;
	const int64_t jump_ns = step_ns - (at.ns - receiver->previous_at.ns);
	const bool is_odd = step_ns <= 0 || step_ns != receiver->interval_ns;

	if (receiver->previous.ns != 0 && is_odd && llabs(jump_ns) > NS_PER_S / 2) {
		receiver->status.jump_ns = jump_ns;
		receiver->jumped_to = time;
	}
	if (receiver->previous.ns != 0 && step_ns > 0)
		receiver->interval_ns = step_ns;
	receiver->previous = time;
	receiver->previous_at = at;
}

static bool has_just_jumped(const struct gnss_receiver *receiver, struct utc_time time)
{
	return receiver->jumped_to.ns != INT64_MIN && time.ns - receiver->jumped_to.ns < HELD_NS;
}

static enum leap leap_of(const struct gnss_status *status, struct utc_time time)
{
	const int64_t until_ns = status->leap_at.ns - time.ns;

	if (!status->has_leap_count)
		return LEAP_UNSYNCHRONISED;
	if (status->leap_change == 0 || until_ns <= 0 || until_ns > LEAP_SHOWN_S * NS_PER_S)
		return LEAP_NONE;
	return status->leap_change > 0 ? LEAP_INSERT : LEAP_DELETE;
}

static void take(struct gnss_receiver *receiver, struct utc_time shown,
                 struct refclock_samples *out)
{
	struct gnss_status *status = &receiver->status;
	struct refclock_sample *sample;

	status->time = receiver->floor.ns > 0 ? gps_time_in_era(shown, receiver->floor) : shown;
	status->eras_count = (int)((status->time.ns - shown.ns) / GPS_TIME_ERA_NS);
	watch_jumps(receiver, status->time, receiver->epoch.began);
	if (has_just_jumped(receiver, status->time)) {
		status->verdict = GNSS_JUMPED;
		return;
	}
	status->verdict = GNSS_TAKEN;
	sample = refclock_samples_add_time(out, receiver->epoch.began, status->time);
	if (sample)
		sample->leap = leap_of(status, status->time);
	if (status->has_leap_count)
		out->tai_offset_s = (int16_t)(status->gps_utc_s + GPS_TIME_TAI_OFFSET_S);
}

/* A time that the receiver said, and what is held against it. One sample an epoch. */
static void on_time(struct gnss_receiver *receiver, enum gnss_verdict verdict,
                    struct utc_time shown, struct refclock_samples *out)
{
	struct gnss_status *status = &receiver->status;

	if (receiver->epoch.is_sampled)
		return;
	status->verdict = verdict;
	if (verdict == GNSS_TAKEN) {
		receiver->epoch.is_sampled = true;
		take(receiver, shown, out);
	}
	status->verdict_count[status->verdict]++;
	if (status->verdict != GNSS_TAKEN)
		refclock_samples_refuse(out, gnss_status_verdict_phrase(status->verdict));
}

static void on_date_and_time(struct gnss_receiver *receiver, enum gnss_verdict verdict,
                             const struct gnss_time *time, struct refclock_samples *out)
{
	struct utc_time shown = { 0 };

	if (verdict == GNSS_TAKEN && gps_time_utc(time, &shown) != 0)
		verdict = time->second == 60 ? GNSS_LEAP_SECOND : GNSS_NO_DATE;
	on_time(receiver, verdict, shown, out);
}

static enum gnss_verdict verdict_of_fix(const struct gnss_receiver *receiver, struct local_time now)
{
	if (!is_recent(receiver->fix_at, now, FIX_NS))
		return GNSS_TAKEN; /* a receiver that is set to tell the time and nothing else */
	switch (receiver->status.fix) {
	case GNSS_FIX_NONE:
		return GNSS_NO_FIX;
	case GNSS_FIX_ESTIMATED:
		return GNSS_ESTIMATED;
	case GNSS_FIX_SIMULATED:
		return GNSS_SIMULATED;
	default:
		return GNSS_TAKEN;
	}
}

static void set_fix(struct gnss_receiver *receiver, enum gnss_fix fix, struct local_time now)
{
	const bool was_finer = receiver->status.fix > GNSS_FIX_GOOD;

	receiver->fix_at = now;
	if (fix != GNSS_FIX_GOOD || !was_finer)
		receiver->status.fix = fix;
}

static void refuse_other_kind(struct gnss_receiver *receiver, struct local_time now,
                              const char *why, struct refclock_samples *out)
{
	if (!receiver->epoch.is_there && !is_recent(receiver->other_at, now, NS_PER_S / 2)) {
		refclock_samples_refuse(out, why);
		receiver->other_at = now;
	}
}

/* ---- NMEA ---- */

static void keep_sentence(struct gnss_status *status, const struct gnss_frame *frame)
{
	struct text text = text_into(status->last_sentence, sizeof status->last_sentence);

	text_add_bytes(&text, (const char *)frame->bytes, frame->length_bytes);
}

static void count_seen(struct gnss_receiver *receiver, const struct nmea_sentence *sentence)
{
	size_t i = 0;

	receiver->status.has_seen = true;
	while (i < ARRAY_COUNT(receiver->seen) - 1 && receiver->seen[i].talker[0] &&
	       strcmp(receiver->seen[i].talker, sentence->talker) != 0)
		i++;
	memcpy(receiver->seen[i].talker, sentence->talker, sizeof sentence->talker);
	receiver->seen[i].count = sentence->seen_count;
	receiver->status.seen_count = 0;
	for (i = 0; i < ARRAY_COUNT(receiver->seen); i++)
		receiver->status.seen_count += receiver->seen[i].count;
}

static void note_satellites(struct gnss_receiver *receiver, const struct nmea_sentence *sentence)
{
	if (sentence->has_used && sentence->kind != NMEA_GSA) { /* GSA: only of one system */
		receiver->status.has_used = true;
		receiver->status.used_count = sentence->used_count;
	}
	if (sentence->has_seen)
		count_seen(receiver, sentence);
}

static void note_antenna(struct gnss_status *status, const struct nmea_sentence *sentence)
{
	static const enum gnss_antenna antennas[] = {
		[NMEA_ANTENNA_UNSAID] = GNSS_ANTENNA_UNSAID,
		[NMEA_ANTENNA_OK] = GNSS_ANTENNA_OK,
		[NMEA_ANTENNA_SHORT] = GNSS_ANTENNA_SHORT,
		[NMEA_ANTENNA_OPEN] = GNSS_ANTENNA_OPEN,
		[NMEA_ANTENNA_INTERNAL] = GNSS_ANTENNA_INTERNAL,
	};

	if (sentence->antenna != NMEA_ANTENNA_UNSAID)
		status->antenna = antennas[sentence->antenna];
}

static void note_fix(struct gnss_receiver *receiver, const struct nmea_sentence *sentence,
                     struct local_time now)
{
	static const enum gnss_fix fixes[] = {
		[NMEA_FIX_NONE] = GNSS_FIX_NONE,
		[NMEA_FIX_ESTIMATED] = GNSS_FIX_ESTIMATED,
		[NMEA_FIX_SIMULATED] = GNSS_FIX_SIMULATED,
		[NMEA_FIX_GOOD] = GNSS_FIX_GOOD,
	};

	const enum gnss_fix known = receiver->status.fix;

	/* GSA tells of one system only: it refines what the others say. */
	if (sentence->kind == NMEA_GSA && sentence->fix == NMEA_FIX_GOOD &&
	    (known == GNSS_FIX_UNSAID || known >= GNSS_FIX_GOOD))
		set_fix(receiver, sentence->dimensions == 3 ? GNSS_FIX_3D : GNSS_FIX_2D, now);
	else if (sentence->fix != NMEA_FIX_UNSAID && sentence->kind != NMEA_GSA)
		set_fix(receiver, fixes[sentence->fix], now);
}

static void on_nmea_time(struct gnss_receiver *receiver, const struct nmea_sentence *sentence,
                         bool is_checked, struct local_time began, struct refclock_samples *out)
{
	const struct gnss_time *time = &sentence->time;
	const int64_t second_s = time->hour * 3600 + time->minute * 60 + time->second;
	enum gnss_verdict verdict = GNSS_TAKEN;

	if (!sentence->has_time)
		verdict = GNSS_NO_TIME_YET;
	else
		on_epoch(receiver, second_s * NS_PER_S + time->nanosecond, began);
	if (sentence->kind != NMEA_RMC && sentence->kind != NMEA_ZDA)
		return; /* no date */
	if (verdict == GNSS_TAKEN)
		verdict = verdict_of_fix(receiver, began);
	if (verdict == GNSS_TAKEN && time->year == 0)
		verdict = GNSS_NO_DATE;
	if (verdict == GNSS_TAKEN && receiver->status.is_leap_unknown)
		verdict = GNSS_LEAP_UNKNOWN;
	if (verdict == GNSS_TAKEN && !is_checked && !receiver->is_unchecked_taken)
		verdict = GNSS_UNCHECKED;
	on_date_and_time(receiver, verdict, time, out);
}

static bool count_sentence(struct gnss_status *status, enum nmea_verdict verdict)
{
	switch (verdict) {
	case NMEA_GOOD:
		status->sentences_count++;
		return true;
	case NMEA_UNREAD:
		status->sentences_count++;
		return false;
	case NMEA_NO_CHECKSUM:
		status->unchecked_count++;
		return true;
	case NMEA_BAD_CHECKSUM:
		status->bad_checksums_count++;
		return false;
	case NMEA_MALFORMED:
	case NMEA_BAD_FIELD:
		status->bad_fields_count++;
		return false;
	}
	return false;
}

static void on_sentence(struct gnss_receiver *receiver, const struct gnss_frame *frame,
                        struct refclock_samples *out)
{
	struct nmea_sentence sentence;
	const enum nmea_verdict verdict =
		nmea_sentence_decode(frame->bytes, frame->length_bytes, &sentence);
	const bool is_checked = verdict == NMEA_GOOD;

	keep_sentence(&receiver->status, frame);
	if (verdict == NMEA_BAD_CHECKSUM || verdict == NMEA_BAD_FIELD)
		refclock_samples_refuse(out, verdict == NMEA_BAD_FIELD
		                                     ? "a sentence with a date or time that is none"
		                                     : "a sentence with a wrong checksum");
	if (!count_sentence(&receiver->status, verdict))
		return;
	if (is_checked || receiver->is_unchecked_taken) {
		note_fix(receiver, &sentence, frame->began);
		note_satellites(receiver, &sentence);
		note_antenna(&receiver->status, &sentence);
	}
	if (sentence.kind == NMEA_GSA || sentence.kind == NMEA_GSV || sentence.kind == NMEA_TXT ||
	    sentence.kind == NMEA_ANTENNA)
		return;
	if (receiver->is_ubx)
		refuse_other_kind(receiver, frame->began,
		                  "NMEA sentences, no UBX messages with the time: "
		                  "use the driver NMEA",
		                  out);
	else
		on_nmea_time(receiver, &sentence, is_checked, frame->began, out);
}

/* ---- UBX ---- */

static void note_leap_count(struct gnss_status *status, bool has_count, int gps_utc_s)
{
	status->has_leap_count = has_count;
	status->is_leap_unknown = !has_count;
	status->gps_utc_s = gps_utc_s;
}

static void on_ubx_leap(struct gnss_status *status, const struct ubx_leap *leap)
{
	note_leap_count(status, leap->has_count, leap->gps_utc_s);
	status->leap_change = leap->has_event && leap->until_event_s > 0 ? leap->change : 0;
	status->leap_at.ns = status->time.ns + leap->until_event_s * NS_PER_S;
}

static void note_solution(struct gnss_receiver *receiver, enum ubx_fix fix, bool is_good,
                          unsigned used_count, struct local_time now)
{
	static const enum gnss_fix fixes[] = {
		[UBX_FIX_NONE] = GNSS_FIX_NONE,   [UBX_FIX_DEAD_RECKONING] = GNSS_FIX_ESTIMATED,
		[UBX_FIX_2D] = GNSS_FIX_2D,       [UBX_FIX_3D] = GNSS_FIX_3D,
		[UBX_FIX_COMBINED] = GNSS_FIX_3D, [UBX_FIX_TIME_ONLY] = GNSS_FIX_TIME_ONLY,
	};

	set_fix(receiver, is_good || fix == UBX_FIX_DEAD_RECKONING ? fixes[fix] : GNSS_FIX_NONE,
	        now);
	receiver->status.has_used = true;
	receiver->status.used_count = used_count;
}

static void on_ubx_utc(struct gnss_receiver *receiver, const struct ubx_frame *frame,
                       struct local_time began, struct refclock_samples *out)
{
	const struct ubx_utc *utc = &frame->utc;
	struct gnss_status *status = &receiver->status;
	enum gnss_verdict verdict = GNSS_TAKEN;

	if (utc->has_fix)
		note_solution(receiver, utc->fix, utc->is_fix_good, utc->used_count, began);
	/* Only NAV-TIMEUTC knows it; NAV-PVT may be fully resolved and still count on the
	   firmware's table. */
	if (frame->message == UBX_NAV_TIMEUTC && (utc->has_time || utc->is_leap_unknown))
		status->is_leap_unknown = utc->is_leap_unknown;
	status->accuracy_ns = utc->accuracy_ns;
	if (!receiver->is_ubx)
		return;
	on_epoch(receiver, utc->tow_ms, began);
	if (utc->is_leap_unknown || (utc->has_time && status->is_leap_unknown))
		verdict = GNSS_LEAP_UNKNOWN;
	else if (!utc->has_time)
		verdict = GNSS_NO_TIME_YET;
	else if (utc->accuracy_ns > ACCURACY_NS_MAX)
		verdict = GNSS_INACCURATE;
	else
		verdict = verdict_of_fix(receiver, began);
	on_date_and_time(receiver, verdict, &utc->time, out);
}

static void on_ubx_gps(struct gnss_receiver *receiver, const struct ubx_gps *gps,
                       struct local_time began, struct refclock_samples *out)
{
	struct utc_time shown = gps_time_of_full_week(gps->week, gps->tow_ms, gps->gps_utc_s);
	enum gnss_verdict verdict = GNSS_TAKEN;

	note_leap_count(&receiver->status, gps->has_leap, gps->gps_utc_s);
	if (!receiver->is_ubx)
		return;
	on_epoch(receiver, gps->tow_ms, began);
	shown.ns += gps->nanosecond;
	if (!gps->has_time)
		verdict = GNSS_NO_TIME_YET;
	else if (!gps->has_leap)
		verdict = GNSS_LEAP_UNKNOWN;
	else if (gps->accuracy_ns > ACCURACY_NS_MAX)
		verdict = GNSS_INACCURATE;
	else
		verdict = verdict_of_fix(receiver, began);
	on_time(receiver, verdict, shown, out);
}

static void on_pulse_error(struct gnss_receiver *receiver, const struct ubx_pulse *pulse,
                           struct refclock_samples *out)
{
	struct gnss_status *status = &receiver->status;
	struct utc_time at;

	status->has_pulse_error = pulse->has_error;
	if (!pulse->has_error || status->time.ns == 0 || !(pulse->is_utc || status->has_leap_count))
		return;
	at = gps_time_of_week(pulse->week, pulse->tow_ms,
	                      (int16_t)(pulse->is_utc ? 0 : status->gps_utc_s), status->time);
	at.ns += (int64_t)(pulse->tow_submilli_q32_ms * 1000000ull >> 32);
	/* Added to a stamp it gives the true second (measured by A. Wallin on an F9T in 2019): a
	   positive one says that the pulse is early. */
	status->pulse_error_s = -pulse->error_ps * 1e-12;
	out->has_pulse_error = true;
	out->pulse = at;
	out->pulse_error_s = status->pulse_error_s;
}

static void note_hardware(struct gnss_status *status, enum ubx_antenna antenna)
{
	static const enum gnss_antenna antennas[] = {
		[UBX_ANTENNA_INIT] = GNSS_ANTENNA_UNSAID,
		[UBX_ANTENNA_UNKNOWN] = GNSS_ANTENNA_UNSAID,
		[UBX_ANTENNA_OK] = GNSS_ANTENNA_OK,
		[UBX_ANTENNA_SHORT] = GNSS_ANTENNA_SHORT,
		[UBX_ANTENNA_OPEN] = GNSS_ANTENNA_OPEN,
	};

	status->antenna = antennas[antenna];
}

static void on_ubx(struct gnss_receiver *receiver, const struct gnss_frame *bytes,
                   struct refclock_samples *out)
{
	struct gnss_status *status = &receiver->status;
	struct ubx_frame frame;
	const enum ubx_verdict verdict =
		ubx_frame_decode(bytes->bytes, bytes->length_bytes, &frame);

	status->ubx_count++;
	status->bad_fields_count += verdict == UBX_TOO_SHORT || verdict == UBX_BAD_FIELD;
	if (verdict != UBX_GOOD)
		return;
	switch (frame.message) {
	case UBX_NAV_TIMEUTC:
	case UBX_NAV_PVT:
		if (!receiver->is_ubx)
			refuse_other_kind(receiver, bytes->began,
			                  "UBX messages, no NMEA sentences with the time: "
			                  "use the driver UBX",
			                  out);
		on_ubx_utc(receiver, &frame, bytes->began, out);
		break;
	case UBX_NAV_SOL:
		note_solution(receiver, frame.solution.fix, frame.solution.is_fix_good,
		              frame.solution.used_count, bytes->began);
		if (receiver->is_ubx)
			on_epoch(receiver, frame.solution.tow_ms, bytes->began);
		break;
	case UBX_NAV_TIMEGPS:
		on_ubx_gps(receiver, &frame.gps, bytes->began, out);
		break;
	case UBX_NAV_TIMELS:
		on_ubx_leap(status, &frame.leap);
		break;
	case UBX_NAV_SVINFO:
	case UBX_NAV_SAT:
		status->has_used = status->has_seen = true;
		status->used_count = frame.satellites.used_count;
		status->seen_count = frame.satellites.seen_count;
		break;
	case UBX_MON_HW:
	case UBX_MON_RF:
		note_hardware(status, frame.hardware.antenna);
		break;
	case UBX_TIM_TP:
		on_pulse_error(receiver, &frame.pulse, out);
		break;
	case UBX_OTHER:
		break;
	}
}

void gnss_receiver_on_serial(struct gnss_receiver *receiver, const struct refclock_serial *serial,
                             struct refclock_samples *out)
{
	const struct gnss_chunk chunk = { serial->bytes, serial->length_bytes, serial->received };
	struct gnss_status *status = &receiver->status;
	const uint64_t bad_before = receiver->stream.bad_ubx_count;
	struct gnss_frame frame;
	size_t used = 0;

	while (gnss_stream_take(&receiver->stream, &chunk, &used, &frame)) {
		status->has_frame = true;
		status->last_frame = serial->received;
		if (frame.kind == GNSS_FRAME_NMEA)
			on_sentence(receiver, &frame, out);
		else
			on_ubx(receiver, &frame, out);
	}
	status->bytes_count = receiver->stream.bytes_count;
	status->stray_bytes_count = receiver->stream.stray_count;
	status->bad_checksums_count += receiver->stream.bad_ubx_count - bad_before;
}

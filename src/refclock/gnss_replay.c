/* SPDX-License-Identifier: MIT */
#include "refclock/gnss_replay.h"

#include <string.h>

#define PIECE_MAX 2048 /* bytes */
#define DAY_NS    (86400 * NS_PER_S)
#define BYTE_NS   (NS_PER_MS / 1000)

void gnss_replay_init(struct gnss_replay *replay, const uint8_t *bytes, size_t length_bytes,
                      struct local_time start)
{
	memset(replay, 0, sizeof *replay);
	replay->bytes = bytes;
	replay->length_bytes = length_bytes;
	replay->day_ns = -1;
	replay->now = start;
	gnss_stream_init(&replay->scan, 0);
}

/* The time of day that a frame names; -1 = none. UBX: of GPS. */
static int64_t day_ns_of(const struct gnss_frame *frame)
{
	struct nmea_sentence sentence;
	struct ubx_frame ubx;

	if (frame->kind == GNSS_FRAME_NMEA) {
		const enum nmea_verdict verdict =
			nmea_sentence_decode(frame->bytes, frame->length_bytes, &sentence);
		const struct gnss_time *time = &sentence.time;

		if ((verdict != NMEA_GOOD && verdict != NMEA_NO_CHECKSUM) || !sentence.has_time)
			return -1;
		return (time->hour * 3600 + time->minute * 60 + time->second) * NS_PER_S +
		       time->nanosecond;
	}
	if (ubx_frame_decode(frame->bytes, frame->length_bytes, &ubx) != UBX_GOOD)
		return -1;
	switch (ubx.message) {
	case UBX_NAV_TIMEUTC:
	case UBX_NAV_PVT:
		return ubx.utc.tow_ms * NS_PER_MS % DAY_NS;
	case UBX_NAV_TIMEGPS:
		return ubx.gps.tow_ms * NS_PER_MS % DAY_NS;
	case UBX_NAV_SOL:
		return ubx.solution.tow_ms * NS_PER_MS % DAY_NS;
	default:
		return -1;
	}
}

static void advance(struct gnss_replay *replay, int64_t day_ns)
{
	const int64_t passed_ns =
		replay->day_ns < 0 ? 0 : (day_ns - replay->day_ns + DAY_NS) % DAY_NS;

	if (passed_ns < DAY_NS / 2)
		replay->now.ns += passed_ns;
	replay->day_ns = day_ns;
}

/* Bytes up to the end of the next frame; the clock is then where it names. */
static size_t look_ahead(struct gnss_replay *replay)
{
	const size_t left = replay->length_bytes - replay->used_bytes;
	struct gnss_frame frame;
	size_t length = 0;
	int64_t day_ns;

	while (length < left && length < PIECE_MAX) {
		const struct gnss_chunk byte = { replay->bytes + replay->used_bytes + length, 1,
			                         replay->now };
		size_t used = 0;

		length++;
		if (!gnss_stream_take(&replay->scan, &byte, &used, &frame))
			continue;
		day_ns = day_ns_of(&frame);
		if (day_ns >= 0 && (replay->day_ns < 0 || replay->kind == frame.kind)) {
			replay->kind = frame.kind;
			advance(replay, day_ns);
		}
		break;
	}
	return length;
}

bool gnss_replay_step(struct gnss_replay *replay, struct gnss_receiver *receiver,
                      struct refclock_samples *samples_out)
{
	const size_t length = look_ahead(replay);

	memset(samples_out, 0, sizeof *samples_out);
	if (length == 0)
		return false;
	replay->now.ns += BYTE_NS; /* nothing arrives at once */
	gnss_receiver_on_serial(receiver,
	                        &(struct refclock_serial){ replay->bytes + replay->used_bytes,
	                                                   length, replay->now },
	                        samples_out);
	replay->used_bytes += length;
	return true;
}

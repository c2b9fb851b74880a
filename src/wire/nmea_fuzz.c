/* wire/nmea_fuzz: a receiver's text of any bytes, through the stream. SPDX-License-Identifier: MIT
 *
 * Frames lie within what came; cut into other chunks the same bytes give the same frames; what is
 * said to be good exists in the calendar. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "wire/gnss_stream.h"
#include "wire/nmea_sentence.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static uint64_t look(const struct gnss_frame *frame)
{
	struct nmea_sentence sentence;
	uint64_t hash = frame->length_bytes;

	assert(frame->length_bytes > 0 && frame->length_bytes <= GNSS_STREAM_SIZE);
	if (frame->kind != GNSS_FRAME_NMEA)
		return hash;
	assert(frame->length_bytes <= GNSS_STREAM_SENTENCE_MAX);
	switch (nmea_sentence_decode(frame->bytes, frame->length_bytes, &sentence)) {
	case NMEA_GOOD:
	case NMEA_NO_CHECKSUM:
		assert(gnss_time_exists(&sentence.time));
		assert(!sentence.is_year_two_digits ||
		       (sentence.time.year >= 1980 && sentence.time.year < 2080));
		assert(sentence.time.nanosecond >= 0);
		assert(strlen(sentence.text) < sizeof sentence.text);
		return hash * 31 + sentence.time.second;
	default:
		return hash;
	}
}

static uint64_t run(struct gnss_stream *stream, const uint8_t *bytes, size_t length,
                    size_t chunk_bytes)
{
	struct gnss_frame frame;
	uint64_t hash = 0;

	gnss_stream_init(stream, 9600);
	for (size_t at = 0; at < length; at += chunk_bytes) {
		const size_t left = length - at;
		const struct gnss_chunk chunk = { bytes + at,
			                          left < chunk_bytes ? left : chunk_bytes,
			                          { (int64_t)at } };
		size_t used = 0;

		while (gnss_stream_take(stream, &chunk, &used, &frame))
			hash = hash * 1000003 + look(&frame);
		assert(used == chunk.length_bytes);
	}
	assert(stream->bytes_count == length && stream->stray_count <= length);
	return hash * 1000003 + stream->stray_count + 7 * stream->held_bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct gnss_stream *stream = malloc(sizeof *stream);
	uint64_t whole;

	assert(stream);
	whole = run(stream, bytes, length, length > 0 ? length : 1);
	if (length <= 4096)
		assert(run(stream, bytes, length, 1) == whole);
	assert(run(stream, bytes, length, 37) == whole);
	free(stream);
	return 0;
}

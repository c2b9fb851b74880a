/* SPDX-License-Identifier: MIT */
#include "wire/gnss_stream.h"

#include <assert.h>
#include <string.h>

#include "wire/ubx_frame.h"

/* What the held bytes begin with. */
enum find { FIND_FRAME, FIND_NEEDS_MORE, FIND_BLANK, FIND_STRAY, FIND_BAD_UBX };

void gnss_stream_init(struct gnss_stream *stream, uint32_t baud)
{
	memset(stream, 0, sizeof *stream);
	stream->byte_ns = baud ? (uint32_t)(10 * NS_PER_S / baud) : 0;
	stream->previous.ns = INT64_MIN;
}

static const uint8_t *held(const struct gnss_stream *stream)
{
	return stream->bytes + stream->head;
}

/* A line that another message cuts into is given up: its end is not known. */
static enum find find_sentence(const struct gnss_stream *stream, size_t *length_out)
{
	for (size_t i = 1; i < stream->held_bytes; i++) {
		const uint8_t byte = held(stream)[i];

		if (byte == '\r' || byte == '\n') {
			*length_out = i;
			return FIND_FRAME;
		}
		if (byte < ' ' || byte > '~' || byte == '$' || i == GNSS_STREAM_SENTENCE_MAX)
			return FIND_STRAY;
	}
	return FIND_NEEDS_MORE;
}

static enum find find_ubx(const struct gnss_stream *stream, size_t *length_out)
{
	const uint8_t *const bytes = held(stream);
	size_t payload_bytes;

	if (stream->held_bytes > 1 && bytes[1] != UBX_SYNC_2)
		return FIND_STRAY;
	if (stream->held_bytes < UBX_HEADER_SIZE)
		return FIND_NEEDS_MORE;
	payload_bytes = (size_t)bytes[4] | (size_t)bytes[5] << 8;
	if (payload_bytes > GNSS_STREAM_PAYLOAD_MAX)
		return FIND_STRAY;
	*length_out = payload_bytes + UBX_HEADER_SIZE + UBX_CHECKSUM_SIZE;
	if (stream->held_bytes < *length_out)
		return FIND_NEEDS_MORE;
	return ubx_frame_is_sound(bytes, *length_out) ? FIND_FRAME : FIND_BAD_UBX;
}

static enum find find(const struct gnss_stream *stream, size_t *length_out)
{
	if (stream->held_bytes == 0)
		return FIND_NEEDS_MORE;
	switch (held(stream)[0]) {
	case '$':
		return find_sentence(stream, length_out);
	case UBX_SYNC_1:
		return find_ubx(stream, length_out);
	case '\r':
	case '\n':
		return FIND_BLANK;
	default:
		return FIND_STRAY;
	}
}

static bool may_begin(uint8_t byte)
{
	return byte == '$' || byte == UBX_SYNC_1;
}

/* Lets go the first `count` bytes, and what follows them up to where a frame may begin. */
static void drop(struct gnss_stream *stream, size_t count, bool is_stray)
{
	size_t end = count;

	while (is_stray && end < stream->held_bytes && !may_begin(held(stream)[end]))
		end++;
	for (size_t i = 0; is_stray && i < end; i++)
		stream->stray_count += held(stream)[i] != '\r' && held(stream)[i] != '\n';
	stream->head += end;
	stream->held_bytes -= end;
}

static void move_to_front(struct gnss_stream *stream)
{
	if (stream->head == 0)
		return;
	memmove(stream->bytes, held(stream), stream->held_bytes);
	memmove(stream->arrived_ns, stream->arrived_ns + stream->head,
	        stream->held_bytes * sizeof stream->arrived_ns[0]);
	stream->head = 0;
}

/* Bytes come one after another at the line's speed, and the last one with the read; but none before
 * the read that found nothing more. */
static int64_t arrival_ns(const struct gnss_stream *stream, const struct gnss_chunk *chunk,
                          size_t index)
{
	const int64_t at_ns =
		chunk->received.ns - (int64_t)(chunk->length_bytes - 1 - index) * stream->byte_ns;

	return at_ns > stream->previous.ns ? at_ns : stream->previous.ns;
}

static bool hold_more(struct gnss_stream *stream, const struct gnss_chunk *chunk,
                      size_t *used_bytes)
{
	size_t count = chunk->length_bytes - *used_bytes;

	if (count == 0)
		return false;
	move_to_front(stream);
	if (count > GNSS_STREAM_SIZE - stream->held_bytes)
		count = GNSS_STREAM_SIZE - stream->held_bytes;
	assert(count > 0);
	for (size_t i = 0; i < count; i++) {
		stream->bytes[stream->held_bytes + i] = chunk->bytes[*used_bytes + i];
		stream->arrived_ns[stream->held_bytes + i] =
			arrival_ns(stream, chunk, *used_bytes + i);
	}
	stream->held_bytes += count;
	stream->bytes_count += count;
	*used_bytes += count;
	return true;
}

bool gnss_stream_take(struct gnss_stream *stream, const struct gnss_chunk *chunk,
                      size_t *used_bytes, struct gnss_frame *frame_out)
{
	size_t length = 0;

	drop(stream, stream->taken_bytes, false);
	stream->taken_bytes = 0;
	for (;;) {
		switch (find(stream, &length)) {
		case FIND_FRAME:
			stream->taken_bytes = length;
			*frame_out = (struct gnss_frame){
				.kind = held(stream)[0] == '$' ? GNSS_FRAME_NMEA : GNSS_FRAME_UBX,
				.bytes = held(stream),
				.length_bytes = length,
				.began = { stream->arrived_ns[stream->head] },
			};
			return true;
		case FIND_NEEDS_MORE:
			if (!hold_more(stream, chunk, used_bytes)) {
				stream->previous = chunk->received;
				return false;
			}
			break;
		case FIND_BLANK:
			drop(stream, 1, false);
			break;
		case FIND_BAD_UBX:
			stream->bad_ubx_count++;
			drop(stream, 1, true);
			break;
		case FIND_STRAY:
			drop(stream, 1, true);
			break;
		}
	}
}

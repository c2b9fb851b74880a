/* wire/gnss_stream: cuts what a GNSS receiver sends into NMEA sentences and UBX frames.
 * SPDX-License-Identifier: MIT
 *
 * Both may be mixed, torn, and lie amid bytes of other protocols. Says where a frame begins and
 * ends and when its first byte arrived; UBX frames have passed their checksum (without it nothing
 * tells them from noise), sentences not yet: see wire/nmea_sentence. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"

#define GNSS_STREAM_SENTENCE_MAX 255  /* bytes; NMEA 0183 allows 82, proprietary ones go beyond */
#define GNSS_STREAM_PAYLOAD_MAX  1536 /* of a UBX frame; the longest that is read needs some 900 */
#define GNSS_STREAM_SIZE         (GNSS_STREAM_PAYLOAD_MAX + 8)

struct gnss_chunk {
	const uint8_t *bytes; /* borrowed for the call */
	size_t length_bytes;
	struct local_time received; /* of the last byte */
};

enum gnss_frame_kind { GNSS_FRAME_NMEA, GNSS_FRAME_UBX };

struct gnss_frame {
	enum gnss_frame_kind kind;
	const uint8_t *bytes; /* within the stream: until the next call. NMEA: without CR and LF */
	size_t length_bytes;
	struct local_time began; /* arrival of the first byte */
};

struct gnss_stream {
	uint32_t
		byte_ns; /* that a byte takes on the line; 0 = not known, arrivals are then reads */
	uint64_t bytes_count;
	uint64_t stray_count;   /* bytes that belong to no frame, line ends aside */
	uint64_t bad_ubx_count; /* looked like UBX, checksum wrong */

	struct local_time previous; /* when the chunk before was received */
	size_t head, held_bytes;    /* where what is held begins, and its length */
	size_t taken_bytes;         /* of the frame handed out last */
	uint8_t bytes[GNSS_STREAM_SIZE];
	int64_t arrived_ns[GNSS_STREAM_SIZE]; /* local_time of each */
};

/* baud 0: not known. Ten bits a byte. */
void gnss_stream_init(struct gnss_stream *stream, uint32_t baud);

/* The next frame, out of what is held and of the chunk from *used_bytes on, which is moved. False:
 * the chunk is used up. For each chunk start with *used_bytes = 0 and call until false. */
bool gnss_stream_take(struct gnss_stream *stream, const struct gnss_chunk *chunk,
                      size_t *used_bytes, struct gnss_frame *frame_out);

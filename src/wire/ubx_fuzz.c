/* wire/ubx_fuzz: a UBX frame of any payload. SPDX-License-Identifier: MIT
 *
 * The input is class, id and payload; head and checksum are made here, so that the decoders are
 * reached. What is said to be good exists in the calendar. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "wire/gnss_stream.h"
#include "wire/ubx_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_frame(const struct ubx_frame *frame)
{
	switch (frame->message) {
	case UBX_NAV_PVT:
	case UBX_NAV_TIMEUTC:
		assert(!(frame->utc.has_time && frame->utc.is_leap_unknown));
		assert(!frame->utc.has_time || gnss_time_exists(&frame->utc.time));
		break;
	case UBX_NAV_TIMELS:
		assert(frame->leap.change >= -1 && frame->leap.change <= 1);
		break;
	case UBX_NAV_SAT:
	case UBX_NAV_SVINFO:
		assert(frame->satellites.used_count <= frame->satellites.seen_count);
		break;
	default:
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const size_t payload = length < 2 ? 0 : length - 2;
	struct ubx_frame frame;
	uint8_t *made;
	uint8_t a = 0, b = 0;

	if (length < 2 || payload > GNSS_STREAM_PAYLOAD_MAX)
		return 0;
	made = malloc(payload + 8);
	assert(made);
	memcpy(made,
	       (uint8_t[]){ UBX_SYNC_1, UBX_SYNC_2, bytes[0], bytes[1], (uint8_t)payload,
	                    (uint8_t)(payload >> 8) },
	       UBX_HEADER_SIZE);
	memcpy(made + UBX_HEADER_SIZE, bytes + 2, payload);
	for (size_t i = 2; i < payload + UBX_HEADER_SIZE; i++) {
		a = (uint8_t)(a + made[i]);
		b = (uint8_t)(b + a);
	}
	made[payload + 6] = a;
	made[payload + 7] = b;
	assert(ubx_frame_is_sound(made, payload + 8));
	if (ubx_frame_decode(made, payload + 8, &frame) == UBX_GOOD)
		check_frame(&frame);
	free(made);
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include "wire/signing_message.h"

#include <errno.h>
#include <string.h>

#include "base/reader.h"
#include "base/writer.h"

#define LENGTH_SIZE 4
#define REPLY_HEAD  12 /* version, verdict, number */
#define VERSION     0

enum { SIGN_TO_CLIENT = 0, SIGNING_SUCCESS = 3, SIGNING_FAILURE = 4 };

void signing_message_ask(uint16_t number, const uint8_t key[SIGNING_KEY_SIZE],
                         const uint8_t packet[NTP_HEADER_SIZE],
                         uint8_t bytes_out[SIGNING_REQUEST_SIZE])
{
	struct writer out = writer_into(bytes_out, SIGNING_REQUEST_SIZE);

	writer_u32(&out, SIGNING_REQUEST_SIZE - LENGTH_SIZE);
	writer_u32(&out, VERSION);
	writer_u32(&out, SIGN_TO_CLIENT);
	writer_u16(&out, number);
	writer_u16(&out, 0);
	writer_bytes(&out, key, SIGNING_KEY_SIZE);
	writer_bytes(&out, packet, NTP_HEADER_SIZE);
}

static bool is_reply(uint32_t version, uint32_t verdict, uint32_t number, size_t packet_bytes)
{
	if (version != VERSION || number > UINT16_MAX)
		return false;
	return (verdict == SIGNING_SUCCESS && packet_bytes == SIGNING_PACKET_SIZE) ||
	       verdict == SIGNING_FAILURE;
}

int signing_message_read(const uint8_t *bytes, size_t length_bytes, struct signing_reply *reply_out)
{
	struct reader in = reader_over(bytes, length_bytes);
	uint32_t length, version, verdict, number;

	if (length_bytes < LENGTH_SIZE)
		return 0;
	length = reader_u32(&in);
	if (length < REPLY_HEAD || length > SIGNING_REPLY_SIZE - LENGTH_SIZE)
		return -EBADMSG;
	if (length > reader_left(&in))
		return 0;
	version = reader_u32(&in);
	verdict = reader_u32(&in);
	number = reader_u32(&in);
	if (!is_reply(version, verdict, number, length - REPLY_HEAD))
		return -EBADMSG;
	reply_out->is_signed = verdict == SIGNING_SUCCESS;
	reply_out->number = (uint16_t)number;
	if (reply_out->is_signed)
		memcpy(reply_out->packet, bytes + LENGTH_SIZE + REPLY_HEAD, SIGNING_PACKET_SIZE);
	return (int)(LENGTH_SIZE + length);
}

/* SPDX-License-Identifier: MIT */
#include "wire/signing_message.h"

#include <errno.h>
#include <string.h>

#include "testing/check.h"

static const uint8_t key[SIGNING_KEY_SIZE] = { 0x34, 0x12, 0, 0x80 };

/* What chronyd 4.3 was seen to send for account 0x1234: 64 bytes follow, version 0, "sign to
 * client", its number, and the key's number as the client wrote it. */
TEST(signing_message, asks_as_chronyd_does)
{
	static const uint8_t head[] = { 0, 0, 0, 64, 0, 0, 0,    0,    0, 0,
		                        0, 0, 0, 7,  0, 0, 0x34, 0x12, 0, 0x80 };
	uint8_t packet[NTP_HEADER_SIZE], bytes[SIGNING_REQUEST_SIZE];

	memset(packet, 0xa5, sizeof packet);
	signing_message_ask(7, key, packet, bytes);
	CHECK(memcmp(bytes, head, sizeof head) == 0);
	CHECK(memcmp(bytes + sizeof head, packet, sizeof packet) == 0);
}

static size_t reply_of(uint8_t verdict, uint8_t packet_bytes, uint8_t *bytes)
{
	const uint8_t head[16] = {
		[3] = (uint8_t)(12 + packet_bytes), [11] = verdict, [14] = 1, [15] = 2
	};

	memcpy(bytes, head, sizeof head);
	memset(bytes + sizeof head, 0x5a, packet_bytes);
	return sizeof head + packet_bytes;
}

TEST(signing_message, reads_a_signed_packet)
{
	uint8_t bytes[SIGNING_REPLY_SIZE];
	const size_t length = reply_of(3, SIGNING_PACKET_SIZE, bytes);
	struct signing_reply reply;

	CHECK_EQ(signing_message_read(bytes, length, &reply), SIGNING_REPLY_SIZE);
	CHECK(reply.is_signed);
	CHECK_EQ(reply.number, 0x102);
	CHECK(memcmp(reply.packet, bytes + 16, SIGNING_PACKET_SIZE) == 0);
}

TEST(signing_message, reads_a_refusal_with_or_without_a_packet)
{
	uint8_t bytes[SIGNING_REPLY_SIZE];
	struct signing_reply reply = { .is_signed = true };

	CHECK_EQ(signing_message_read(bytes, reply_of(4, 0, bytes), &reply), 16);
	CHECK(!reply.is_signed);
	CHECK_EQ(signing_message_read(bytes, reply_of(4, SIGNING_PACKET_SIZE, bytes), &reply),
	         SIGNING_REPLY_SIZE);
	CHECK(!reply.is_signed);
}

TEST(signing_message, waits_for_the_rest)
{
	uint8_t bytes[SIGNING_REPLY_SIZE];
	const size_t length = reply_of(3, SIGNING_PACKET_SIZE, bytes);
	struct signing_reply reply;

	for (size_t i = 0; i < length; i++)
		CHECK_EQ(signing_message_read(bytes, i, &reply), 0);
}

TEST(signing_message, refuses_what_is_no_reply)
{
	uint8_t bytes[SIGNING_REPLY_SIZE];
	struct signing_reply reply;

	CHECK_EQ(signing_message_read(bytes, reply_of(3, 48, bytes), &reply), -EBADMSG);
	CHECK_EQ(signing_message_read(bytes, reply_of(2, SIGNING_PACKET_SIZE, bytes), &reply),
	         -EBADMSG);
	reply_of(3, SIGNING_PACKET_SIZE, bytes);
	bytes[7] = 1; /* another version */
	CHECK_EQ(signing_message_read(bytes, sizeof bytes, &reply), -EBADMSG);
	reply_of(3, SIGNING_PACKET_SIZE, bytes);
	bytes[12] = 1; /* a number that no request has */
	CHECK_EQ(signing_message_read(bytes, sizeof bytes, &reply), -EBADMSG);
	reply_of(3, SIGNING_PACKET_SIZE, bytes);
	bytes[0] = 1; /* 16 MB */
	CHECK_EQ(signing_message_read(bytes, sizeof bytes, &reply), -EBADMSG);
	reply_of(4, 0, bytes);
	bytes[3] = 11; /* no room for its head */
	CHECK_EQ(signing_message_read(bytes, sizeof bytes, &reply), -EBADMSG);
}

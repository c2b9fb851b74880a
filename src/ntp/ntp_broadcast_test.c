/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_broadcast.h"
#include "testing/check.h"

TEST(ntp_broadcast, tells_the_time_in_mode_5)
{
	const struct ntp_broadcast_options options = {
		.interval_s = 100,
		.address = { .family = ADDRESS_IPV4, .bytes = { 192, 0, 2, 255 } },
		.port = 1123,
	};
	const struct ntp_server_time time = { .leap = LEAP_INSERT,
		                              .stratum = 2,
		                              .precision_log2_s = -20,
		                              .reference_id = 0xc0000209 };
	struct outbox out = { .count = 0 };
	const struct send_action *send = &out.actions[0].send;
	struct reader in;
	struct ntp_header header;

	ntp_broadcast_send(&options, &time, &out);
	CHECK_EQ(out.count, 1);
	CHECK_EQ(send->length_bytes, NTP_HEADER_SIZE);
	CHECK_EQ(send->transmit_at_byte, NTP_HEADER_TRANSMIT_AT);
	CHECK_EQ(send->remote.port, 1123);
	CHECK_EQ(send->remote.bytes[3], 255);
	CHECK_EQ(send->association, ASSOCIATION_SERVER);
	in = reader_over(send->bytes, send->length_bytes);
	CHECK_EQ(ntp_header_decode(&in, &header), 0);
	CHECK_EQ(header.mode, NTP_MODE_BROADCAST);
	CHECK_EQ(header.version, 4);
	CHECK_EQ(header.leap, LEAP_INSERT);
	CHECK_EQ(header.stratum, 2);
	CHECK_EQ(header.poll_log2_s, 6);
	CHECK(header.origin_ntp64 == 0);
	CHECK(header.receive_ntp64 == 0);
}

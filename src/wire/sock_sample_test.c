/* SPDX-License-Identifier: MIT */
#include "wire/sock_sample.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/instant.h"
#include "testing/check.h"

static const struct sock_sample sample = {
	.system_ns = 1795334400 * NS_PER_S + 5000, .offset_s = -0.25, .is_pulse = true, .leap = 2
};

TEST(sock_sample, decodes_what_it_encodes)
{
	uint8_t bytes[SOCK_SAMPLE_SIZE];
	struct sock_sample out;

	sock_sample_encode(&sample, bytes);
	CHECK_EQ(sock_sample_decode(bytes, sizeof bytes, &out), 0);
	CHECK_EQ(out.system_ns, sample.system_ns);
	CHECK_NEAR(out.offset_s, -0.25, 0);
	CHECK(out.is_pulse);
	CHECK_EQ(out.leap, 2);
}

/* As a program with a 32-bit time_t sends it. */
TEST(sock_sample, widens_the_narrow_layout)
{
	const struct {
		int32_t s, us;
		double offset_s;
		int32_t pulse, leap, pad, magic;
	} narrow = { 1795334400, 7, 0.5, 0, 1, 0, SOCK_SAMPLE_MAGIC };
	struct sock_sample out;

	CHECK_EQ(sock_sample_decode((const uint8_t *)&narrow, sizeof narrow, &out), 0);
	CHECK_EQ(out.system_ns, 1795334400 * NS_PER_S + 7000);
	CHECK_NEAR(out.offset_s, 0.5, 0);
	CHECK(!out.is_pulse);
	CHECK_EQ(out.leap, 1);
}

TEST(sock_sample, refuses_other_lengths_and_numbers)
{
	uint8_t bytes[SOCK_SAMPLE_SIZE + 1] = { 0 };
	struct sock_sample bad = sample, out;

	sock_sample_encode(&sample, bytes);
	for (size_t length = 0; length <= sizeof bytes; length++) {
		if (length != 40 && length != 32)
			CHECK_EQ(sock_sample_decode(bytes, length, &out), -EMSGSIZE);
	}
	CHECK_EQ(sock_sample_decode(bytes, 32, &out), -EBADMSG); /* the magic is elsewhere */
	bytes[36] ^= 1;
	CHECK_EQ(sock_sample_decode(bytes, SOCK_SAMPLE_SIZE, &out), -EBADMSG);
	bad.offset_s = NAN;
	sock_sample_encode(&bad, bytes);
	CHECK_EQ(sock_sample_decode(bytes, SOCK_SAMPLE_SIZE, &out), -EBADMSG);
	bad.offset_s = 1e10;
	sock_sample_encode(&bad, bytes);
	CHECK_EQ(sock_sample_decode(bytes, SOCK_SAMPLE_SIZE, &out), -EBADMSG);
}

/* SPDX-License-Identifier: MIT */
#include "base/reader.h"
#include "base/writer.h"
#include "testing/check.h"

#include <errno.h>

TEST(base_reader, reads_back_what_the_writer_wrote)
{
	uint8_t bytes[32];
	size_t length = 0;
	struct writer out = writer_into(bytes, sizeof bytes);
	struct reader in;

	writer_u8(&out, 0xfe);
	writer_u16(&out, 0x1234);
	writer_u32(&out, 0xdeadbeef);
	writer_u64(&out, 0x0123456789abcdef);
	CHECK_EQ(writer_finish(&out, &length), 0);
	CHECK_EQ(length, 15);
	CHECK_EQ(bytes[1], 0x12);

	in = reader_over(bytes, length);
	CHECK_EQ(reader_s8(&in), -2);
	CHECK_EQ(reader_u16(&in), 0x1234);
	CHECK_EQ(reader_u32(&in), 0xdeadbeef);
	CHECK(reader_u64(&in) == 0x0123456789abcdef);
	CHECK_EQ(reader_left(&in), 0);
	CHECK_EQ(reader_finish(&in), 0);
}

TEST(base_reader, remembers_an_overrun_and_yields_zeros)
{
	const uint8_t bytes[3] = { 1, 2, 3 };
	struct reader in = reader_over(bytes, sizeof bytes);

	CHECK_EQ(reader_u32(&in), 0);
	CHECK_EQ(reader_u8(&in), 0);
	CHECK_EQ(reader_finish(&in), -EBADMSG);
}

TEST(base_writer, refuses_what_does_not_fit)
{
	uint8_t bytes[4] = { 0 };
	size_t length = 99;
	struct writer out = writer_into(bytes, 3);

	writer_u32(&out, 0xffffffff);
	CHECK_EQ(writer_finish(&out, &length), -ENOBUFS);
	CHECK_EQ(length, 99);
	CHECK_EQ(bytes[0], 0);
}

/* SPDX-License-Identifier: MIT */
#include "base/reader.h"

#include <errno.h>

struct reader reader_over(const void *bytes, size_t length_bytes)
{
	return (struct reader){ .bytes = bytes, .length_bytes = length_bytes };
}

size_t reader_left(const struct reader *in)
{
	return in->length_bytes - in->used_bytes;
}

const uint8_t *reader_bytes(struct reader *in, size_t count)
{
	const uint8_t *start;

	if (in->is_overrun || count > reader_left(in)) {
		in->is_overrun = true;
		return NULL;
	}
	start = in->bytes + in->used_bytes;
	in->used_bytes += count;
	return start;
}

static uint64_t big_endian(struct reader *in, size_t count)
{
	const uint8_t *bytes = reader_bytes(in, count);
	uint64_t value = 0;

	for (size_t i = 0; bytes && i < count; i++)
		value = value << 8 | bytes[i];
	return value;
}

uint8_t reader_u8(struct reader *in)
{
	return (uint8_t)big_endian(in, 1);
}

int8_t reader_s8(struct reader *in)
{
	return (int8_t)big_endian(in, 1);
}

uint16_t reader_u16(struct reader *in)
{
	return (uint16_t)big_endian(in, 2);
}

uint32_t reader_u32(struct reader *in)
{
	return (uint32_t)big_endian(in, 4);
}

uint64_t reader_u64(struct reader *in)
{
	return big_endian(in, 8);
}

int reader_finish(const struct reader *in)
{
	return in->is_overrun ? -EBADMSG : 0;
}

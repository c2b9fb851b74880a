/* SPDX-License-Identifier: MIT */
#include "base/writer.h"

#include <errno.h>
#include <string.h>

struct writer writer_into(void *bytes, size_t size_bytes)
{
	return (struct writer){ .bytes = bytes, .size_bytes = size_bytes };
}

void writer_bytes(struct writer *out, const void *bytes, size_t count)
{
	if (out->is_overrun || count > out->size_bytes - out->used_bytes) {
		out->is_overrun = true;
		return;
	}
	memcpy(out->bytes + out->used_bytes, bytes, count);
	out->used_bytes += count;
}

static void big_endian(struct writer *out, uint64_t value, unsigned count)
{
	uint8_t bytes[8];

	for (unsigned i = 0; i < count; i++)
		bytes[i] = (uint8_t)(value >> 8 * (count - 1 - i));
	writer_bytes(out, bytes, count);
}

void writer_u8(struct writer *out, uint8_t value)
{
	big_endian(out, value, 1);
}

void writer_u16(struct writer *out, uint16_t value)
{
	big_endian(out, value, 2);
}

void writer_u32(struct writer *out, uint32_t value)
{
	big_endian(out, value, 4);
}

void writer_u64(struct writer *out, uint64_t value)
{
	big_endian(out, value, 8);
}

int writer_finish(const struct writer *out, size_t *length_bytes_out)
{
	if (out->is_overrun)
		return -ENOBUFS;
	*length_bytes_out = out->used_bytes;
	return 0;
}

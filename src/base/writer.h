/* base/writer: a bounded cursor that builds a message, network byte order.
 * SPDX-License-Identifier: MIT
 *
 * Writing past the end writes nothing and is remembered; writer_finish tells. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

struct writer {
	uint8_t *bytes; /* borrowed */
	size_t size_bytes;
	size_t used_bytes;
	bool is_overrun;
};

struct writer writer_into(void *bytes, size_t size_bytes);

void writer_u8(struct writer *out, uint8_t value);
void writer_u16(struct writer *out, uint16_t value);
void writer_u32(struct writer *out, uint32_t value);
void writer_u64(struct writer *out, uint64_t value);
void writer_bytes(struct writer *out, const void *bytes, size_t count);

/* 0 and the number of bytes written, or -ENOBUFS when they did not fit. */
NODISCARD int writer_finish(const struct writer *out, size_t *length_bytes_out);

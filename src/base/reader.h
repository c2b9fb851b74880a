/* base/reader: a bounded cursor over bytes from a stranger, network byte order.
 * SPDX-License-Identifier: MIT
 *
 * Reading past the end yields zeros and is remembered; reader_finish tells. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

struct reader {
	const uint8_t *bytes; /* borrowed */
	size_t length_bytes;
	size_t used_bytes;
	bool is_overrun;
};

struct reader reader_over(const void *bytes, size_t length_bytes);
size_t reader_left(const struct reader *in);

uint8_t reader_u8(struct reader *in);
int8_t reader_s8(struct reader *in);
uint16_t reader_u16(struct reader *in);
uint32_t reader_u32(struct reader *in);
uint64_t reader_u64(struct reader *in);

/* The next `count` bytes, borrowed from the buffer; NULL (and an overrun) when fewer are left. */
const uint8_t *reader_bytes(struct reader *in, size_t count);

/* 0, or -EBADMSG when something was read past the end. Bytes left over are no error. */
NODISCARD int reader_finish(const struct reader *in);

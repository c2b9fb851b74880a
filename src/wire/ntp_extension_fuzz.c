/* wire/ntp_extension_fuzz: any bytes after the header. SPDX-License-Identifier: MIT
 *
 * Input: version, one more MAC length in words, the tail. Holds the framing to: every byte of an
 * accepted tail is accounted for, and its fields encode to the same bytes again. */
#include <assert.h>
#include <string.h>

#include "wire/ntp_extension.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_fields(const uint8_t *tail, const struct ntp_framing *framing)
{
	struct reader in = reader_over(tail, framing->fields_bytes);
	struct ntp_extension field;
	unsigned count = 0;

	for (size_t start = 0; ntp_extension_next(&in, &field); start = in.used_bytes, count++) {
		uint8_t again[UINT16_MAX + 1];
		struct writer out = writer_into(again, sizeof again);

		ntp_extension_encode(field.type, field.body, field.body_bytes,
		                     NTP_EXTENSION_SIZE_MIN, &out);
		assert(!out.is_overrun && out.used_bytes == in.used_bytes - start);
		assert(memcmp(again, tail + start, out.used_bytes) == 0);
	}
	assert(reader_left(&in) == 0 && count == framing->fields_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct ntp_framing framing;
	const uint8_t *tail = bytes + 2;
	size_t more;

	if (length < 2)
		return 0;
	more = bytes[1] * (size_t)4;
	framing = ntp_extension_frame(tail, length - 2, bytes[0] % 8, &more, more >= 16);
	switch (framing.verdict) {
	case NTP_EXTENSION_MALFORMED:
		assert(framing.fields_bytes + framing.mac_bytes + framing.fields_count == 0);
		return 0;
	case NTP_EXTENSION_PLAIN:
		assert(framing.mac_bytes == 0);
		break;
	case NTP_EXTENSION_CRYPTO_NAK:
		assert(framing.mac_bytes == NTP_MAC_SIZE_NAK);
		break;
	case NTP_EXTENSION_MAC:
		assert(framing.mac_bytes >= 16);
		break;
	}
	assert(framing.fields_bytes + framing.mac_bytes == length - 2);
	assert(framing.fields_count == 0 || bytes[0] % 8 >= 4);
	check_fields(tail, &framing);
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include "wire/ntp_extension.h"

#include <assert.h>
#include <string.h>

/* A tail has no marks that tell a MAC from a field, only lengths. So every reading that the lengths
 * permit is counted: "the MAC begins here" at each border between fields, and "there is none" at
 * the end. Exactly one may hold; that two do can only happen by intent or to nobody's gain. */

#define FIELD_HEADER_BYTES 4

static bool is_nak(const uint8_t *bytes)
{
	static const uint8_t zeros[NTP_MAC_SIZE_NAK];

	return memcmp(bytes, zeros, sizeof zeros) == 0;
}

static bool is_mac(const struct reader *in, const size_t *more_mac_bytes, size_t more_count)
{
	const size_t left = reader_left(in);

	if (left == NTP_MAC_SIZE_NAK)
		return is_nak(in->bytes + in->used_bytes);
	if (left == NTP_MAC_SIZE_MD5 || left == NTP_MAC_SIZE_SHA1)
		return true;
	for (size_t i = 0; i < more_count; i++) {
		if (left == more_mac_bytes[i])
			return true;
	}
	return false;
}

bool ntp_extension_next(struct reader *in, struct ntp_extension *field_out)
{
	struct reader at = *in;
	const uint16_t type = reader_u16(&at);
	const size_t length = reader_u16(&at);

	if (length < NTP_EXTENSION_SIZE_MIN || length % 4 != 0 || length > reader_left(in))
		return false;
	field_out->type = type;
	field_out->body_bytes = length - FIELD_HEADER_BYTES;
	field_out->body = reader_bytes(&at, field_out->body_bytes);
	assert(field_out->body);
	*in = at;
	return true;
}

static struct ntp_framing framing_with_mac(const struct reader *in, unsigned fields_count)
{
	const size_t left = reader_left(in);

	return (struct ntp_framing){ .verdict = left == NTP_MAC_SIZE_NAK ? NTP_EXTENSION_CRYPTO_NAK
		                                                         : NTP_EXTENSION_MAC,
		                     .fields_count = fields_count,
		                     .fields_bytes = in->used_bytes,
		                     .mac_bytes = left };
}

struct ntp_framing ntp_extension_frame(const void *tail, size_t tail_bytes, unsigned version,
                                       const size_t *more_mac_bytes, size_t more_count)
{
	struct reader in = reader_over(tail, tail_bytes);
	struct ntp_extension field = { .body_bytes = 0 };
	struct ntp_framing framing = { .verdict = NTP_EXTENSION_MALFORMED };
	unsigned readings_count = 0;
	unsigned fields_count = 0;

	do {
		if (reader_left(&in) > 0 && is_mac(&in, more_mac_bytes, more_count)) {
			framing = framing_with_mac(&in, fields_count);
			readings_count++;
		}
	} while (version >= 4 && ntp_extension_next(&in, &field) && ++fields_count);

	if (reader_left(&in) == 0 && (fields_count == 0 || field.body_bytes + FIELD_HEADER_BYTES >=
	                                                           NTP_EXTENSION_SIZE_MIN_LAST)) {
		framing = (struct ntp_framing){ .verdict = NTP_EXTENSION_PLAIN,
			                        .fields_count = fields_count,
			                        .fields_bytes = tail_bytes };
		readings_count++;
	}
	return readings_count == 1 ? framing
	                           : (struct ntp_framing){ .verdict = NTP_EXTENSION_MALFORMED };
}

void ntp_extension_encode(uint16_t type, const void *body, size_t body_bytes, size_t size_min,
                          struct writer *out)
{
	size_t length = (body_bytes + FIELD_HEADER_BYTES + 3) / 4 * 4;

	assert(size_min >= NTP_EXTENSION_SIZE_MIN && size_min % 4 == 0);
	length = length < size_min ? size_min : length;
	assert(length <= UINT16_MAX);

	writer_u16(out, type);
	writer_u16(out, (uint16_t)length);
	if (body_bytes > 0)
		writer_bytes(out, body, body_bytes);
	for (size_t i = FIELD_HEADER_BYTES + body_bytes; i < length; i++)
		writer_u8(out, 0);
}

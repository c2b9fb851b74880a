/* SPDX-License-Identifier: MIT */
#include "ntp/reference_id.h"

#include "base/reader.h"
#include "crypto/digest.h"

uint32_t reference_id_of(const struct address *address)
{
	uint8_t digest[DIGEST_MD5_SIZE];
	struct reader in = reader_over(address->bytes, sizeof address->bytes);

	if (address->family == ADDRESS_IPV6) {
		digest_md5(address->bytes, sizeof address->bytes, digest);
		in = reader_over(digest, sizeof digest);
	}
	return reader_u32(&in);
}

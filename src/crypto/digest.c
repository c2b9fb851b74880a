/* SPDX-License-Identifier: MIT */
#include "crypto/digest.h"

#include <nettle/md5.h>
#include <nettle/sha1.h>

void digest_md5(const void *bytes, size_t length_bytes, uint8_t digest_out[DIGEST_MD5_SIZE])
{
	struct md5_ctx context;

	md5_init(&context);
	md5_update(&context, length_bytes, bytes);
	md5_digest(&context, DIGEST_MD5_SIZE, digest_out);
}

void digest_sha1(const void *bytes, size_t length_bytes, uint8_t digest_out[DIGEST_SHA1_SIZE])
{
	struct sha1_ctx context;

	sha1_init(&context);
	sha1_update(&context, length_bytes, bytes);
	sha1_digest(&context, DIGEST_SHA1_SIZE, digest_out);
}

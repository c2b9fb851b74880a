/* crypto/digest: message digests, a narrow door to nettle. SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define DIGEST_MD5_SIZE  16
#define DIGEST_SHA1_SIZE 20

/* RFC 1321. Only where a standard asks for it: it protects nothing. */
void digest_md5(const void *bytes, size_t length_bytes, uint8_t digest_out[DIGEST_MD5_SIZE]);
/* FIPS 180-4. The same. */
void digest_sha1(const void *bytes, size_t length_bytes, uint8_t digest_out[DIGEST_SHA1_SIZE]);

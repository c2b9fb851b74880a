/* SPDX-License-Identifier: MIT */
#include "crypto/mac.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include <nettle/cmac.h>
#include <nettle/memops.h>
#include <nettle/nettle-meta.h>

#define CONTEXT_BYTES 1024 /* of the largest digest */

static const struct {
	const char *name;
	const struct nettle_hash *hash; /* NULL: AES-CMAC */
	uint8_t key_bytes;
} types[MAC_TYPE_COUNT] = {
	[MAC_MD5] = { "MD5", &nettle_md5, 0 },
	[MAC_SHA1] = { "SHA1", &nettle_sha1, 0 },
	[MAC_SHA256] = { "SHA256", &nettle_sha256, 0 },
	[MAC_SHA384] = { "SHA384", &nettle_sha384, 0 },
	[MAC_SHA512] = { "SHA512", &nettle_sha512, 0 },
	[MAC_SHA3_224] = { "SHA3-224", &nettle_sha3_224, 0 },
	[MAC_SHA3_256] = { "SHA3-256", &nettle_sha3_256, 0 },
	[MAC_SHA3_384] = { "SHA3-384", &nettle_sha3_384, 0 },
	[MAC_SHA3_512] = { "SHA3-512", &nettle_sha3_512, 0 },
	[MAC_AES128] = { "AES128", NULL, 16 },
	[MAC_AES256] = { "AES256", NULL, 32 },
};

enum mac_type mac_type_named(const char *name)
{
	for (int type = MAC_NONE + 1; type < MAC_TYPE_COUNT; type++) {
		if (types[type].name && strcasecmp(types[type].name, name) == 0)
			return (enum mac_type)type;
	}
	return MAC_NONE;
}

size_t mac_key_bytes(enum mac_type type)
{
	assert(type < MAC_TYPE_COUNT);
	return types[type].key_bytes;
}

size_t mac_bytes(enum mac_type type)
{
	assert(type < MAC_TYPE_COUNT);
	if (!types[type].name)
		return 0;
	return types[type].hash ? types[type].hash->digest_size : CMAC128_DIGEST_SIZE;
}

static void digest(const struct mac_key *key, const void *message, size_t message_bytes,
                   uint8_t *mac_out)
{
	const struct nettle_hash *hash = types[key->type].hash;
	union {
		uint8_t bytes[CONTEXT_BYTES];
		uint64_t align;
	} context;

	assert(hash->context_size <= sizeof context && hash->digest_size <= MAC_SIZE_MAX);
	hash->init(&context);
	hash->update(&context, key->length_bytes, key->bytes);
	hash->update(&context, message_bytes, message);
	hash->digest(&context, hash->digest_size, mac_out);
	mac_wipe(&context, hash->context_size);
}

static void cmac(const struct mac_key *key, const void *message, size_t message_bytes,
                 uint8_t *mac_out)
{
	union {
		struct cmac_aes128_ctx aes128;
		struct cmac_aes256_ctx aes256;
	} context;

	if (key->type == MAC_AES128) {
		cmac_aes128_set_key(&context.aes128, key->bytes);
		cmac_aes128_update(&context.aes128, message_bytes, message);
		cmac_aes128_digest(&context.aes128, CMAC128_DIGEST_SIZE, mac_out);
	} else {
		cmac_aes256_set_key(&context.aes256, key->bytes);
		cmac_aes256_update(&context.aes256, message_bytes, message);
		cmac_aes256_digest(&context.aes256, CMAC128_DIGEST_SIZE, mac_out);
	}
	mac_wipe(&context, sizeof context);
}

size_t mac_compute(const struct mac_key *key, const void *message, size_t message_bytes,
                   uint8_t mac_out[MAC_SIZE_MAX])
{
	assert(key->type < MAC_TYPE_COUNT && types[key->type].name);
	assert(key->length_bytes > 0 && key->length_bytes <= MAC_KEY_SIZE_MAX);
	assert(!types[key->type].key_bytes || types[key->type].key_bytes == key->length_bytes);
	if (types[key->type].hash)
		digest(key, message, message_bytes, mac_out);
	else
		cmac(key, message, message_bytes, mac_out);
	return mac_bytes(key->type);
}

bool mac_is_same(const void *a, const void *b, size_t length_bytes)
{
	return memeql_sec(a, b, length_bytes) != 0;
}

void mac_wipe(void *secret, size_t length_bytes)
{
	explicit_bzero(secret, length_bytes);
}

/* crypto/mac: message authentication codes with symmetric keys, a narrow door to nettle.
 * SPDX-License-Identifier: MIT
 *
 * Keyed digests as NTP has them, the key put before the message (RFC 5905 appendix A.5.1.2), and
 * AES-CMAC (RFC 4493, RFC 8573). Does not know how a packet carries them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAC_KEY_SIZE_MAX 256
#define MAC_SIZE_MAX     64

/* With the numbers that chronyc shows (authdata). */
enum mac_type {
	MAC_NONE,
	MAC_MD5,
	MAC_SHA1,
	MAC_SHA256,
	MAC_SHA384,
	MAC_SHA512,
	MAC_SHA3_224,
	MAC_SHA3_256,
	MAC_SHA3_384,
	MAC_SHA3_512,
	MAC_AES128 = 13,
	MAC_AES256 = 14,
	MAC_TYPE_COUNT,
};

struct mac_key { /* a secret: never printed, wiped when done with */
	enum mac_type type;
	uint16_t length_bytes; /* 1..MAC_KEY_SIZE_MAX; as mac_key_bytes wants it */
	uint8_t bytes[MAC_KEY_SIZE_MAX];
};

/* By the names of chrony's key file, whatever their case; MAC_NONE: there is no such type. */
enum mac_type mac_type_named(const char *name);
size_t mac_key_bytes(enum mac_type type); /* that a key must have; 0 = any number */
size_t mac_bytes(enum mac_type type);     /* of a whole code; 0 for MAC_NONE */

/* Returns mac_bytes(key->type), so many of mac_out are written. */
size_t mac_compute(const struct mac_key *key, const void *message, size_t message_bytes,
                   uint8_t mac_out[MAC_SIZE_MAX]);
/* Takes the same time wherever they differ. */
bool mac_is_same(const void *a, const void *b, size_t length_bytes);
/* Zeros that no optimiser takes away. */
void mac_wipe(void *secret, size_t length_bytes);

/* ntp/ntp_keys: the symmetric keys by their numbers, and the MAC that ends a packet.
 * SPDX-License-Identifier: MIT
 *
 * A MAC is the key's number and the code over all that stands before it: RFC 5905 section 7.3, RFC
 * 8573. In version 4 a code is cut to 160 bits, so that no MAC is taken for an extension field (RFC
 * 7822); below, it stands in full length. */
#pragma once

#include "base/attributes.h"
#include "crypto/mac.h"
#include "wire/ntp_extension.h"

#define NTP_KEYS_MAX          1024
#define NTP_KEYS_MAC_SIZE_MAX (4 + MAC_SIZE_MAX)

struct ntp_key {
	uint32_t id; /* never 0 */
	struct mac_key key;
};

struct ntp_keys { /* secret; plain memory, so that it can be wiped as a whole */
	size_t count;
	struct ntp_key keys[NTP_KEYS_MAX]; /* ascending by id */
};

/* 0, -EEXIST or -ENOSPC. id is not 0; the key is whole (see crypto/mac). */
NODISCARD int ntp_keys_add(struct ntp_keys *keys, uint32_t id, const struct mac_key *key);
/* NULL: there is none; `keys` may be NULL, which has none. */
const struct mac_key *ntp_keys_find(const struct ntp_keys *keys, uint32_t id);
void ntp_keys_wipe(struct ntp_keys *keys);

/* The lowest version that carries the whole code: 3 for those beyond 160 bits, else 4. */
uint8_t ntp_keys_version(const struct mac_key *key);
size_t ntp_keys_mac_bytes(const struct mac_key *key, unsigned version); /* number and code */

/* What follows a header of this version, with all the lengths that a MAC may have. */
struct ntp_framing ntp_keys_frame(const void *tail, size_t tail_bytes, unsigned version);

/* Writes the MAC of the first `length_bytes` bytes behind them; NTP_KEYS_MAC_SIZE_MAX must be free
 * there. The version is the one in the packet. Returns how many bytes were written. */
size_t ntp_keys_seal(const struct mac_key *key, uint32_t id, uint8_t *packet, size_t length_bytes);
/* The number that the MAC of mac_bytes at the packet's end names; claims nothing else. */
uint32_t ntp_keys_id(const uint8_t *packet, size_t length_bytes, size_t mac_bytes);
/* Is the MAC of mac_bytes at the packet's end one of this key? */
bool ntp_keys_is_valid(const struct mac_key *key, const uint8_t *packet, size_t length_bytes,
                       size_t mac_bytes);

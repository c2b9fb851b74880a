/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_keys.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "wire/ntp_header.h"

#define ID_BYTES        4
#define CODE_BYTES_MAX4 20 /* 160 bits */

/* The first key whose id is not below. */
static size_t place_of(const struct ntp_keys *keys, uint32_t id)
{
	size_t low = 0, high = keys->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (keys->keys[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int ntp_keys_add(struct ntp_keys *keys, uint32_t id, const struct mac_key *key)
{
	const size_t at = place_of(keys, id);

	assert(id != 0 && mac_bytes(key->type) > 0);
	if (at < keys->count && keys->keys[at].id == id)
		return -EEXIST;
	if (keys->count == NTP_KEYS_MAX)
		return -ENOSPC;
	memmove(&keys->keys[at + 1], &keys->keys[at], (keys->count - at) * sizeof keys->keys[0]);
	keys->keys[at] = (struct ntp_key){ .id = id, .key = *key };
	keys->count++;
	return 0;
}

const struct mac_key *ntp_keys_find(const struct ntp_keys *keys, uint32_t id)
{
	size_t at;

	if (!keys)
		return NULL;
	at = place_of(keys, id);
	return at < keys->count && keys->keys[at].id == id ? &keys->keys[at].key : NULL;
}

void ntp_keys_wipe(struct ntp_keys *keys)
{
	mac_wipe(keys, sizeof *keys);
}

uint8_t ntp_keys_version(const struct mac_key *key)
{
	return mac_bytes(key->type) > CODE_BYTES_MAX4 ? 3 : 4;
}

static size_t code_bytes(const struct mac_key *key, unsigned version)
{
	const size_t whole = mac_bytes(key->type);

	return version >= 4 && whole > CODE_BYTES_MAX4 ? CODE_BYTES_MAX4 : whole;
}

size_t ntp_keys_mac_bytes(const struct mac_key *key, unsigned version)
{
	return ID_BYTES + code_bytes(key, version);
}

struct ntp_framing ntp_keys_frame(const void *tail, size_t tail_bytes, unsigned version)
{
	static const size_t longer[] = { ID_BYTES + 28, ID_BYTES + 32, ID_BYTES + 48,
		                         ID_BYTES + 64 };

	return ntp_extension_frame(tail, tail_bytes, version, longer,
	                           version < 4 ? sizeof longer / sizeof longer[0] : 0);
}

static unsigned version_of(const uint8_t *packet)
{
	return packet[0] >> 3 & 7;
}

size_t ntp_keys_seal(const struct mac_key *key, uint32_t id, uint8_t *packet, size_t length_bytes)
{
	const size_t code = code_bytes(key, version_of(packet));
	struct writer out = writer_into(packet + length_bytes, ID_BYTES + code);
	uint8_t whole[MAC_SIZE_MAX];

	assert(length_bytes >= NTP_HEADER_SIZE);
	(void)mac_compute(key, packet, length_bytes, whole);
	writer_u32(&out, id);
	writer_bytes(&out, whole, code);
	assert(!out.is_overrun);
	return ID_BYTES + code;
}

uint32_t ntp_keys_id(const uint8_t *packet, size_t length_bytes, size_t mac_bytes)
{
	struct reader in = reader_over(packet + length_bytes - mac_bytes, mac_bytes);

	assert(mac_bytes >= ID_BYTES && mac_bytes <= length_bytes);
	return reader_u32(&in);
}

bool ntp_keys_is_valid(const struct mac_key *key, const uint8_t *packet, size_t length_bytes,
                       size_t mac_bytes)
{
	const size_t code = code_bytes(key, version_of(packet));
	uint8_t whole[MAC_SIZE_MAX];

	if (mac_bytes != ID_BYTES + code || length_bytes < NTP_HEADER_SIZE + mac_bytes)
		return false;
	(void)mac_compute(key, packet, length_bytes - mac_bytes, whole);
	return mac_is_same(whole, packet + length_bytes - code, code);
}

/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_keys.h"
#include "testing/check.h"
#include "wire/ntp_header.h"

#include <errno.h>
#include <stdlib.h>

static const enum mac_type every_type[] = { MAC_MD5,      MAC_SHA1,     MAC_SHA256,   MAC_SHA384,
	                                    MAC_SHA512,   MAC_SHA3_224, MAC_SHA3_256, MAC_SHA3_384,
	                                    MAC_SHA3_512, MAC_AES128,   MAC_AES256 };

static struct mac_key key_of(enum mac_type type)
{
	struct mac_key key = { .type = type, .length_bytes = (uint16_t)mac_key_bytes(type) };

	if (key.length_bytes == 0)
		key.length_bytes = 16;
	for (uint8_t i = 0; i < key.length_bytes; i++)
		key.bytes[i] = i;
	return key;
}

TEST(ntp_keys, finds_each_key_by_its_number)
{
	struct ntp_keys *keys = calloc(1, sizeof *keys);
	struct mac_key key = key_of(MAC_SHA1);

	CHECK(ntp_keys_find(NULL, 1) == NULL);
	CHECK(ntp_keys_find(keys, 1) == NULL);
	for (uint32_t i = 0; i < NTP_KEYS_MAX; i++) {
		const uint32_t id = 1 + i * 517 % NTP_KEYS_MAX;

		key.bytes[0] = (uint8_t)id;
		CHECK_EQ(ntp_keys_add(keys, id, &key), 0);
		CHECK_EQ(ntp_keys_add(keys, id, &key), -EEXIST);
	}
	CHECK_EQ(ntp_keys_add(keys, UINT32_MAX, &key), -ENOSPC);
	for (uint32_t id = 1; id <= NTP_KEYS_MAX; id++)
		CHECK_EQ(ntp_keys_find(keys, id)->bytes[0], (uint8_t)id);
	CHECK(ntp_keys_find(keys, 0) == NULL);
	CHECK(ntp_keys_find(keys, NTP_KEYS_MAX + 1) == NULL);
	ntp_keys_wipe(keys);
	CHECK_EQ(keys->count, 0);
	CHECK_EQ(keys->keys[0].key.bytes[1], 0);
	free(keys);
}

TEST(ntp_keys, cuts_long_codes_in_version_4_alone)
{
	const struct mac_key md5 = key_of(MAC_MD5), sha1 = key_of(MAC_SHA1);
	const struct mac_key sha512 = key_of(MAC_SHA512), aes = key_of(MAC_AES256);

	CHECK_EQ(ntp_keys_mac_bytes(&md5, 4), 20);
	CHECK_EQ(ntp_keys_mac_bytes(&aes, 3), 20);
	CHECK_EQ(ntp_keys_mac_bytes(&sha1, 4), 24);
	CHECK_EQ(ntp_keys_mac_bytes(&sha512, 4), 24);
	CHECK_EQ(ntp_keys_mac_bytes(&sha512, 3), 68);
	CHECK_EQ(ntp_keys_version(&md5), 4);
	CHECK_EQ(ntp_keys_version(&sha1), 4);
	CHECK_EQ(ntp_keys_version(&aes), 4);
	CHECK_EQ(ntp_keys_version(&sha512), 3);
}

/* Every type and version: sealed, framed and found valid; not with a bit turned anywhere, not with
 * another key, not when something is missing. */
TEST(ntp_keys, prove_the_packet_and_nothing_else)
{
	for (size_t i = 0; i < ARRAY_COUNT(every_type); i++) {
		for (unsigned version = 1; version <= 4; version++) {
			const struct mac_key key = key_of(every_type[i]);
			struct mac_key other = key;
			uint8_t packet[NTP_HEADER_SIZE + NTP_KEYS_MAC_SIZE_MAX] = { 0 };
			struct ntp_framing framing;
			size_t mac, length;

			packet[0] = (uint8_t)(version << 3 | NTP_MODE_CLIENT);
			mac = ntp_keys_seal(&key, 0x01020304, packet, NTP_HEADER_SIZE);
			length = NTP_HEADER_SIZE + mac;
			CHECK_EQ(mac, ntp_keys_mac_bytes(&key, version));
			framing = ntp_keys_frame(packet + NTP_HEADER_SIZE, mac, version);
			CHECK_EQ(framing.verdict, NTP_EXTENSION_MAC);
			CHECK_EQ(framing.mac_bytes, mac);
			CHECK_EQ(ntp_keys_id(packet, length, mac), 0x01020304);
			CHECK(ntp_keys_is_valid(&key, packet, length, mac));

			for (size_t bit = 0; bit < length * 8; bit++) {
				if (bit / 8 >= NTP_HEADER_SIZE && bit / 8 < NTP_HEADER_SIZE + 4)
					continue; /* the number is not under the code */
				packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
				CHECK(!ntp_keys_is_valid(&key, packet, length, mac));
				packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
			}
			other.bytes[other.length_bytes - 1] ^= 1;
			CHECK(!ntp_keys_is_valid(&other, packet, length, mac));
			CHECK(!ntp_keys_is_valid(&key, packet, length - 4, mac - 4));
		}
	}
}

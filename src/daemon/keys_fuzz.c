/* daemon/keys_fuzz: a key file of any bytes. SPDX-License-Identifier: MIT
 *
 * Whatever stands in it: the keys that are taken are whole and in order, and no message shows a
 * byte that is not printable. */
#include <assert.h>
#include <string.h>

#include "daemon/daemon_keys.h"

#define FILE_MAX 8192

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static struct ntp_keys
		keys; /* large: not on the stack, not allocated anew for each input */
	static char file[FILE_MAX + 1];
	struct config_errors errors;

	if (length > FILE_MAX)
		return 0;
	memcpy(file, bytes, length);
	keys.count = 0;
	config_errors_init(&errors);
	daemon_keys_parse(&keys, "keys", file, length, &errors);

	for (size_t i = 0; i < keys.count; i++) {
		const struct mac_key *key = &keys.keys[i].key;
		const size_t wanted = mac_key_bytes(key->type);

		assert(keys.keys[i].id > (i > 0 ? keys.keys[i - 1].id : 0));
		assert(mac_bytes(key->type) > 0);
		assert(key->length_bytes > 0 && key->length_bytes <= MAC_KEY_SIZE_MAX);
		assert(wanted == 0 || key->length_bytes == wanted);
		assert(ntp_keys_find(&keys, keys.keys[i].id) == key);
	}
	assert(errors.errors_count == 0);
	for (size_t i = 0; i < errors.count; i++) {
		for (const char *text = errors.items[i].text; *text; text++)
			assert(*text >= ' ' && *text < 0x7f);
	}
	return 0;
}

/* SPDX-License-Identifier: MIT */
#include "daemon/daemon_keys.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "config/config_cursor.h"
#include "daemon/daemon_lines.h"

static const struct {
	const char *name;
	unsigned key_bytes; /* exactly; 0 = any number */
} types[] = { { "MD5", 0 },      { "SHA1", 0 },     { "SHA256", 0 },    { "SHA384", 0 },
	      { "SHA512", 0 },   { "SHA3-224", 0 }, { "SHA3-256", 0 },  { "SHA3-384", 0 },
	      { "SHA3-512", 0 }, { "TIGER", 0 },    { "WHIRLPOOL", 0 }, { "AES128", 16 },
	      { "AES256", 32 } };

static void warn(struct config_cursor *cursor, const char *what)
{
	struct text out = config_cursor_warn(cursor);

	text_add(&out, what);
	cursor->is_failed = true;
}

/* How many bytes the key has; 0 = it is malformed. */
static size_t key_length(const char *key)
{
	size_t digits;

	if (strncmp(key, "ASCII:", 6) == 0)
		return strlen(key + 6);
	if (strncmp(key, "HEX:", 4) != 0)
		return strlen(key);
	digits = strspn(key + 4, "0123456789abcdefABCDEF");
	return key[4 + digits] == '\0' && digits % 2 == 0 ? digits / 2 : 0;
}

static void check_type_and_key(struct config_cursor *cursor)
{
	unsigned key_bytes = 0;
	size_t length;

	if (!config_cursor_next(cursor)) {
		warn(cursor, "the key is missing; write: <id> <type> <key>");
		return;
	}
	if (config_cursor_has_next(cursor)) {
		size_t i = 0;

		while (i < ARRAY_COUNT(types) && strcasecmp(types[i].name, cursor->word) != 0)
			i++;
		if (i == ARRAY_COUNT(types)) {
			warn(cursor, "this type of key is not known; use SHA256 or AES128, say");
			return;
		}
		key_bytes = types[i].key_bytes;
		config_cursor_next(cursor);
	}
	length = key_length(cursor->word);
	if (length == 0)
		warn(cursor, "the key is empty or has an odd or wrong hexadecimal digit");
	else if (key_bytes > 0 && length != key_bytes)
		warn(cursor, key_bytes == 16 ? "an AES128 key has exactly 16 bytes"
		                             : "an AES256 key has exactly 32 bytes");
	else if (config_cursor_has_next(cursor))
		warn(cursor, "there are words behind the key");
}

static bool has_key(const struct daemon_config *config, uint32_t id)
{
	for (size_t i = 0; i < config->keys_count; i++) {
		if (config->key_ids[i] == id)
			return true;
	}
	return false;
}

static void read_key(struct daemon_config *config, struct config_cursor *cursor)
{
	uint64_t id;
	const char *word = config_cursor_next(cursor);

	if (!word)
		return;
	if (text_parse_u64(word, UINT32_MAX, &id) < 0 || id == 0) {
		warn(cursor, "a line begins with the key's id, a number between 1 and 4294967295");
		return;
	}
	if (has_key(config, (uint32_t)id)) {
		warn(cursor, "there is a key with this id already; the line is left out");
		return;
	}
	if (config->keys_count == DAEMON_KEYS_MAX) {
		warn(cursor, "there may be at most 256 keys; the line is left out");
		return;
	}
	check_type_and_key(cursor);
	if (!cursor->is_failed)
		config->key_ids[config->keys_count++] = (uint32_t)id;
}

static void read_keys(struct daemon_config *config, char *bytes, size_t length,
                      struct config_errors *errors)
{
	struct config_line line = { .file = config->keyfile };
	char *end;

	for (char *at = bytes; at < bytes + length; at = end + 1) {
		struct config_cursor cursor;

		line.text = at;
		line.number++;
		end = memchr(at, '\n', (size_t)(bytes + length - at));
		if (!end)
			end = bytes + length;
		*end = '\0';
		config_cursor_init(&cursor, &line, errors);
		read_key(config, &cursor);
	}
}

static void check_use(const struct daemon_config *config, struct config_errors *errors)
{
	for (size_t i = 0; i < config->node.sources_count; i++) {
		const struct source_options *source = &config->node.sources[i];

		if (source->key_id != 0 && !has_key(config, source->key_id)) {
			struct text out = config_errors_add(errors, true, NULL, 0, 0);

			text_add(&out, "key ");
			text_u64(&out, source->key_id);
			text_add(&out, " of ");
			config_cursor_quote(&out, source->name);
			text_add(&out, " is in no key file");
		}
	}
}

int daemon_keys_read(struct daemon_config *config, struct config_errors *errors)
{
	struct stat status;
	char *bytes;
	size_t length;
	int error;

	if (config->keyfile[0] == '\0') {
		check_use(config, errors);
		return 0;
	}
	error = daemon_lines_read(config->lines, config->keyfile, &bytes, &length);
	if (error == -ENOMEM)
		return error;
	if (error < 0) {
		struct text out = config_errors_add(errors, true, config->keyfile, 0, 0);

		text_add(&out, "the key file cannot be read, so no key is known: ");
		text_add(&out, error == -EFBIG ? "it is larger than 1 MiB" : strerror(-error));
	} else {
		read_keys(config, bytes, length, errors);
		explicit_bzero(bytes, length);
		if (stat(config->keyfile, &status) == 0 && (status.st_mode & S_IRWXO) != 0) {
			struct text out = config_errors_add(errors, true, config->keyfile, 0, 0);

			text_add(&out, "others may read the key file; run: chmod o= ");
			text_add(&out, config->keyfile);
		}
	}
	check_use(config, errors);
	return 0;
}

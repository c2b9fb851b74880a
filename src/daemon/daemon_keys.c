/* SPDX-License-Identifier: MIT */
#include "daemon/daemon_keys.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config_cursor.h"

static void warn(struct config_cursor *cursor, const char *what)
{
	struct text out = config_cursor_warn(cursor);

	text_add(&out, what);
	cursor->is_failed = true;
}

static unsigned digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return (unsigned)(digit - '0');
	return (unsigned)((digit | 0x20) - 'a') + 10;
}

/* Why the word is no key; NULL: it is one. */
static const char *take_hexadecimal(const char *digits, struct mac_key *key)
{
	const size_t length = strlen(digits);

	if (length % 2 != 0 || strspn(digits, "0123456789abcdefABCDEF") != length)
		return "the key is empty or has an odd or wrong hexadecimal digit";
	if (length / 2 > MAC_KEY_SIZE_MAX)
		return "a key has at most 256 bytes";
	for (size_t i = 0; i < length / 2; i++)
		key->bytes[i] =
			(uint8_t)(digit_value(digits[2 * i]) << 4 | digit_value(digits[2 * i + 1]));
	key->length_bytes = (uint16_t)(length / 2);
	return NULL;
}

static const char *take_text(const char *text, struct mac_key *key)
{
	const size_t length = strlen(text);

	if (length > MAC_KEY_SIZE_MAX)
		return "a key has at most 256 bytes";
	memcpy(key->bytes, text, length);
	key->length_bytes = (uint16_t)length;
	return NULL;
}

static const char *take_key(const char *word, struct mac_key *key)
{
	const size_t wanted = mac_key_bytes(key->type);
	const char *why;

	if (strncmp(word, "HEX:", 4) == 0)
		why = take_hexadecimal(word + 4, key);
	else
		why = take_text(strncmp(word, "ASCII:", 6) == 0 ? word + 6 : word, key);
	if (why)
		return why;
	if (key->length_bytes == 0)
		return "the key is empty or has an odd or wrong hexadecimal digit";
	if (wanted != 0 && key->length_bytes != wanted)
		return wanted == 16 ? "an AES128 key has exactly 16 bytes"
		                    : "an AES256 key has exactly 32 bytes";
	return NULL;
}

static const char *type_unknown(const char *name)
{
	if (strcasecmp(name, "TIGER") == 0 || strcasecmp(name, "WHIRLPOOL") == 0)
		return "keys of type TIGER and WHIRLPOOL are not supported; use SHA256 or AES128, say";
	return "this type of key is not known; use SHA256 or AES128, say";
}

static void read_type_and_key(struct config_cursor *cursor, struct mac_key *key)
{
	const char *why;

	key->type = MAC_MD5;
	if (!config_cursor_next(cursor)) {
		warn(cursor, "the key is missing; write: <id> <type> <key>");
		return;
	}
	if (config_cursor_has_next(cursor)) {
		key->type = mac_type_named(cursor->word);
		if (key->type == MAC_NONE) {
			warn(cursor, type_unknown(cursor->word));
			return;
		}
		config_cursor_next(cursor);
	}
	why = take_key(cursor->word, key);
	if (why)
		warn(cursor, why);
	else if (config_cursor_has_next(cursor))
		warn(cursor, "there are words behind the key");
}

static void add_key(struct ntp_keys *keys, uint32_t id, struct config_cursor *cursor)
{
	struct mac_key key = { 0 };
	int error;

	read_type_and_key(cursor, &key);
	if (!cursor->is_failed) {
		error = ntp_keys_add(keys, id, &key);
		if (error == -EEXIST)
			warn(cursor, "there is a key with this id already; the line is left out");
		if (error == -ENOSPC)
			warn(cursor, "there may be at most 1024 keys; the line is left out");
	}
	mac_wipe(&key, sizeof key);
}

static void read_line(struct ntp_keys *keys, struct config_cursor *cursor)
{
	uint64_t id;
	const char *word = config_cursor_next(cursor);

	if (!word)
		return;
	if (text_parse_u64(word, UINT32_MAX, &id) < 0 || id == 0)
		warn(cursor, "a line begins with the key's id, a number between 1 and 4294967295");
	else
		add_key(keys, (uint32_t)id, cursor);
}

void daemon_keys_parse(struct ntp_keys *keys, const char *file, char *bytes, size_t length_bytes,
                       struct config_errors *errors)
{
	struct config_line line = { .file = file };
	struct config_cursor cursor;
	char *end;

	for (char *at = bytes; at < bytes + length_bytes; at = end + 1) {
		line.text = at;
		line.number++;
		end = memchr(at, '\n', (size_t)(bytes + length_bytes - at));
		if (!end)
			end = bytes + length_bytes;
		*end = '\0';
		config_cursor_init(&cursor, &line, errors);
		if (strlen(at) != (size_t)(end - at))
			warn(&cursor, "there is a zero byte in this line: is this a text file?");
		else if (end - at > CONFIG_LINE_MAX)
			warn(&cursor, "the line is too long");
		else
			read_line(keys, &cursor);
	}
	mac_wipe(&cursor, sizeof cursor);
}

/* Without stdio, whose buffers nobody would wipe. Takes DAEMON_KEYS_FILE_MAX + 1 bytes at most. 0
 * or -errno. */
static int read_bytes(const char *path, char *bytes, size_t *length_out)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t count = 1;
	int error;

	if (fd < 0)
		return -errno;
	while (count > 0 && length <= DAEMON_KEYS_FILE_MAX) {
		count = read(fd, bytes + length, DAEMON_KEYS_FILE_MAX + 1 - length);
		if (count > 0)
			length += (size_t)count;
	}
	error = count < 0 ? -errno : 0;
	(void)close(fd);
	if (error == 0 && length > DAEMON_KEYS_FILE_MAX)
		error = -EFBIG;
	*length_out = length;
	return error;
}

static void warn_of_file(const char *path, const char *what, const char *why,
                         struct config_errors *errors)
{
	struct text out = config_errors_add(errors, true, path, 0, 0);

	text_add(&out, what);
	text_add(&out, why);
}

static void check_mode(const char *path, struct config_errors *errors)
{
	struct stat status;

	if (stat(path, &status) == 0 && (status.st_mode & S_IRWXO) != 0)
		warn_of_file(path, "others may read the key file; run: chmod o= ", path, errors);
}

static int read_file(struct ntp_keys *keys, const char *path, struct config_errors *errors)
{
	char *bytes = malloc(DAEMON_KEYS_FILE_MAX + 2);
	struct ntp_keys *fresh = calloc(1, sizeof *fresh);
	size_t length = 0;
	int error = -ENOMEM;

	if (bytes && fresh) {
		error = read_bytes(path, bytes, &length);
		if (error == 0) {
			daemon_keys_parse(fresh, path, bytes, length, errors);
			*keys = *fresh;
			check_mode(path, errors);
		} else {
			warn_of_file(path, "the key file cannot be read, so no key is known: ",
			             error == -EFBIG ? "it is larger than 1 MiB" : strerror(-error),
			             errors);
			error = 0;
		}
	}
	if (bytes)
		mac_wipe(bytes, length);
	if (fresh)
		ntp_keys_wipe(fresh);
	free(bytes);
	free(fresh);
	return error;
}

static void check_use(const struct daemon_config *config, struct config_errors *errors)
{
	for (size_t i = 0; i < config->node.sources_count; i++) {
		const struct source_options *source = &config->node.sources[i];

		if (source->key_id != 0 && !ntp_keys_find(config->keys, source->key_id)) {
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
	int error = 0;

	if (!config->keys)
		config->keys = calloc(1, sizeof *config->keys);
	if (!config->keys)
		return -ENOMEM;
	if (config->keyfile[0] != '\0')
		error = read_file(config->keys, config->keyfile, errors);
	check_use(config, errors);
	return error;
}

/* SPDX-License-Identifier: MIT */
#include "daemon/daemon_lines.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/address.h"
#include "config/config_cursor.h"

struct daemon_lines *daemon_lines_create(void)
{
	return calloc(1, sizeof(struct daemon_lines));
}

void daemon_lines_destroy(struct daemon_lines *lines)
{
	if (!lines)
		return;
	for (size_t i = 0; i < lines->blocks_count; i++)
		free(lines->blocks[i]);
	free(lines->blocks);
	free(lines->lines);
	free(lines);
}

/* Room for one more; the array stays as it was when there is none. */
static int grow(void **array, size_t count, size_t *capacity, size_t item_size)
{
	const size_t wanted = *capacity ? 2 * *capacity : 64;
	void *larger;

	if (count < *capacity)
		return 0;
	larger = reallocarray(*array, wanted, item_size);
	if (!larger)
		return -ENOMEM;
	*array = larger;
	*capacity = wanted;
	return 0;
}

/* Memory that lives as long as the lines do. */
static void *own(struct daemon_lines *lines, size_t size)
{
	void *blocks = lines->blocks;
	void *block;

	if (grow(&blocks, lines->blocks_count, &lines->blocks_capacity, sizeof(void *)) < 0)
		return NULL;
	lines->blocks = blocks;
	block = malloc(size);
	if (block)
		lines->blocks[lines->blocks_count++] = block;
	return block;
}

static const char *own_text(struct daemon_lines *lines, const char *text)
{
	const size_t size = strlen(text) + 1;
	char *copy = own(lines, size);

	return copy ? memcpy(copy, text, size) : NULL;
}

int daemon_lines_read(struct daemon_lines *lines, const char *path, char **bytes_out,
                      size_t *length_out)
{
	FILE *file = fopen(path, "re");
	char *bytes;
	size_t length;
	int error = 0;

	if (!file)
		return -errno;
	bytes = malloc(DAEMON_LINES_FILE_MAX + 1);
	if (!bytes) {
		fclose(file);
		return -ENOMEM;
	}
	length = fread(bytes, 1, DAEMON_LINES_FILE_MAX + 1, file);
	if (ferror(file))
		error = -errno;
	else if (length > DAEMON_LINES_FILE_MAX)
		error = -EFBIG;
	fclose(file);
	if (error == 0) {
		*bytes_out = own(lines, length + 1);
		*length_out = length;
		if (*bytes_out) {
			memcpy(*bytes_out, bytes, length);
			(*bytes_out)[length] = '\0';
		} else {
			error = -ENOMEM;
		}
	}
	free(bytes);
	return error;
}

static int add_line(struct daemon_lines *lines, const struct config_line *line)
{
	void *array = lines->lines;

	if (grow(&array, lines->count, &lines->capacity, sizeof *line) < 0)
		return -ENOMEM;
	lines->lines = array;
	lines->lines[lines->count++] = *line;
	return 0;
}

/* ---- Directories ---- */

struct entry {
	char *name; /* owned */
	const char *directory;
	size_t rank; /* of the directory in its line */
};

struct entries {
	struct entry *items;
	size_t count, capacity;
};

static int by_name(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;
	const int order = strcmp(left->name, right->name);

	return order ? order : (left->rank > right->rank) - (left->rank < right->rank);
}

static bool has_suffix(const char *name, const char *suffix)
{
	const size_t length = strlen(name), end = strlen(suffix);

	return name[0] != '.' && length > end && strcmp(name + length - end, suffix) == 0;
}

/* A directory that is not there is no mistake. */
static int list_directory(const char *path, size_t rank, const char *suffix,
                          struct entries *entries)
{
	DIR *directory = opendir(path);
	const struct dirent *found;
	int error = 0;

	while (directory && error == 0 && (found = readdir(directory)) != NULL) {
		void *items = entries->items;
		char *name;

		if (!has_suffix(found->d_name, suffix))
			continue;
		error = grow(&items, entries->count, &entries->capacity, sizeof(struct entry));
		entries->items = items;
		name = error == 0 ? strdup(found->d_name) : NULL;
		if (name)
			entries->items[entries->count++] = (struct entry){ name, path, rank };
		else
			error = -ENOMEM;
	}
	if (directory)
		closedir(directory);
	return error;
}

typedef int read_function(struct daemon_lines *lines, const char *path,
                          struct config_errors *errors);

static int read_entries(struct daemon_lines *lines, const struct entries *entries,
                        read_function *read, struct config_errors *errors)
{
	int error = 0;

	for (size_t i = 0; i < entries->count && error == 0; i++) {
		const struct entry *entry = &entries->items[i];
		char *path;

		if (i > 0 && strcmp(entry->name, entries->items[i - 1].name) == 0)
			continue; /* hidden by an earlier directory */
		if (asprintf(&path, "%s/%s", entry->directory, entry->name) < 0)
			return -ENOMEM;
		error = read(lines, path, errors);
		free(path);
	}
	return error;
}

/* The directories that the rest of the line names, 1..10 of them. */
static int add_directories(struct daemon_lines *lines, struct config_cursor *cursor,
                           const char *suffix, read_function *read)
{
	struct entries entries = { 0 };
	size_t count = 0;
	int error = 0;

	while (error == 0 && config_cursor_next(cursor) && count < DAEMON_DIRECTORIES_MAX) {
		const char *path = own_text(lines, cursor->word);

		error = path ? list_directory(path, count++, suffix, &entries) : -ENOMEM;
	}
	if (entries.count > 0)
		qsort(entries.items, entries.count, sizeof *entries.items, by_name);
	if (error == 0)
		error = read_entries(lines, &entries, read, cursor->errors);
	for (size_t i = 0; i < entries.count; i++)
		free(entries.items[i].name);
	free(entries.items);
	return error;
}

/* confdir and sourcedir alike: false when the number of words is wrong, which is reported. */
static bool has_directories(const struct config_line *line, const char *name,
                            struct config_errors *errors)
{
	struct config_cursor cursor;
	size_t count = 0;

	config_cursor_init(&cursor, line, errors);
	config_cursor_next(&cursor);
	while (config_cursor_next(&cursor) && count <= DAEMON_DIRECTORIES_MAX)
		count++;
	if (count == 0 || count > DAEMON_DIRECTORIES_MAX) {
		struct text out = config_cursor_fail(&cursor);

		text_add(&out, name);
		text_add(&out, count == 0 ? " needs a directory" : " takes at most 10 directories");
		return false;
	}
	return true;
}

/* ---- Includes ---- */

static int include(struct daemon_lines *lines, struct config_cursor *cursor)
{
	glob_t found = { 0 };
	int error = 0;

	cursor->directive = "include";
	if (!config_cursor_next(cursor)) {
		struct text out = config_cursor_fail(cursor);

		text_add(&out, "include needs a file name or pattern");
		return 0;
	}
	/* a plain name comes back as it is, found or not; a pattern without a match as nothing */
	if (glob(cursor->word, GLOB_NOMAGIC, NULL, &found) == GLOB_NOSPACE)
		error = -ENOMEM;
	if (config_cursor_has_next(cursor))
		config_cursor_expect_end(cursor);
	for (size_t i = 0; i < found.gl_pathc && error == 0 && !cursor->is_failed; i++) {
		if (lines->depth == DAEMON_LINES_DEPTH_MAX) {
			struct text out = config_cursor_fail(cursor);

			text_add(
				&out,
				"includes are nested more than 10 deep; does a file include itself?");
		} else {
			error = daemon_lines_add_file(lines, found.gl_pathv[i], cursor->errors);
		}
	}
	globfree(&found);
	return error;
}

static int confdir(struct daemon_lines *lines, struct config_cursor *cursor)
{
	if (!has_directories(cursor->line, "confdir", cursor->errors))
		return 0;
	if (lines->depth == DAEMON_LINES_DEPTH_MAX) {
		struct text out = config_cursor_fail(cursor);

		text_add(
			&out,
			"includes are nested more than 10 deep; does a file include its directory?");
		return 0;
	}
	return add_directories(lines, cursor, ".conf", daemon_lines_add_file);
}

/* A line as written: an include is replaced by what it brings. */
static int add_expanded(struct daemon_lines *lines, const struct config_line *line,
                        struct config_errors *errors)
{
	struct config_cursor cursor;
	const char *word;

	if (lines->count == DAEMON_LINES_MAX) {
		if (!lines->is_full) {
			struct text out =
				config_errors_add(errors, false, line->file, line->number, 0);

			text_add(
				&out,
				"there are more than 65536 lines in all; does a file include itself?");
		}
		lines->is_full = true;
		return 0;
	}
	config_cursor_init(&cursor, line, errors);
	word = config_cursor_next(&cursor);
	if (word && strcasecmp(word, "include") == 0)
		return include(lines, &cursor);
	if (word && strcasecmp(word, "confdir") == 0)
		return confdir(lines, &cursor);
	if (word && strcasecmp(word, "sourcedir") == 0 &&
	    !has_directories(line, "sourcedir", errors))
		return 0;
	return add_line(lines, line);
}

static void report_unreadable(const char *path, int error, bool is_warning,
                              struct config_errors *errors)
{
	struct text out = config_errors_add(errors, is_warning, path, 0, 0);

	if (error == -EFBIG) {
		text_add(&out, "is larger than 1 MiB: this is no configuration");
	} else {
		text_add(&out, "cannot be read: ");
		text_add(&out, strerror(-error));
	}
}

typedef int line_function(struct daemon_lines *lines, const struct config_line *line,
                          struct config_errors *errors);

/* Splits the file and hands its lines on. A torn file (no line break at its end) loses its last
 * line when `is_optional`, because somebody may be writing it. */
static int split_file(struct daemon_lines *lines, const char *path, bool is_optional,
                      line_function *add, struct config_errors *errors)
{
	struct config_line line = { .is_optional = is_optional };
	char *at, *end, *bytes = NULL;
	size_t length = 0;
	int error = daemon_lines_read(lines, path, &bytes, &length);

	if (error < 0 && error != -ENOMEM) {
		report_unreadable(path, error, is_optional, errors);
		return 0;
	}
	line.file = error == 0 ? own_text(lines, path) : NULL;
	if (!line.file)
		return -ENOMEM;
	for (at = bytes; error == 0 && at < bytes + length; at = end + 1) {
		end = memchr(at, '\n', (size_t)(bytes + length - at));
		if (!end && is_optional)
			break;
		if (!end)
			end = bytes + length;
		line.number++;
		line.text = at;
		*end = '\0';
		if (strlen(at) < (size_t)(end - at)) {
			struct text out = config_errors_add(errors, is_optional, line.file,
			                                    line.number, (unsigned)strlen(at) + 1);

			text_add(&out, "there is a zero byte in this line: is this a text file?");
		} else {
			error = add(lines, &line, errors);
		}
	}
	return error;
}

int daemon_lines_add_file(struct daemon_lines *lines, const char *path,
                          struct config_errors *errors)
{
	int error;

	lines->depth++;
	error = split_file(lines, path, false, add_expanded, errors);
	lines->depth--;
	return error;
}

int daemon_lines_add_words(struct daemon_lines *lines, const char *const *words, size_t count,
                           struct config_errors *errors)
{
	int error = 0;

	lines->depth++;
	for (size_t i = 0; i < count && error == 0; i++) {
		const char *text = own_text(lines, words[i]);

		error = text ? add_expanded(lines,
		                            &(struct config_line){ .file = "command line",
		                                                   .number = (unsigned)i + 1,
		                                                   .text = text },
		                            errors)
		             : -ENOMEM;
	}
	lines->depth--;
	return error;
}

/* ---- Source directories ---- */

static int add_source(struct daemon_lines *lines, const struct config_line *line,
                      struct config_errors *errors)
{
	struct config_cursor cursor;
	const char *word;
	struct text out;

	config_cursor_init(&cursor, line, errors);
	word = config_cursor_next(&cursor);
	if (!word)
		return 0;
	if (strcasecmp(word, "server") == 0 || strcasecmp(word, "pool") == 0 ||
	    strcasecmp(word, "peer") == 0)
		return lines->count < DAEMON_LINES_MAX ? add_line(lines, line) : 0;
	out = config_cursor_fail(&cursor);
	text_add(&out, "only server, pool and peer may stand in a *.sources file, not ");
	config_cursor_quote(&out, word);
	return 0;
}

static int add_source_file(struct daemon_lines *lines, const char *path,
                           struct config_errors *errors)
{
	return split_file(lines, path, true, add_source, errors);
}

static void note_dhcp(struct daemon_lines *lines, const char *file)
{
	if (!daemon_lines_is_dhcp(lines, file) && lines->dhcp_files_count < DAEMON_DHCP_FILES_MAX)
		lines->dhcp_files[lines->dhcp_files_count++] = file;
}

bool daemon_lines_is_dhcp(const struct daemon_lines *lines, const char *file)
{
	for (size_t i = 0; i < lines->dhcp_files_count; i++) {
		if (lines->dhcp_files[i] == file)
			return true;
	}
	return false;
}

/* "NTP=192.0.2.1 192.0.2.2" of a lease, as systemd-networkd keeps it: a server line each. What is
 * no address is left out: who answers DHCP may be anybody. */
static int add_lease(struct daemon_lines *lines, const struct config_line *line,
                     struct config_errors *errors)
{
	struct config_cursor cursor;
	struct config_line addresses = *line, server = *line;
	const char *word;
	int error = 0;

	if (strncmp(line->text, "NTP=", 4) != 0)
		return 0;
	addresses.text = line->text + 4;
	config_cursor_init(&cursor, &addresses, errors);
	while (error == 0 && (word = config_cursor_next(&cursor)) != NULL) {
		char text[32 + ADDRESS_TEXT_SIZE];

		if (address_parse(word, &(struct address){ 0 }) != 0 ||
		    lines->count == DAEMON_LINES_MAX)
			continue;
		(void)snprintf(text, sizeof text, "server %.*s iburst", ADDRESS_TEXT_SIZE, word);
		server.text = own_text(lines, text);
		error = server.text ? add_line(lines, &server) : -ENOMEM;
	}
	note_dhcp(lines, line->file);
	return error;
}

static int add_lease_file(struct daemon_lines *lines, const char *path,
                          struct config_errors *errors)
{
	return split_file(lines, path, true, add_lease, errors);
}

/* The second word of a line with this first one; NULL: it is another line. "": there is none. */
static const char *argument_of(const struct config_line *line, const char *name,
                               struct config_cursor *cursor)
{
	const char *word;

	config_cursor_init(cursor, line, NULL);
	word = config_cursor_next(cursor);
	if (!word || strcasecmp(word, name) != 0)
		return NULL;
	word = config_cursor_next(cursor);
	return word ? word : "";
}

const char *daemon_lines_leases(const struct daemon_lines *lines, char path_out[1024])
{
	const char *found = NULL;

	for (size_t i = 0; i < lines->count; i++) {
		struct config_cursor cursor;
		const char *path = argument_of(&lines->lines[i], "dhcpleases", &cursor);

		if (path) {
			(void)snprintf(path_out, 1024, "%s", *path ? path : DAEMON_LEASES_DEFAULT);
			found = path_out;
		}
	}
	return found;
}

/* Leases are named by the number of their link. */
static int add_leases(struct daemon_lines *lines, struct config_errors *errors)
{
	struct entries entries = { 0 };
	char path[1024];
	int error;

	if (!daemon_lines_leases(lines, path))
		return 0;
	error = list_directory(path, 0, "", &entries);
	if (entries.count > 0)
		qsort(entries.items, entries.count, sizeof *entries.items, by_name);
	if (error == 0)
		error = read_entries(lines, &entries, add_lease_file, errors);
	for (size_t i = 0; i < entries.count; i++)
		free(entries.items[i].name);
	free(entries.items);
	return error;
}

int daemon_lines_add_sources(struct daemon_lines *lines, struct config_errors *errors)
{
	const size_t count = lines->count; /* not those that are added here */
	int error = 0;

	for (size_t i = 0; i < count && error == 0; i++) {
		const struct config_line line = lines->lines[i]; /* the array may move */
		struct config_cursor cursor;
		const char *word;

		config_cursor_init(&cursor, &line, errors);
		word = config_cursor_next(&cursor);
		if (word && strcasecmp(word, "sourcedir") == 0)
			error = add_directories(lines, &cursor, ".sources", add_source_file);
	}
	for (size_t i = count; i < lines->count; i++) {
		if (strncmp(lines->lines[i].file, "/run/", 5) == 0)
			note_dhcp(lines, lines->lines[i].file);
	}
	return error == 0 ? add_leases(lines, errors) : error;
}

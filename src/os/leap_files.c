/* SPDX-License-Identifier: MIT */
#include "os/leap_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "os/state_file.h"
#include "timescale/leap_expiry.h"
#include "timescale/leap_list.h"

#define FILE_SIZE_MAX 65536
#define PATH_SIZE     4096

/* Zones and lists are often links to each other: the folders are the system's own, so they are
 * followed. 0 or -errno; the caller frees *bytes_out on success. */
static int load(const char *path, char **bytes_out, size_t *length_out)
{
	char *bytes = malloc(FILE_SIZE_MAX);
	char *real = realpath(path, NULL);
	int error = -errno;

	if (bytes && real)
		error = state_file_load(real, bytes, FILE_SIZE_MAX, length_out);
	free(real);
	if (error != 0)
		free(bytes);
	else
		*bytes_out = bytes;
	return error;
}

static void set_problem(struct leap_file *file, const char *problem)
{
	(void)snprintf(file->problem, sizeof file->problem, "%s", problem);
}

static void zone_path(const char *zone, char path_out[PATH_SIZE])
{
	(void)snprintf(path_out, PATH_SIZE, "/usr/share/zoneinfo/%s", zone);
}

/* tzdata's leap-seconds.list or its leapseconds, beside the zones; else the date of the zone. */
static void find_expiry(struct leap_table *table, const char *path)
{
	struct leap_table list;
	struct stat facts;
	unsigned line;
	char *bytes;
	size_t length;
	bool is_found = false;

	if (load(LEAP_FILES_LIST, &bytes, &length) == 0) {
		is_found = leap_list_decode(bytes, length, &list, &line) == LEAP_LIST_GOOD &&
		           leap_expiry_take(table, &list);
		free(bytes);
	}
	if (!is_found && load(LEAP_FILES_TZDATA, &bytes, &length) == 0) {
		is_found = leap_expiry_take_tzdata(table, bytes, length);
		free(bytes);
	}
	if (!is_found && stat(path, &facts) == 0)
		leap_expiry_guess(table, facts.st_mtim.tv_sec);
}

static void load_zone(struct leap_file *file)
{
	char path[PATH_SIZE];
	char *bytes = NULL;
	size_t length = 0;
	int error;

	zone_path(file->name, path);
	error = load(path, &bytes, &length);
	if (error != 0) {
		set_problem(file, state_file_reason(error));
		return;
	}
	error = leap_table_decode_tzif(bytes, length, &file->table);
	free(bytes);
	file->is_loaded = error == 0;
	if (error == 0 && file->table.expires_s == 0)
		find_expiry(&file->table, path);
	if (error == -ENOENT)
		set_problem(file, "it has no leap seconds: choose one of right/");
	else if (error != 0)
		set_problem(file, "it is no time zone file");
}

static void load_list(struct leap_file *file)
{
	enum leap_list_verdict verdict;
	char *bytes = NULL;
	size_t length = 0;
	unsigned line = 0;
	const int error = load(file->name, &bytes, &length);

	if (error != 0) {
		set_problem(file, state_file_reason(error));
		return;
	}
	verdict = leap_list_decode(bytes, length, &file->table, &line);
	free(bytes);
	file->is_loaded = verdict == LEAP_LIST_GOOD || verdict == LEAP_LIST_UNHASHED;
	if (verdict == LEAP_LIST_MALFORMED)
		(void)snprintf(file->problem, sizeof file->problem, "line %u: %s", line,
		               leap_list_verdict_text(verdict));
	else if (verdict != LEAP_LIST_GOOD)
		set_problem(file, leap_list_verdict_text(verdict));
}

void leap_files_look(const char *zone, const char *list, struct leap_files_stamp *stamp_out)
{
	char path[PATH_SIZE];
	const char *paths[2] = { NULL, list && *list ? list : NULL };
	struct stat facts;

	memset(stamp_out, 0, sizeof *stamp_out);
	if (zone && *zone) {
		zone_path(zone, path);
		paths[0] = path;
	}
	for (size_t i = 0; i < 2; i++) {
		if (!paths[i] || stat(paths[i], &facts) < 0)
			continue;
		stamp_out->files[i].device = facts.st_dev;
		stamp_out->files[i].inode = facts.st_ino;
		stamp_out->files[i].size_bytes = facts.st_size;
		stamp_out->files[i].changed = facts.st_mtim;
	}
}

bool leap_files_is_same(const struct leap_files_stamp *a, const struct leap_files_stamp *b)
{
	bool is_same = true;

	for (size_t i = 0; i < 2; i++)
		is_same &= a->files[i].device == b->files[i].device &&
		           a->files[i].inode == b->files[i].inode &&
		           a->files[i].size_bytes == b->files[i].size_bytes &&
		           a->files[i].changed.tv_sec == b->files[i].changed.tv_sec &&
		           a->files[i].changed.tv_nsec == b->files[i].changed.tv_nsec;
	return is_same;
}

void leap_files_load(const char *zone, const char *list, struct leap_files *files_out)
{
	struct leap_file *const files[] = { &files_out->zone, &files_out->list };
	const struct leap_table *tables[2];
	struct leap_choice choice;
	size_t count = 0;

	memset(files_out, 0, sizeof *files_out);
	if (zone && *zone) {
		files_out->zone.name = zone;
		load_zone(&files_out->zone);
	}
	if (list && *list) {
		files_out->list.name = list;
		load_list(&files_out->list);
	}
	for (size_t i = 0; i < 2; i++) {
		if (files[i]->is_loaded)
			tables[count++] = &files[i]->table;
	}
	choice = leap_choice_make(tables, count);
	count = 0;
	for (size_t i = 0; i < 2; i++) {
		if (files[i]->is_loaded)
			files[i]->verdict = choice.verdicts[count++];
	}
	files_out->table = choice.table;
}

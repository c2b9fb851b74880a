/* SPDX-License-Identifier: MIT */
#include "os/leap_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/state_file.h"
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

static void load_zone(struct leap_file *file)
{
	char path[PATH_SIZE];
	char *bytes = NULL;
	size_t length = 0;
	int error;

	(void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", file->name);
	error = load(path, &bytes, &length);
	if (error != 0) {
		set_problem(file, state_file_reason(error));
		return;
	}
	error = leap_table_decode_tzif(bytes, length, &file->table);
	free(bytes);
	file->is_loaded = error == 0;
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

/* os/leap_files: the operator's leap second files, and which table is believed.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <sys/types.h>
#include <time.h>

#include "timescale/leap_choice.h"

#define LEAP_FILES_ZONE   "right/UTC"
#define LEAP_FILES_LIST   "/usr/share/zoneinfo/leap-seconds.list"
#define LEAP_FILES_TZDATA "/usr/share/zoneinfo/leapseconds"

struct leap_file {
	const char *name; /* as given: a zone or a path; NULL = not wanted */
	bool is_loaded;
	struct leap_table table;     /* if it is */
	enum leap_candidate verdict; /* if it is */
	char problem[160];           /* why not, or a warning; "" = none */
};

struct leap_files {
	struct leap_file zone, list;
	struct leap_table table; /* what is believed, at worst the program's own copy */
};

/* By which a file is known again: tzdata is updated while programs run. */
struct leap_files_stamp {
	struct {
		dev_t device;
		ino_t inode;
		off_t size_bytes;
		struct timespec changed;
	} files[2]; /* zeros: not wanted, or not there */
};

void leap_files_look(const char *zone, const char *list, struct leap_files_stamp *stamp_out);
bool leap_files_is_same(const struct leap_files_stamp *a, const struct leap_files_stamp *b);

/* zone: of /usr/share/zoneinfo; list: the path of a leap-seconds.list. NULL or "" = not wanted;
 * both are borrowed while *files_out is used. Never fails. */
void leap_files_load(const char *zone, const char *list, struct leap_files *files_out);

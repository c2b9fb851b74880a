/* os/leap_files: the operator's leap second files, and which table is believed.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "timescale/leap_choice.h"

#define LEAP_FILES_ZONE "right/UTC"
#define LEAP_FILES_LIST "/usr/share/zoneinfo/leap-seconds.list"

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

/* zone: of /usr/share/zoneinfo; list: the path of a leap-seconds.list. NULL or "" = not wanted;
 * both are borrowed while *files_out is used. Never fails. */
void leap_files_load(const char *zone, const char *list, struct leap_files *files_out);

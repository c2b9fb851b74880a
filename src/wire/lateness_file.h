/* wire/lateness_file: how late reference clocks were found to be, as text. SPDX-License-Identifier:
 * MIT
 *
 * A line for each: refid, offset, its standard deviation, the error of what it was compared with
 * (seconds). Lives beside the drift file. Text <-> values; opens no file. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

#define LATENESS_FILE_SIZE_MAX  256 /* bytes: four lines at least */
#define LATENESS_FILE_REFID_MAX 5

struct lateness_file_line {
	char refid[LATENESS_FILE_REFID_MAX];
	double offset_s;      /* within a day */
	double sd_s, error_s; /* 0..86400 */
};

/* The line of this refid. 0, -ENOENT (has none), -EBADMSG (something else than such lines). */
NODISCARD int lateness_file_find(const void *bytes, size_t length_bytes, const char *refid,
                                 struct lateness_file_line *line_out);

/* Appends a line to the terminated text; false when there is no room, nothing is added then. */
bool lateness_file_add(char text[LATENESS_FILE_SIZE_MAX], const struct lateness_file_line *line);

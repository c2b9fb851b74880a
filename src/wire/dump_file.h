/* wire/dump_file: the measurements of one source, kept over a restart, as chrony's text.
 * SPDX-License-Identifier: MIT
 *
 * "SRC0"; the source's name, "." of a reference clock; a line of flags; the number of samples; a
 * line for each, the oldest first. Text <-> values; opens no file, believes nobody's numbers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

#define DUMP_SAMPLES_MAX   64
#define DUMP_NAME_SIZE     256
#define DUMP_FILE_SIZE_MAX 12288

struct dump_sample {
	int64_t at_ns;            /* the kept clock's, UTC since 1970 */
	double offset_s;          /* + = the kept clock as it runs now was ahead, then */
	double original_offset_s; /* as it was measured */
	double delay_s, dispersion_s, root_delay_s, root_dispersion_s; /* 0.. */
};

struct dump_file {
	char name[DUMP_NAME_SIZE]; /* as configured */
	bool is_authenticated;
	uint8_t reach; /* 8 last polls */
	uint8_t stratum, leap;
	size_t count; /* 1..DUMP_SAMPLES_MAX */
	struct dump_sample samples[DUMP_SAMPLES_MAX];
};

/* Its length; what does not fit is a mistake of ours. */
size_t dump_file_encode(const struct dump_file *dump, char bytes[DUMP_FILE_SIZE_MAX]);
/* 0, or -EBADMSG: not such a file, or values that cannot be (times not ascending, beyond 1e6 s). */
NODISCARD int dump_file_decode(const char *bytes, size_t length_bytes, struct dump_file *dump_out);

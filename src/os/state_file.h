/* os/state_file: small files that must never be half written, nor be somebody else's file.
 * SPDX-License-Identifier: MIT
 *
 * Saving writes a new file beside the old one, flushes it to the disk and renames it into place: a
 * crash leaves the old or the new content. A symbolic link at the path is replaced, not followed.
 * Loading refuses all that is no ordinary file: symbolic links, pipes, devices, directories. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "base/attributes.h"

/* 0 or -errno; then the old content still stands and no temporary file is left. */
NODISCARD int state_file_save(const char *path, const void *bytes, size_t length_bytes,
                              mode_t mode);

/* Reads the whole file into `buffer`. 0; -ENOENT when there is none; -ELOOP a symbolic link;
 * -EINVAL something else than a file; -EFBIG longer than the buffer; else -errno.
 * *length_out is written on success only. */
NODISCARD int state_file_load(const char *path, void *buffer, size_t size_bytes,
                              size_t *length_out);

/* What a result of load or save means to a person: "it is a symbolic link". */
const char *state_file_reason(int error);

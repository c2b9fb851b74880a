/* daemon/open_files: the files that are read at start. SPDX-License-Identifier: MIT */
#pragma once

#include "daemon/log.h"
#include "node/node.h"

/* Fills in what was learned of the oscillator; whatever is wrong with the file is said, and the
 * file then ignored. "" = no file. */
void open_files_drift(const char *path, const struct log *log, struct node_setup *setup);

/* The leap seconds of a zone such as right/UTC. The caller owns *table_out (free). 0; or -errno
 * after it was said what is wrong. */
NODISCARD int open_files_leap_table(const char *zone, const struct log *log,
                                    struct leap_table **table_out);

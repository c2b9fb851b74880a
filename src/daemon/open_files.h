/* daemon/open_files: the files that are read at start. SPDX-License-Identifier: MIT */
#pragma once

#include "daemon/daemon_config.h"
#include "daemon/log.h"
#include "node/node.h"

/* Fills in what was learned of the oscillator; whatever is wrong with the file is said, and the
 * file then ignored. "" = no file. */
void open_files_drift(const char *path, const struct log *log, struct node_setup *setup);

/* Of leapsectz, leapseclist and the program's own copy the table that is to be believed; whatever
 * is wrong with one is said. The caller owns *table_out (free). 0 or -ENOMEM. */
NODISCARD int open_files_leap_table(const struct daemon_config *config, const struct log *log,
                                    struct leap_table **table_out);

/* node/node_dumps: the measurements of sources, to be kept over a restart (dumpdir, -r).
 * SPDX-License-Identifier: MIT */
#pragma once

#include "node/node.h"
#include "wire/dump_file.h"

#define NODE_DUMP_FILE_NAME_SIZE 64

/* "192.0.2.1.dat", "refid:50505300.dat"; false: a source without an address has none. */
bool node_dumps_file_name(const struct node *node, size_t index,
                          char name_out[NODE_DUMP_FILE_NAME_SIZE]);
/* The last measurements of the source at this index; false: there are none. */
bool node_dumps_take(const struct node *node, size_t index, struct instant now,
                     struct dump_file *dump_out);
/* Goes on from an earlier one, if it is of this source and it has not been heard yet. Its offsets
 * count by what the oscillator did then, and it still has to answer before it is believed. */
bool node_dumps_restore(struct node *node, size_t index, const struct dump_file *dump,
                        struct instant now);

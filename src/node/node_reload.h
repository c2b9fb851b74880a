/* node/node_reload: another configuration for a node that runs, without losing what it knows.
 * SPDX-License-Identifier: MIT
 *
 * Lines that are the same go on undisturbed, with their measurements; so do sources that a command
 * added. What a directive sets changes where the two configurations differ: a command's value is
 * not undone by a file that says what it said before. Of what takes a restart (not is_live in its
 * table) nothing changes. */
#pragma once

#include "node/node.h"
#include "node/node_commands.h"

/* `before`: the configuration that `after` replaces. NODE_DONE, or NODE_TOO_MANY_SOURCES: then all
 * is as it was. */
enum node_outcome node_reload(struct node *node, const struct node_config *before,
                              const struct node_config *after, struct instant now,
                              struct outbox *out);

/* The same for the lines alone that stood in files of `sourcedir` (is_reloadable). */
enum node_outcome node_reload_sources(struct node *node, const struct source_options *wanted,
                                      size_t count, struct instant now, struct outbox *out);

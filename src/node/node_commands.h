/* node/node_commands: what an operator may change while the node runs. SPDX-License-Identifier: MIT
 *
 * Names and meanings are chrony's. Nothing here is written back to the configuration. */
#pragma once

#include "node/node.h"

enum node_outcome {
	NODE_DONE,
	NODE_NO_SUCH_SOURCE,
	NODE_SOURCE_KNOWN, /* that address or name is asked already */
	NODE_TOO_MANY_SOURCES,
	NODE_OUT_OF_RANGE,
	NODE_NOT_ENABLED, /* by the configuration, nor by a command */
	NODE_NO_SUCH_SAMPLE,
	NODE_CANNOT, /* the clock cannot be moved (-x), or the source has no such thing */
};

/* The sources that a command is about: those whose address agrees with `address` in the bits of
 * `mask`; while their name has no address yet, the one with this number; a reference clock with
 * this reference id. All empty: every source. */
struct node_choice {
	struct address address, mask;
	uint32_t number;       /* of node_source_status; 0 = none */
	uint32_t reference_id; /* 0 = none */
};

bool node_choice_is_all(const struct node_choice *choice);

/* No such source: none was chosen, and not every one was asked for. */
enum node_outcome node_command_set_online(struct node *node, const struct node_choice *choice,
                                          bool is_online, struct instant now, struct outbox *out);
/* Sources that are offline are asked as well, and are offline again after it. */
enum node_outcome node_command_start_burst(struct node *node, const struct node_choice *choice,
                                           unsigned good_count, unsigned total_count,
                                           struct instant now);

enum node_source_value {
	NODE_SOURCE_MINPOLL, /* -7..24; pulls maxpoll with it, and the other way round */
	NODE_SOURCE_MAXPOLL,
	NODE_SOURCE_MAXDELAY,         /* s, > 0 */
	NODE_SOURCE_MAXDELAYRATIO,    /* >= 0; 0 = off */
	NODE_SOURCE_MAXDELAYDEVRATIO, /* the same */
	NODE_SOURCE_POLLTARGET,       /* 1..64 */
	NODE_SOURCE_MINSTRATUM,       /* 0..16 */
	NODE_SOURCE_OFFSET,           /* s */
};
/* Of a pool's member: until its address is given up. */
enum node_outcome node_command_set_source(struct node *node, const struct node_choice *choice,
                                          enum node_source_value which, double value,
                                          struct instant now);

struct node_selection_marks {
	bool noselect, prefer, trust, require;
};
/* Sets those marks to `values` that are set in `which`. */
enum node_outcome node_command_mark_source(struct node *node, const struct node_choice *choice,
                                           const struct node_selection_marks *which,
                                           const struct node_selection_marks *values,
                                           struct instant now, struct outbox *out);

/* A name is resolved later, in the background. */
enum node_outcome node_command_add_source(struct node *node, const struct source_options *options,
                                          struct instant now);
enum node_outcome node_command_delete_source(struct node *node, const struct node_choice *choice,
                                             struct instant now, struct outbox *out);

void node_command_reselect(struct node *node, struct instant now, struct outbox *out);
/* Resolves all names again; a server that its name no longer means is replaced. */
void node_command_refresh(struct node *node, struct instant now);
/* Forgets all measurements, as after a sleep of the machine. */
void node_command_reset_sources(struct node *node, struct instant now, struct outbox *out);

/* Keys have come or gone: sources that waited for one begin. */
void node_command_keys_changed(struct node *node, struct instant now);

/* `smoothtime`: back to no offset at once; on, however uncertain the clock is. Cannot: it is not
 * configured. */
enum node_outcome node_command_smoothing_reset(struct node *node, struct instant now);
enum node_outcome node_command_smoothing_activate(struct node *node, struct instant now);

enum node_outcome node_command_step(struct node *node, struct instant now, struct outbox *out);
/* limit: updates during which a step may happen; < 0 = always. threshold 0 = never step. */
enum node_outcome node_command_set_makestep(struct node *node, double threshold_s, int32_t limit);
enum node_outcome node_command_set_maxupdateskew(struct node *node, double limit_ppm);
enum node_outcome node_command_set_reselectdist(struct node *node, double distance_s,
                                                struct instant now);
enum node_outcome node_command_set_local(struct node *node, const struct local_options *local);
/* Takes the clock to gain by so much more than is known, and to be ahead by so much: for trying
 * out. The next measurement knows better. */
enum node_outcome node_command_shift(struct node *node, double gain_ppm, double ahead_s,
                                     struct instant now, struct outbox *out);

/* Who may ask us for the time: 0, or what access_add says. */
NODISCARD int node_command_allow(struct node *node, const struct access_rule *rule, bool is_all);
const struct access *node_access(const struct node *node);
/* Who asked; also counts those who ask for reports. NULL: noclientlog. */
struct client_table *node_clients(struct node *node);

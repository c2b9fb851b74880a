/* node/node_manual: the time as somebody types it in (`manual`, settime). SPDX-License-Identifier:
 * MIT
 *
 * The last entries are kept; from the second on their slope corrects the clock's rate as well. They
 * do not make the node synchronised: for that there is `local`. */
#pragma once

#include "node/node_commands.h"

struct node_manual_entry {
	struct utc_time entered;
	int64_t offset_ns;          /* reference - local, but for what is being slewed */
	int64_t original_offset_ns; /* as it was entered */
	int64_t residual_ns;        /* of the line through all entries */
};

struct node_manual_result {
	int64_t offset_ns;                          /* reference - local, found */
	double frequency_change_ppm, frequency_ppm; /* + = the clock gains */
};

/* NODE_NOT_ENABLED without `manual`. */
enum node_outcome node_manual_set_time(struct node *node, struct utc_time entered,
                                       struct instant now, struct node_manual_result *result_out,
                                       struct outbox *out);
void node_manual_enable(struct node *node, bool is_on);
void node_manual_reset(struct node *node);
/* NODE_NO_SUCH_SAMPLE: there are not so many. */
enum node_outcome node_manual_delete(struct node *node, size_t index, struct instant now,
                                     struct outbox *out);
size_t node_manual_count(const struct node *node);
struct node_manual_entry node_manual_entry(const struct node *node, size_t index,
                                           struct instant now); /* index below count */

/* SPDX-License-Identifier: MIT */
#include "source/outbox.h"

#include <assert.h>
#include <string.h>

struct action *outbox_add(struct outbox *out, enum action_kind kind)
{
	struct action *action;

	assert(out->count < OUTBOX_MAX);
	action = &out->actions[out->count++];
	memset(action, 0, sizeof *action);
	action->kind = kind;
	return action;
}

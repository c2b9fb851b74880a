/* sim/event_queue: what will happen, earliest first; at the same instant, first said first.
 * SPDX-License-Identifier: MIT
 *
 * A binary heap (Williams 1964). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

enum event_kind {
	EVENT_DATAGRAM, /* who: index of the datagram under way */
	EVENT_RESOLVED, /* who: node, what: request */
	EVENT_SIGNAL,   /* who: device, what: 0 or the number of a signal */
	EVENT_SCRIPT,   /* who: index in the scenario's events */
	EVENT_START,    /* all nodes */
	EVENT_OBSERVE,  /* all nodes are looked at */
	EVENT_END,
};

struct event {
	int64_t at_ns;  /* true time since the start */
	uint64_t order; /* set by event_queue_add */
	enum event_kind kind;
	uint32_t who, what;
};

struct event_queue {
	struct event *events; /* owned */
	size_t count, size;
	uint64_t added_count;
};

/* 0 or -ENOMEM. */
NODISCARD int event_queue_init(struct event_queue *queue, size_t size);
void event_queue_release(struct event_queue *queue);
/* False when it is full; nothing was added then. */
bool event_queue_add(struct event_queue *queue, struct event event);
const struct event *event_queue_first(const struct event_queue *queue); /* NULL when empty */
struct event event_queue_take(struct event_queue *queue);               /* only if not empty */

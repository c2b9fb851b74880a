/* SPDX-License-Identifier: MIT */
#include "sim/event_queue.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

int event_queue_init(struct event_queue *queue, size_t size)
{
	*queue = (struct event_queue){ .events = malloc(size * sizeof *queue->events),
		                       .size = size };
	return queue->events ? 0 : -ENOMEM;
}

void event_queue_release(struct event_queue *queue)
{
	free(queue->events);
	*queue = (struct event_queue){ 0 };
}

static bool is_before(const struct event *a, const struct event *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->order < b->order;
}

bool event_queue_add(struct event_queue *queue, struct event event)
{
	size_t at = queue->count;

	if (queue->count == queue->size)
		return false;
	event.order = queue->added_count++;
	while (at > 0 && is_before(&event, &queue->events[(at - 1) / 2])) {
		queue->events[at] = queue->events[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	queue->events[at] = event;
	queue->count++;
	return true;
}

const struct event *event_queue_first(const struct event_queue *queue)
{
	return queue->count > 0 ? &queue->events[0] : NULL;
}

struct event event_queue_take(struct event_queue *queue)
{
	struct event first, last;
	size_t at = 0;

	assert(queue->count > 0);
	first = queue->events[0];
	last = queue->events[--queue->count];
	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= queue->count)
			break;
		if (child + 1 < queue->count &&
		    is_before(&queue->events[child + 1], &queue->events[child]))
			child++;
		if (!is_before(&queue->events[child], &last))
			break;
		queue->events[at] = queue->events[child];
		at = child;
	}
	queue->events[at] = last;
	return first;
}

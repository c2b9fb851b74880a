/* os/resolver: names -> addresses without holding up the loop. SPDX-License-Identifier: MIT
 *
 * getaddrinfo(3) may block for minutes and may load anything (NSS), so it runs in a child of its
 * own which writes what it found into a pipe and ends. Addresses written as numbers need no child.
 */
#pragma once

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/address.h"
#include "base/attributes.h"
#include "base/instant.h"
#include "node/node_config.h"
#include "source/outbox.h"

#define RESOLVER_CHILDREN_MAX  4
#define RESOLVER_WAITING_MAX   (2 * NODE_SOURCES_MAX) /* more is our own bug (an assertion) */
#define RESOLVER_ADDRESSES_MAX 32
#define RESOLVER_PATIENCE_NS   (30 * NS_PER_S) /* then the child is killed: the name has failed */

struct resolver_answer {
	uint32_t request;
	size_t count; /* 0 = failed, or no such name in this family */
	struct address addresses[RESOLVER_ADDRESSES_MAX];
};

struct resolver_question {
	uint32_t request;
	uint8_t family; /* enum address_family; ADDRESS_NONE = both */
	char name[OUTBOX_NAME_MAX];
};

struct resolver_child {
	int pid; /* 0 = none */
	int fd;
	uint32_t request;
	struct mono_time deadline;
};

struct resolver {
	struct resolver_child children[RESOLVER_CHILDREN_MAX];
	struct resolver_question waiting[RESOLVER_WAITING_MAX]; /* a queue, oldest first */
	size_t waiting_count;
};

void resolver_init(struct resolver *resolver);
void resolver_stop(struct resolver *resolver); /* kills what is still under way */

/* The answer comes from resolver_take. */
void resolver_ask(struct resolver *resolver, uint32_t request, const char *name,
                  enum address_family family);
/* Entries of children that are at work, RESOLVER_CHILDREN_MAX of them; others are fd -1. */
size_t resolver_poll_set(const struct resolver *resolver, struct pollfd *set);
/* Looks at what poll(2) found, starts what waits. The next answer if there is one: call until
 * false. `set` as filled by resolver_poll_set, with revents, or NULL when there was no poll. */
bool resolver_take(struct resolver *resolver, struct pollfd *set, struct mono_time now,
                   struct resolver_answer *answer_out);
struct mono_time resolver_deadline(const struct resolver *resolver);

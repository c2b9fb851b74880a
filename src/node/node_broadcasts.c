/* What is sent to whole networks, unasked, at an interval. SPDX-License-Identifier: MIT */
#include "node/node_state.h"

static int64_t interval_ns(const struct node *node, size_t index)
{
	return node->config.broadcasts[index].interval_s * NS_PER_S;
}

void node_broadcasts_start(struct node *node, struct instant now)
{
	for (size_t i = 0; i < node->config.broadcasts_count; i++)
		node->broadcast_at[i] = mono_time_after(now.mono, interval_ns(node, i));
}

void node_broadcasts_on_deadline(struct node *node, struct instant now, struct outbox *out)
{
	for (size_t i = 0; i < node->config.broadcasts_count; i++) {
		struct ntp_server_time time;

		if (node->broadcast_at[i].ns > now.mono.ns)
			continue;
		time = node_serving_to_clients(node, now);
		ntp_broadcast_send(&node->config.broadcasts[i], &time, out);
		node->broadcast_at[i] = mono_time_after(now.mono, interval_ns(node, i));
	}
}

struct mono_time node_broadcasts_deadline(const struct node *node)
{
	struct mono_time deadline = MONO_TIME_NEVER;

	for (size_t i = 0; i < node->config.broadcasts_count; i++)
		deadline = mono_time_earlier(deadline, node->broadcast_at[i]);
	return deadline;
}

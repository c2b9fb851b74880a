/* Whom to hear before the clock is moved. SPDX-License-Identifier: MIT
 *
 * The first to answer may be a liar, and alone it would be the majority. So at start, and again
 * when the first of all answers after nobody did, the others are asked and waited for. */
#include "node/node_state.h"

/* The clock is not moved before all sources have had their say, or this long has passed. Raised:
 * slower first setting with dead sources. Lowered: the first to answer may be a liar. */
#define WAIT_NS              (12 * NS_PER_S)
#define EXCHANGES_WITH_BURST 3 /* of an iburst, before the source has had its say */

/* What is wrong with it by itself is enough. */
static bool has_no_say(const struct node *node, const struct node_source *source)
{
	const struct ntp_client_status client = node_source_contact(source);

	return !client.is_online || client.is_denied || source->is_flywheel ||
	       node_source_options(node, source)->noselect || source->is_implausible ||
	       source->is_unsynchronised || source->is_loop;
}

static bool has_spoken_at_start(const struct node *node, const struct node_source *source,
                                struct mono_time now)
{
	const unsigned wanted =
		node_source_options(node, source)->iburst ? EXCHANGES_WITH_BURST : 1;

	/* A name that could not be resolved, or means fewer servers than a pool has room for, is
	 * not waited for. */
	if (!node_source_is_live(source))
		return !node->lines[source->line_index].is_pending;
	if (has_no_say(node, source) ||
	    (source->refclock && !refclock_is_awaited(source->refclock, now)))
		return true;
	return source->delays_count >= wanted || node_source_contact(source).unanswered_count >= 3;
}

/* Reference clocks cannot be asked, and who never answered is not waited for. */
static bool has_spoken_since(const struct node *node, const struct node_source *source,
                             struct mono_time since)
{
	return !source->client || !source->has_measurement || has_no_say(node, source) ||
	       source->last_good.ns >= since.ns;
}

static bool is_anybody_heard(const struct node *node)
{
	for (size_t i = 0; i < node->sources_count; i++) {
		const struct node_source *source = &node->sources[i];
		struct ntp_client_status contact;

		if (!node_source_is_live(source) || !source->has_measurement || source->is_flywheel)
			continue;
		contact = node_source_contact(source);
		if (contact.is_online && contact.unanswered_count < NODE_UNANSWERED_STALE)
			return true;
	}
	return false;
}

static void note_silence(struct node *node, struct mono_time now)
{
	const bool is_heard = is_anybody_heard(node);

	if (!is_heard) {
		node->is_silent = true;
		return;
	}
	if (!node->is_silent)
		return;
	node->is_silent = false;
	node->heard_again = now;
	for (size_t i = 0; i < node->sources_count; i++) {
		if (node->sources[i].client && !has_spoken_since(node, &node->sources[i], now))
			ntp_client_hurry(node->sources[i].client, now);
	}
}

static bool is_complete(const struct node *node, struct mono_time now)
{
	for (size_t i = 0; i < node->sources_count; i++) {
		const struct node_source *source = &node->sources[i];

		if (!source->is_used)
			continue;
		if (node->system.is_known ? !has_spoken_since(node, source, node->heard_again)
		                          : !has_spoken_at_start(node, source, now))
			return false;
	}
	return true;
}

bool node_waiting_must_wait(struct node *node, struct instant now)
{
	struct mono_time since;

	note_silence(node, now.mono);
	since = node->system.is_known ? node->heard_again : node->first_asked;
	node->wait_until = MONO_TIME_NEVER;
	if (node->system.is_known && since.ns == INT64_MAX)
		return false;
	if (is_complete(node, now.mono) ||
	    (since.ns != INT64_MAX && now.mono.ns >= mono_time_after(since, WAIT_NS).ns)) {
		node->heard_again = MONO_TIME_NEVER;
		return false;
	}
	if (since.ns != INT64_MAX)
		node->wait_until = mono_time_after(since, WAIT_NS);
	return true;
}

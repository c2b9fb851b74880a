/* Servers that have nothing but their own clocks (`local orphan`). SPDX-License-Identifier: MIT */
#include "node/node_state.h"
#include "ntp/reference_id.h"

/* By which the others know us: the address that this source answers to. */
static uint32_t our_reference_id(const struct node *node, const struct node_source *source)
{
	const struct address local = node_source_contact(source).local;
	uint32_t least = UINT32_MAX;

	if (local.family != ADDRESS_NONE)
		return reference_id_of(&local);
	for (size_t i = 0; i < node->our_count; i++) {
		if (node->our_reference_ids[i] < least)
			least = node->our_reference_ids[i];
	}
	return least;
}

static void refuse(struct node_source *source, bool has_others)
{
	source->state = SOURCE_STATE_ORPHAN;
	source->reason[0] = has_others;
	source->weight = 0;
}

/* They are heard only where nobody else can be, and then the one with the least address, if it is
 * less than ours: so that all of them follow the same clock. Who follows one of them stands at a
 * higher stratum and is not heard either. */
size_t node_orphans_leave_out(struct node *node, size_t *index, size_t count)
{
	const struct node_source *chosen = NULL;
	bool has_others = false;
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		const struct node_source *source = &node->sources[index[i]];

		if (!source->is_orphan)
			has_others = true;
		else if (source->measurement.stratum == node->config.local.stratum &&
		         reference_id_of(&source->address) < our_reference_id(node, source) &&
		         (!chosen ||
		          reference_id_of(&source->address) < reference_id_of(&chosen->address)))
			chosen = source;
	}
	for (size_t i = 0; i < count; i++) {
		struct node_source *source = &node->sources[index[i]];

		if (!source->is_orphan || (!has_others && source == chosen))
			index[kept++] = index[i];
		else
			refuse(source, has_others);
	}
	return kept;
}

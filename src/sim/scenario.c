/* SPDX-License-Identifier: MIT */
#include "sim/scenario.h"

#include <stdlib.h>
#include <string.h>

/* By the order of enum source_state. */
static const char *const state_names[SOURCE_STATE_COUNT] = {
	"selected",    "combined",    "unused",         "unresolved", "offline",    "noselect",
	"flywheel",    "no-samples",  "unsynchronised", "stratum",    "denied",     "implausible",
	"key-missing", "loop",        "distant",        "jittery",    "stale",      "orphan",
	"waiting",     "falseticker", "no-majority",    "tie",        "minsources", "not-preferred",
	"too-distant", "outlier",
};

uint32_t scenario_find(const struct scenario *scenario, const char *name)
{
	for (uint32_t i = 0; i < scenario->nodes_count; i++) {
		if (strcmp(scenario->nodes[i].name, name) == 0)
			return i;
	}
	return SCENARIO_NODE_NONE;
}

/* 10.0.0.1 or fd00::1 for the first node, and so on. */
struct address scenario_address(uint32_t node, enum address_family family)
{
	struct address address = { .family = (uint8_t)family };

	address.bytes[0] = family == ADDRESS_IPV4 ? 10 : 0xfd;
	address.bytes[family == ADDRESS_IPV4 ? 3 : 15] = (uint8_t)(node + 1);
	return address;
}

uint32_t scenario_node_at(const struct scenario *scenario, const struct address *address)
{
	const uint32_t node = address->bytes[address->family == ADDRESS_IPV4 ? 3 : 15] - 1U;
	const struct address own = scenario_address(node, address->family);

	return node < scenario->nodes_count && address_is_same_host(&own, address)
	               ? node
	               : SCENARIO_NODE_NONE;
}

bool scenario_is_client(const struct scenario_node *node)
{
	return !node->is_ideal &&
	       (node->config->sources_count > 0 || node->config->refclocks_count > 0);
}

int64_t scenario_leap_ns(const struct scenario *scenario, int64_t true_ns)
{
	return true_ns >= scenario->leap_at_ns - scenario->start.ns ? -scenario->leap * NS_PER_S
	                                                            : 0;
}

int scenario_tai_offset_s(const struct scenario *scenario, int64_t true_ns)
{
	struct leap_table table;
	int offset_s = (int)scenario->tai_offset_s;

	leap_table_builtin(&table);
	if (offset_s == 0)
		offset_s = leap_table_tai_offset_s(&table, scenario->start);
	return offset_s - (int)(scenario_leap_ns(scenario, true_ns) / NS_PER_S);
}

struct utc_time scenario_true_start(const struct scenario *scenario, int64_t true_ns)
{
	return (struct utc_time){ scenario->start.ns + scenario_leap_ns(scenario, true_ns) };
}

const char *scenario_state_name(enum source_state state)
{
	return state_names[state];
}

void scenario_destroy(struct scenario *scenario)
{
	if (!scenario)
		return;
	for (size_t i = 0; i < scenario->nodes_count; i++)
		free(scenario->nodes[i].config);
	free(scenario->links);
	free(scenario);
}

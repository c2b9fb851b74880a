/* What a node has to do with its real-time clock. SPDX-License-Identifier: MIT */
#include "discipline/rtc_start.h"
#include "node/node_rtc.h"
#include "sim/world.h"

static bool has_rtc(const struct world_node *node)
{
	return node->plan->has_rtc;
}

void world_rtc_create(struct world_node *node)
{
	if (!has_rtc(node))
		return;
	rtc_init(&node->rtc, &node->plan->rtc, node->world->scenario->start);
	outside_clock_init(&node->outside, NS_PER_S);
}

/* The daemon waits for an edge; here it is told what counts at any moment. */
void world_rtc_on_process(struct world_node *node, struct node_setup *setup,
                          struct rtc_file *file_out)
{
	const struct saved_file *saved = &node->files[STATE_FILE_RTC];
	struct rtc_start_facts facts = { .limits = &setup->plausible,
		                         .known = { node->saved_s * NS_PER_S } };
	struct rtc_start begin;

	if (!has_rtc(node))
		return;
	setup->has_rtc = !(node->rtc.options.is_untracked > 0);
	if (rtc_file_decode(saved->bytes, saved->length_bytes, file_out) == 0)
		setup->rtc = facts.file = file_out;
	if (!(node->rtc.options.is_start_wanted > 0))
		return;
	kept_clock_advance(&node->clock, node->world->now_ns);
	facts.local = kept_clock_read(&node->clock).local;
	facts.shown.ns = rtc_taken_ns(&node->rtc, rtc_count_ns(&node->rtc, node->world->now_ns));
	begin = rtc_start_decide(&facts);
	if (begin.choice != RTC_START_LEFT)
		kept_clock_step(&node->clock, begin.wanted.ns - facts.local.ns);
	node->last_local_ns = INT64_MIN;
}

int64_t world_rtc_edge_ns(const struct simulation *world, const struct world_node *node)
{
	return has_rtc(node) && node->node && node_rtc_is_listening(node->node)
	               ? rtc_next_edge_ns(&node->rtc, world->now_ns)
	               : NEVER_NS;
}

void world_rtc_on_edge(struct simulation *world, struct world_node *node, struct instant now,
                       struct outbox *out)
{
	const int64_t count_ns = rtc_count_ns(&node->rtc, world->now_ns) / NS_PER_S * NS_PER_S;
	const struct node_rtc_edge edge = { .second = { rtc_taken_ns(&node->rtc, count_ns) } };

	node_on_rtc_edge(node->node, &edge, now, out);
}

void world_rtc_set(struct simulation *world, struct world_node *node, int64_t utc_s)
{
	const int64_t taken_ns = rtc_taken_ns(&node->rtc, 0);

	if (!has_rtc(node))
		return;
	rtc_set(&node->rtc, world->now_ns, utc_s * NS_PER_S - taken_ns);
	outside_clock_forget(&node->outside);
	node_on_rtc_set(node->node, 0, kept_clock_read(&node->clock));
}

int64_t world_rtc_lost_ns(const struct simulation *world, struct world_node *node)
{
	const struct mono_time now = kept_clock_read(&node->clock).mono;

	if (!has_rtc(node))
		return 0;
	return outside_clock_on_reading(&node->outside, now, now,
	                                rtc_count_ns(&node->rtc, world->now_ns) / NS_PER_S *
	                                        NS_PER_S);
}

double world_rtc_error_s(const struct simulation *world, const struct world_node *node)
{
	const struct utc_time start = scenario_true_start(world->scenario, world->now_ns);

	return (double)(rtc_count_ns(&node->rtc, world->now_ns) - start.ns - world->now_ns) * 1e-9;
}

/* The time that clients get, where that is not the kept clock's: see discipline/smoothing.
 * SPDX-License-Identifier: MIT
 *
 * Clients are told the best time, as the estimates have it whatever is still being slewed, plus the
 * smoothing's offset. Its plan runs on the free clock, or, where only leap seconds are smoothed, on
 * the best time itself without its leap seconds: then it depends on nothing but the date, and
 * servers that are configured alike smear alike. */
#include <math.h>

#include "node/node_commands.h"
#include "node/node_state.h"

#define SKEW_SDS 3.0
/* chrony's rule: smoothing begins when so much of the skew is below the fastest change of rate. */
#define SKEW_SHARE 1e-4

static bool is_on(const struct node *node)
{
	return node->smoothing.options.is_on;
}

/* The best time minus the kept clock. */
static int64_t rest_ns(const struct node *node, struct local_time local)
{
	return discipline_offset_ns(&node->discipline, local);
}

static int64_t axis_ns(const struct node *node, struct local_time local)
{
	const struct timeline *timeline = &node->discipline.timeline;

	if (!node->smoothing.options.is_leap_only)
		return timeline_free(timeline, local).ns;
	return local.ns + rest_ns(node, local) + timeline->leaps_ns;
}

bool node_smoothing_is_smearing(const struct node *node)
{
	const enum leapsecmode mode = node->config.leapsecmode;

	return is_on(node) && (mode == LEAPSECMODE_SLEW || (mode == LEAPSECMODE_IGNORE &&
	                                                    !node->smoothing.options.is_leap_only));
}

struct smoothing_state node_smoothing_state(const struct node *node, struct local_time local)
{
	if (!node->smoothing.is_active)
		return (struct smoothing_state){ 0 };
	return smoothing_at(&node->smoothing, axis_ns(node, local));
}

int64_t node_smoothing_shift_ns(const struct node *node, struct local_time local)
{
	if (!is_on(node) || !node->discipline.has_estimate)
		return 0;
	return rest_ns(node, local) + llrint(node_smoothing_state(node, local).offset_s * 1e9);
}

/* A smear that began before this program did is taken up where it must be by now. */
static void resume_smear(struct node *node, struct instant now)
{
	const struct leap_table *table = node->leap_table;
	const int64_t best_ns = now.local.ns + rest_ns(node, now.local);
	size_t next;
	int64_t since_ns;
	int direction;

	if (!table || !node_smoothing_is_smearing(node))
		return;
	next = leap_table_next(table, (struct utc_time){ best_ns });
	if (next < 2)
		return;
	direction = table->changes[next - 1].tai_offset_s - table->changes[next - 2].tai_offset_s;
	since_ns = best_ns - table->changes[next - 1].utc_s * NS_PER_S +
	           (direction > 0 ? NS_PER_S : 0);
	smoothing_activate(&node->smoothing, axis_ns(node, now.local) - since_ns);
	smoothing_absorb(&node->smoothing, axis_ns(node, now.local) - since_ns, -direction, 0);
}

static void activate(struct node *node, struct instant now)
{
	smoothing_activate(&node->smoothing, axis_ns(node, now.local));
	node->smoothing_changed = now.mono;
}

static void begin(struct node *node, struct instant now)
{
	activate(node, now);
	trace_emit(&node->trace,
	           &(struct trace_event){ .kind = TRACE_SMOOTHING_STARTED,
	                                  .when = now.local,
	                                  .numbers = { node->smoothing.options.is_leap_only } });
}

void node_smoothing_on_update(struct node *node, const struct estimate *before, struct instant now)
{
	struct smoothing *smoothing = &node->smoothing;
	const struct estimate *after = &node->discipline.estimate;
	const struct free_time free = timeline_free(&node->discipline.timeline, now.local);
	const double skew_ppm = SKEW_SDS * sqrt(after->frequency_variance) * 1e6;

	if (!is_on(node))
		return;
	if (smoothing->options.is_leap_only) {
		if (!smoothing->is_active) {
			begin(node, now);
			resume_smear(node, now);
		}
	} else if (!smoothing->is_active) {
		if (skew_ppm * SKEW_SHARE < smoothing->options.max_wander_ppm_s)
			begin(node, now);
	} else if (!before) {
		activate(node, now);
	} else {
		node->smoothing_changed = now.mono;
		smoothing_absorb(smoothing, free.ns,
		                 (double)(estimate_offset_ns(after, free) -
		                          estimate_offset_ns(before, free)) *
		                         1e-9,
		                 after->frequency - before->frequency);
	}
}

void node_smoothing_on_leap(struct node *node, int direction, struct instant now)
{
	if (!node->smoothing.is_active || !node_smoothing_is_smearing(node))
		return;
	smoothing_absorb(&node->smoothing, axis_ns(node, now.local), -direction, 0);
	node->smoothing_changed = now.mono;
}

void node_smoothing_on_step(struct node *node, struct instant now)
{
	if (node->smoothing.is_active && !node->smoothing.options.is_leap_only)
		activate(node, now);
}

enum node_outcome node_command_smoothing_reset(struct node *node, struct instant now)
{
	if (!is_on(node))
		return NODE_CANNOT;
	if (node->smoothing.is_active)
		activate(node, now);
	return NODE_DONE;
}

enum node_outcome node_command_smoothing_activate(struct node *node, struct instant now)
{
	if (!is_on(node))
		return NODE_CANNOT;
	if (!node->smoothing.is_active)
		begin(node, now);
	return NODE_DONE;
}

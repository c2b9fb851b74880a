/* SPDX-License-Identifier: MIT */
#include "node/node_manual.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "node/node_state.h"

/* How exactly people press a key, as one standard deviation. Raised: entries far apart change the
 * rate less. */
#define ENTRY_SD_S 0.5
#define HASTE_S    1.0 /* nobody knows when the next one comes */

static double seconds(int64_t duration_ns)
{
	return (double)duration_ns * 1e-9;
}

/* The line through all entries; relative to the last one, so that nothing large is squared. */
static struct estimate fit(const struct node *node)
{
	const struct node_manual *manual = &node->manual;
	const struct node_manual_sample *last = &manual->samples[manual->count - 1];
	struct estimate estimate = { .at = last->at,
		                     .offset_ns = last->offset_ns,
		                     .frequency = node->discipline.frequency,
		                     .offset_variance = ENTRY_SD_S * ENTRY_SD_S };
	double mean_t = 0, mean_x = 0, sxx = 0, sxy = 0;

	for (size_t i = 0; i < manual->count; i++) {
		mean_t += seconds(manual->samples[i].at.ns - last->at.ns) / (double)manual->count;
		mean_x += seconds(manual->samples[i].offset_ns - last->offset_ns) /
		          (double)manual->count;
	}
	for (size_t i = 0; i < manual->count; i++) {
		const double t = seconds(manual->samples[i].at.ns - last->at.ns) - mean_t;
		const double x = seconds(manual->samples[i].offset_ns - last->offset_ns) - mean_x;

		sxx += t * t;
		sxy += t * x;
	}
	if (manual->count < 2 || sxx <= 0)
		return estimate;
	estimate.frequency = sxy / sxx;
	estimate.frequency_variance = ENTRY_SD_S * ENTRY_SD_S / sxx;
	estimate.offset_ns += llrint((mean_x - mean_t * estimate.frequency) * 1e9);
	return estimate;
}

static void note_residuals(struct node_manual *manual, const struct estimate *estimate)
{
	for (size_t i = 0; i < manual->count; i++) {
		struct node_manual_sample *sample = &manual->samples[i];

		sample->residual_ns = sample->offset_ns - estimate_offset_ns(estimate, sample->at);
	}
}

static void follow(struct node *node, struct instant now, struct outbox *out)
{
	const struct estimate estimate = fit(node);
	enum discipline_outcome outcome;

	note_residuals(&node->manual, &estimate);
	outcome = discipline_on_estimate(&node->discipline, &estimate, HASTE_S, now, out);
	if (outcome == DISCIPLINE_GAVE_UP)
		outbox_add(out, ACTION_GIVE_UP);
}

enum node_outcome node_manual_set_time(struct node *node, struct utc_time entered,
                                       struct instant now, struct node_manual_result *result_out,
                                       struct outbox *out)
{
	struct node_manual *manual = &node->manual;
	const struct free_time at = timeline_free(&node->discipline.timeline, now.local);
	const double before = node->discipline.frequency;

	if (!manual->is_on)
		return NODE_NOT_ENABLED;
	if (entered.ns < 0 || entered.ns > INT64_MAX / 2)
		return NODE_OUT_OF_RANGE;
	if (manual->count == NODE_MANUAL_MAX)
		memmove(manual->samples, manual->samples + 1,
		        --manual->count * sizeof manual->samples[0]);
	manual->samples[manual->count++] =
		(struct node_manual_sample){ .at = at,
		                             .entered = entered,
		                             .offset_ns = entered.ns - at.ns,
		                             .original_offset_ns = entered.ns - now.local.ns };
	trace_emit(&node->trace,
	           &(struct trace_event){ .kind = TRACE_TIME_ENTERED,
	                                  .when = now.local,
	                                  .numbers = { (double)(entered.ns - now.local.ns) } });
	follow(node, now, out);
	*result_out = (struct node_manual_result){
		.offset_ns = entered.ns - now.local.ns,
		.frequency_change_ppm = (before - node->discipline.frequency) * 1e6,
		.frequency_ppm = -node->discipline.frequency * 1e6,
	};
	return NODE_DONE;
}

void node_manual_enable(struct node *node, bool is_on)
{
	node->manual.is_on = is_on;
}

void node_manual_reset(struct node *node)
{
	node->manual.count = 0;
}

enum node_outcome node_manual_delete(struct node *node, size_t index, struct instant now,
                                     struct outbox *out)
{
	struct node_manual *manual = &node->manual;

	if (!manual->is_on)
		return NODE_NOT_ENABLED;
	if (index >= manual->count)
		return NODE_NO_SUCH_SAMPLE;
	manual->count--;
	memmove(manual->samples + index, manual->samples + index + 1,
	        (manual->count - index) * sizeof manual->samples[0]);
	if (manual->count > 0)
		follow(node, now, out);
	return NODE_DONE;
}

size_t node_manual_count(const struct node *node)
{
	return node->manual.count;
}

struct node_manual_entry node_manual_entry(const struct node *node, size_t index,
                                           struct instant now)
{
	const struct timeline *timeline = &node->discipline.timeline;
	const struct free_time free = timeline_free(timeline, now.local);
	const struct node_manual_sample *sample = &node->manual.samples[index];

	assert(index < node->manual.count);
	return (struct node_manual_entry){
		.entered = sample->entered,
		.offset_ns =
			sample->offset_ns + timeline_correction_ns(timeline, now.local) +
			llrint(node->discipline.frequency * (double)(free.ns - sample->at.ns)) -
			discipline_offset_ns(&node->discipline, now.local),
		.original_offset_ns = sample->original_offset_ns,
		.residual_ns = sample->residual_ns,
	};
}

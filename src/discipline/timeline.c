/* SPDX-License-Identifier: MIT */
#include "discipline/timeline.h"

#include <assert.h>
#include <math.h>
#include <string.h>

void timeline_init(struct timeline *timeline, struct local_time now)
{
	memset(timeline, 0, sizeof *timeline);
	timeline->count = 1;
	timeline->segments[0].local = now;
	timeline->segments[0].free.ns = now.ns;
}

static struct free_time free_on(const struct timeline_segment *segment, struct local_time local)
{
	const int64_t since_ns = local.ns - segment->local.ns;
	const double share = segment->frequency / (1 + segment->frequency);

	return (struct free_time){ segment->free.ns + since_ns - llrint((double)since_ns * share) };
}

/* Nothing is adjusted before the last adjustment, even if a clock with coarse ticks reads so. */
void timeline_on_adjusted(struct timeline *timeline, struct local_time at, double frequency,
                          int64_t step_ns)
{
	const struct free_time free = free_on(&timeline->segments[timeline->count - 1], at);

	assert(frequency > -1);
	if (timeline->count == TIMELINE_MAX) {
		memmove(timeline->segments, timeline->segments + 1,
		        (TIMELINE_MAX - 1) * sizeof timeline->segments[0]);
		timeline->count--;
	}
	timeline->segments[timeline->count].local.ns = at.ns + step_ns;
	timeline->segments[timeline->count].free = free;
	timeline->segments[timeline->count].frequency = frequency;
	timeline->count++;
}

bool timeline_is_remembered(const struct timeline *timeline, struct local_time local)
{
	return timeline->count < TIMELINE_MAX || local.ns >= timeline->segments[0].local.ns;
}

struct free_time timeline_free(const struct timeline *timeline, struct local_time local)
{
	unsigned i = timeline->count - 1;

	while (i > 0 && timeline->segments[i].local.ns > local.ns)
		i--;
	return free_on(&timeline->segments[i], local);
}

struct local_time timeline_local(const struct timeline *timeline, struct free_time free)
{
	unsigned i = timeline->count - 1;
	int64_t since_ns;

	while (i > 0 && timeline->segments[i].free.ns > free.ns)
		i--;
	since_ns = free.ns - timeline->segments[i].free.ns;
	return (struct local_time){ timeline->segments[i].local.ns + since_ns +
		                    llrint((double)since_ns * timeline->segments[i].frequency) };
}

int64_t timeline_correction_ns(const struct timeline *timeline, struct local_time local)
{
	return timeline_free(timeline, local).ns - local.ns - timeline->leaps_ns;
}

double timeline_frequency(const struct timeline *timeline)
{
	return timeline->segments[timeline->count - 1].frequency;
}

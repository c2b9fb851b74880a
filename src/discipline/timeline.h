/* discipline/timeline: the kept clock <-> the free clock. SPDX-License-Identifier: MIT
 *
 * The free clock is what the kept clock would read had it never been corrected: it starts equal and
 * from then on each correction that was carried out is taken away again. A few past corrections are
 * remembered, so that a packet's timestamp is mapped by the one in force when it was taken. */
#pragma once

#include <stdbool.h>

#include "base/instant.h"

#define TIMELINE_MAX 128 /* corrections remembered, some polls of several sources */

struct timeline_segment {
	struct local_time local; /* from here on … */
	struct free_time free;   /* … which is this on the free clock … */
	double frequency;        /* … the kept clock gains so many s/s on the free one */
};

struct timeline {
	unsigned count; /* 1..TIMELINE_MAX; the newest last */
	struct timeline_segment segments[TIMELINE_MAX];
	int64_t leaps_ns; /* leap seconds inserted since the start, less those deleted: the free
	                     clock and what is estimated against it do not take part in them */
};

void timeline_init(struct timeline *timeline, struct local_time now);

/* The clock was adjusted at `at` (reading before the step). */
void timeline_on_adjusted(struct timeline *timeline, struct local_time at, double frequency,
                          int64_t step_ns);

/* Is the correction that was in force then still remembered? Else it is mapped inexactly. */
bool timeline_is_remembered(const struct timeline *timeline, struct local_time local);
struct free_time timeline_free(const struct timeline *timeline, struct local_time local);
struct local_time timeline_local(const struct timeline *timeline, struct free_time free);
/* What to add to an estimated reference - free at this moment to get UTC - local. */
int64_t timeline_correction_ns(const struct timeline *timeline, struct local_time local);
double timeline_frequency(const struct timeline *timeline); /* in force now */

/* SPDX-License-Identifier: MIT */
#include "os/virtual_oscillator.h"

#include <math.h>

#include "base/instant.h"

#define WALK_NS NS_PER_S

static struct virtual_segment *newest(struct virtual_oscillator *oscillator)
{
	return &oscillator->segments[oscillator->newest_index];
}

static double segment_ahead_ns(const struct virtual_segment *segment, int64_t true_ns)
{
	return segment->part_ns + (double)(true_ns - segment->true_ns) * segment->rate;
}

static int64_t segment_local_ns(const struct virtual_segment *segment, int64_t true_ns)
{
	return segment->local_ns + (true_ns - segment->true_ns) +
	       llround(segment_ahead_ns(segment, true_ns));
}

/* A new segment begins where the present one has got to. */
static void begin_segment(struct virtual_oscillator *oscillator, int64_t true_ns, int64_t step_ns)
{
	const struct virtual_segment *last = newest(oscillator);
	const double ahead_ns = segment_ahead_ns(last, true_ns);
	const double whole_ns = floor(ahead_ns);
	const struct virtual_segment next = {
		.true_ns = true_ns,
		.local_ns =
			last->local_ns + (true_ns - last->true_ns) + (int64_t)whole_ns + step_ns,
		.part_ns = ahead_ns - whole_ns,
		.rate = (1 + oscillator->error) * (1 + oscillator->correction) - 1,
	};

	oscillator->newest_index = (oscillator->newest_index + 1) % VIRTUAL_OSCILLATOR_SEGMENTS;
	*newest(oscillator) = next;
}

static void walk(struct virtual_oscillator *oscillator, int64_t true_ns)
{
	if (!(oscillator->wander > 0))
		return;
	while (oscillator->next_walk_true_ns <= true_ns) {
		oscillator->error += oscillator->wander * rng_normal(&oscillator->rng);
		begin_segment(oscillator, oscillator->next_walk_true_ns, 0);
		oscillator->next_walk_true_ns += WALK_NS;
	}
}

void virtual_oscillator_init(struct virtual_oscillator *oscillator,
                             const struct virtual_oscillator_options *options, int64_t true_ns)
{
	const struct virtual_segment first = {
		.true_ns = true_ns,
		.local_ns = true_ns + llround(options->offset_s * 1e9),
		.rate = options->frequency_ppm * 1e-6,
	};

	*oscillator = (struct virtual_oscillator){
		.wander = options->wander,
		.error = options->frequency_ppm * 1e-6,
		.next_walk_true_ns = true_ns + WALK_NS,
	};
	rng_init_seed(&oscillator->rng, options->seed);
	for (size_t i = 0; i < VIRTUAL_OSCILLATOR_SEGMENTS; i++)
		oscillator->segments[i] = first;
}

int64_t virtual_oscillator_local_ns(struct virtual_oscillator *oscillator, int64_t true_ns)
{
	size_t index;

	walk(oscillator, true_ns);
	index = oscillator->newest_index;
	for (size_t i = 1; i < VIRTUAL_OSCILLATOR_SEGMENTS; i++) {
		if (oscillator->segments[index].true_ns <= true_ns)
			break;
		index = (index + VIRTUAL_OSCILLATOR_SEGMENTS - 1) % VIRTUAL_OSCILLATOR_SEGMENTS;
	}
	return segment_local_ns(&oscillator->segments[index], true_ns);
}

void virtual_oscillator_adjust(struct virtual_oscillator *oscillator, int64_t true_ns,
                               double correction, int64_t step_ns)
{
	walk(oscillator, true_ns);
	oscillator->correction = correction;
	begin_segment(oscillator, true_ns, step_ns);
}

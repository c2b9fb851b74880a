/* SPDX-License-Identifier: MIT */
#include "estimate/worlds.h"

#include <math.h>

#define DECADES_NS (INT64_C(1700000000) * NS_PER_S)

void world_start(struct world_run *run, const struct world *world, uint64_t seed,
                 unsigned event_poll)
{
	*run = (struct world_run){ .world = world,
		                   .event_poll = event_poll,
		                   .base_offset_ns = DECADES_NS };
	rng_init_seed(&run->rng, seed);
	run->offset_s = rng_normal(&run->rng);
	run->frequency = 1e-5 * rng_normal(&run->rng);
}

void world_pass(struct world_run *run, double dt_s)
{
	const double walk = run->world->wander * sqrt(dt_s);
	const double a = rng_normal(&run->rng), b = rng_normal(&run->rng);

	run->offset_s += run->frequency * dt_s + walk * dt_s * (a / 2 + b / sqrt(12));
	run->frequency += walk * a;
	run->now.ns += (int64_t)llround(dt_s * 1e9);
}

static double burst(struct world_run *run, unsigned way)
{
	run->is_bad[way] = rng_unit(&run->rng) < (run->is_bad[way] ? 0.85 : 0.03);
	return (run->is_bad[way] ? 20 : 1) * rng_exponential(&run->rng);
}

/* In units of jitter_s. */
static double lateness(struct world_run *run, unsigned way)
{
	struct rng *rng = &run->rng;

	switch (run->world->jitter) {
	case JITTER_EXPONENTIAL:
		return rng_exponential(rng);
	case JITTER_GAUSSIAN:
		return rng_normal(rng);
	case JITTER_GAMMA:
		return (rng_exponential(rng) + rng_exponential(rng) + rng_exponential(rng)) / 2;
	case JITTER_LOGNORMAL:
		return exp(rng_normal(rng));
	case JITTER_PARETO:
		return pow(1 - rng_unit(rng), -1 / 1.5) - 1;
	case JITTER_BURSTS:
		return burst(run, way);
	case JITTER_ONE_WAY:
		return way == 0 ? 2 * rng_exponential(rng) : 0;
	case JITTER_LOPSIDED:
		return (way == 0 ? 1.8 : 0.2) * rng_exponential(rng);
	case JITTER_NONE:
		break;
	}
	return 0;
}

static int64_t stamp_ns(const struct world *world, double s)
{
	const double quantum_s = world->quantum_s > 0 ? world->quantum_s : 1e-9;

	return (int64_t)llround(round(s / quantum_s) * quantum_s * 1e9);
}

static void happen(struct world_run *run)
{
	if (run->polls_count == run->event_poll && run->event_poll > 0) {
		run->offset_s += run->world->server_step_s;
		run->frequency += run->world->frequency_step;
	}
	run->polls_count++;
}

bool world_exchange(struct world_run *run, struct exchange *exchange_out)
{
	const struct world *world = run->world;
	double base_s = world->base_s > 0 ? world->base_s : 5e-3;
	double forth_s, back_s, wrong_s = 0;

	happen(run);
	base_s += world->creep * (double)run->now.ns * 1e-9;
	forth_s = base_s + world->jitter_s * lateness(run, 0);
	back_s = base_s + world->jitter_s * lateness(run, 1);
	if (run->event_poll > 0 && run->polls_count > run->event_poll) {
		forth_s += world->forth_change_s;
		back_s += world->back_change_s;
	}
	if (world->outlier_rate > 0 && rng_unit(&run->rng) < world->outlier_rate)
		wrong_s = rng_normal(&run->rng) / 2;
	*exchange_out = (struct exchange){
		.at = run->now,
		.upper_ns =
			run->base_offset_ns + stamp_ns(world, run->offset_s + forth_s + wrong_s),
		.lower_ns = run->base_offset_ns + stamp_ns(world, run->offset_s - back_s + wrong_s),
	};
	return !(world->loss_rate > 0 && rng_unit(&run->rng) < world->loss_rate);
}

double world_error_s(const struct world_run *run, const struct estimate *estimate)
{
	const double dt_s = (double)(run->now.ns - estimate->at.ns) * 1e-9;

	return (double)(estimate->offset_ns - run->base_offset_ns) * 1e-9 +
	       estimate->frequency * dt_s - run->offset_s;
}

/* SPDX-License-Identifier: MIT */
#include "sim/oscillator.h"

#include <assert.h>
#include <math.h>

#include "base/instant.h"

static bool is_noisy(const struct oscillator *o)
{
	return o->options.wander > 0 || o->options.white > 0 || o->options.temperature > 0;
}

static void begin_second(struct oscillator *o)
{
	if (o->options.wander > 0)
		o->walk += o->options.wander * rng_normal(&o->rng);
	o->noise = 0;
	if (o->options.white > 0)
		o->noise += o->options.white * rng_normal(&o->rng);
	if (o->options.temperature > 0) {
		const double middle_s = (double)o->true_ns * 1e-9 + 0.5;

		o->noise += o->options.temperature * sin(2 * 3.14159265358979323846 * middle_s /
		                                         o->options.temperature_period_s);
	}
}

void oscillator_init(struct oscillator *oscillator, const struct oscillator_options *options,
                     int64_t ticks_ns, uint64_t seed)
{
	assert(options->temperature_period_s > 0);
	*oscillator = (struct oscillator){ .options = *options, .ticks_ns = ticks_ns };
	rng_init_seed(&oscillator->rng, seed);
	begin_second(oscillator);
}

double oscillator_rate(const struct oscillator *oscillator)
{
	return oscillator->options.frequency + oscillator->walk + oscillator->noise;
}

static void run_until(struct oscillator *o, int64_t true_ns)
{
	const int64_t passed_ns = true_ns - o->true_ns;
	const double gained_ns = (double)passed_ns * oscillator_rate(o) + o->ticks_fraction;
	const double whole_ns = floor(gained_ns);

	o->ticks_ns += passed_ns + (int64_t)whole_ns;
	o->ticks_fraction = gained_ns - whole_ns;
	o->true_ns = true_ns;
}

void oscillator_advance(struct oscillator *oscillator, int64_t true_ns)
{
	assert(true_ns >= oscillator->true_ns);
	while (is_noisy(oscillator)) {
		const int64_t second_ends_ns = (oscillator->true_ns / NS_PER_S + 1) * NS_PER_S;

		if (true_ns < second_ends_ns)
			break;
		run_until(oscillator, second_ends_ns);
		begin_second(oscillator);
	}
	run_until(oscillator, true_ns);
}

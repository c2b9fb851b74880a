/* SPDX-License-Identifier: MIT */
#include "sim/path.h"

#include <math.h>

#include "base/instant.h"

void path_init(struct path *path, const struct path_options *options, uint64_t seed)
{
	*path = (struct path){ .options = *options };
	rng_init_seed(&path->rng, seed);
}

static bool happens(struct path *path, double probability)
{
	return probability > 0 && rng_unit(&path->rng) < probability;
}

static bool is_up(const struct path_options *options, int64_t true_ns)
{
	if (options->is_down != 0)
		return false;
	return options->up_every_s <= 0 ||
	       fmod((double)true_ns * 1e-9, options->up_every_s) < options->up_for_s;
}

/* Two kinds of weather that take turns, each for an exponential time. */
static void follow_weather(struct path *path, int64_t true_ns)
{
	const struct path_options *options = &path->options;

	if (options->burst_every_s <= 0) {
		path->is_burst = false;
		path->weather_changes_ns = 0;
		return;
	}
	if (path->weather_changes_ns == 0) /* the first fair time */
		path->weather_changes_ns =
			1 + llrint(options->burst_every_s * rng_exponential(&path->rng) * 1e9);
	while (path->weather_changes_ns <= true_ns) {
		path->is_burst = !path->is_burst;
		path->weather_changes_ns += 1 + llrint((path->is_burst ? options->burst_for_s
		                                                       : options->burst_every_s) *
		                                       rng_exponential(&path->rng) * 1e9);
	}
}

static double jitter_s(struct path *path)
{
	const double size_s =
		path->is_burst ? path->options.burst_jitter_s : path->options.jitter_s;

	if (size_s <= 0)
		return 0;
	switch ((enum path_law)path->options.law) {
	case PATH_LAW_NORMAL:
		return size_s * rng_normal(&path->rng);
	case PATH_LAW_LOGNORMAL:
		return size_s * exp(rng_normal(&path->rng) - 0.5);
	case PATH_LAW_PARETO:
		return size_s * (PATH_PARETO_SHAPE - 1) *
		       (exp(rng_exponential(&path->rng) / PATH_PARETO_SHAPE) - 1);
	case PATH_LAW_EXPONENTIAL:
	case PATH_LAW_COUNT:
		break;
	}
	return size_s * rng_exponential(&path->rng);
}

static int64_t delay_ns(struct path *path)
{
	double delay_s = path->options.base_s * (1 + path->options.asymmetry) + jitter_s(path);

	if (happens(path, path->options.reorder))
		delay_s += path->options.reorder_delay_s;
	return llrint(fmax(delay_s, 0) * 1e9);
}

unsigned path_send(struct path *path, int64_t true_ns, int64_t delay_ns_out[PATH_COPIES_MAX])
{
	unsigned copies = 0;

	follow_weather(path, true_ns);
	if (!is_up(&path->options, true_ns) ||
	    happens(path, path->is_burst ? path->options.burst_loss : path->options.loss))
		return 0;
	delay_ns_out[copies++] = delay_ns(path);
	if (happens(path, path->options.duplicate))
		delay_ns_out[copies++] = delay_ns(path);
	return copies;
}

bool path_forge(struct path *path, int64_t *delay_ns_out)
{
	if (!happens(path, path->options.forge))
		return false;
	*delay_ns_out = delay_ns(path);
	return true;
}

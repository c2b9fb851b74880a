/* bench/limit: how well any estimator could do in a world: a particle filter that knows the true
 * delay law, floor and wander. SPDX-License-Identifier: MIT
 *
 * usage: limit FILE POLL_S SEEDS PARTICLES
 * Reads a scenario with one node and one ideal server, makes its oscillator and its paths with the
 * simulator's own code, exchanges a packet each POLL_S, and prints for each seed the RMS error in
 * seconds of the filter's prediction between the exchanges and that of its frequency. Only for
 * worlds that stay as they are: no events, no temperature, no asymmetry that a client cannot know.
 *
 * A regularised bootstrap filter (Gordon, Salmond, Smith 1993; Liu and West 2001): particles are
 * (theta, f), the clock's offset and rate; an exchange gives two readings, each with the one-way
 * delay's own density. Bursts of bad weather are a two-state chain for each direction, of which
 * the filter carries the probability. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/kept_clock.h"
#include "sim/path.h"
#include "sim/scenario_parse.h"

#define LOOK_S   4 /* between looks at the error */
#define TEXT_MAX 65536

struct draw { /* fast and good enough for particles; the world itself has base/rng */
	uint64_t state;
	double spare;
	bool has_spare;
};

static uint64_t draw_u64(struct draw *draw) /* splitmix64, Steele et al. 2014 */
{
	uint64_t z = draw->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static double draw_unit(struct draw *draw)
{
	return (double)(draw_u64(draw) >> 11) * 0x1p-53;
}

static double draw_normal(struct draw *draw) /* Marsaglia's polar method */
{
	double u, v, s;

	if (draw->has_spare) {
		draw->has_spare = false;
		return draw->spare;
	}
	do {
		u = 2 * draw_unit(draw) - 1;
		v = 2 * draw_unit(draw) - 1;
		s = u * u + v * v;
	} while (s >= 1 || s == 0);
	s = sqrt(-2 * log(s) / s);
	draw->spare = v * s;
	draw->has_spare = true;
	return u * s;
}

struct direction {
	const struct path_options *options;
	double floor_s, burst_probability, fair_evidence, burst_evidence;
};

struct particle {
	double theta, f, log_weight;
};

struct filter {
	struct particle *particles, *spare;
	size_t count;
	struct draw draw;
	struct direction forth, back;
	double wander, white, reading_sd;
	double at_s, origin, theta, f; /* the estimate; particles' thetas are relative to origin */
};

/* Log density of a lateness e with a law; a little below zero falls off as the readings' noise. */
static double log_density(const struct path_options *options, double jitter_s, double e, double sd)
{
	const double below = e < 0 ? -0.5 * (e / sd) * (e / sd) : 0;
	const double late = fmax(e, 0);
	double x;

	if (jitter_s <= 0)
		return -0.5 * (e / sd) * (e / sd) - log(sd);
	switch ((enum path_law)options->law) {
	case PATH_LAW_NORMAL:
		x = hypot(jitter_s, sd);
		return -0.5 * (e / x) * (e / x) - log(x);
	case PATH_LAW_LOGNORMAL:
		x = log(fmax(late / jitter_s, 1e-3)) + 0.5;
		return -0.5 * x * x - log(fmax(late, jitter_s * 1e-3)) + below;
	case PATH_LAW_PARETO:
		x = jitter_s * (PATH_PARETO_SHAPE - 1);
		return -(PATH_PARETO_SHAPE + 1) * log1p(late / x) - log(x) + below;
	case PATH_LAW_EXPONENTIAL:
	case PATH_LAW_COUNT:
		break;
	}
	return -late / jitter_s - log(jitter_s) + below;
}

static double direction_density(struct direction *direction, double lateness_s, double sd,
                                double *burst_share_out)
{
	const struct path_options *options = direction->options;
	const double fair = log_density(options, options->jitter_s, lateness_s, sd);
	double fair_part, burst_part, most;

	*burst_share_out = 0;
	if (options->burst_every_s <= 0)
		return fair;
	fair_part = fair + log((1 - direction->burst_probability) * (1 - options->loss) + 1e-12);
	burst_part = log_density(options, options->burst_jitter_s, lateness_s, sd) +
	             log(direction->burst_probability * (1 - options->burst_loss) + 1e-12);
	most = fmax(fair_part, burst_part);
	most += log(exp(fair_part - most) + exp(burst_part - most));
	*burst_share_out = exp(burst_part - most);
	return most;
}

/* What the weather will probably be, some seconds on. */
static void age_weather(struct direction *direction, double dt_s)
{
	const struct path_options *options = direction->options;
	double steady, keep;

	if (options->burst_every_s <= 0)
		return;
	steady = options->burst_for_s / (options->burst_for_s + options->burst_every_s);
	keep = exp(-dt_s * (1 / options->burst_for_s + 1 / options->burst_every_s));
	direction->burst_probability = steady + (direction->burst_probability - steady) * keep;
}

static void predict(struct filter *filter, double dt_s)
{
	const double rate_sd = filter->wander * sqrt(dt_s);
	const double bend_sd = filter->wander * sqrt(dt_s * dt_s * dt_s / 12);
	const double white_sd = filter->white * sqrt(dt_s);

	for (size_t i = 0; i < filter->count; i++) {
		struct particle *particle = &filter->particles[i];
		const double step = rate_sd * draw_normal(&filter->draw);

		particle->theta +=
			particle->f * dt_s + step * dt_s / 2 + bend_sd * draw_normal(&filter->draw);
		if (white_sd > 0)
			particle->theta += white_sd * draw_normal(&filter->draw);
		particle->f += step;
	}
}

/* Systematic resampling with a kernel that keeps mean and covariance. */
static void resample(struct filter *filter, double total, const double covariance[3], double theta)
{
	const double width = 0.1, shrink = sqrt(1 - width * width);
	const double a = sqrt(covariance[0]), b = a > 0 ? covariance[1] / a : 0;
	const double c = sqrt(fmax(covariance[2] - b * b, 0));
	const double stride = total / (double)filter->count;
	double at = draw_unit(&filter->draw) * stride, passed = 0;
	struct particle *old = filter->particles;
	size_t j = 0;

	for (size_t i = 0; i < filter->count; i++, at += stride) {
		const double z = draw_normal(&filter->draw), y = draw_normal(&filter->draw);

		while (j + 1 < filter->count && passed + exp(old[j].log_weight) < at)
			passed += exp(old[j++].log_weight);
		filter->spare[i] = (struct particle){
			.theta = theta + shrink * (old[j].theta - theta) + width * a * z,
			.f = filter->f + shrink * (old[j].f - filter->f) + width * (b * z + c * y),
		};
	}
	filter->particles = filter->spare;
	filter->spare = old;
}

/* theta - floor - lateness was read going forth at `at_s`, theta + floor + lateness coming back
 * rtt_s later. */
static void update(struct filter *filter, double at_s, double rtt_s, double low, double high)
{
	double most = -INFINITY, total = 0, squares = 0, theta = 0, f = 0, forth = 0, back = 0;
	double covariance[3] = { 0 };
	struct particle *particles = filter->particles;

	predict(filter, at_s - filter->at_s);
	age_weather(&filter->forth, at_s - filter->at_s);
	age_weather(&filter->back, at_s - filter->at_s);
	filter->at_s = at_s;
	low -= filter->origin;
	high -= filter->origin;
	for (size_t i = 0; i < filter->count; i++) {
		double share;

		particles[i].log_weight +=
			direction_density(&filter->forth,
		                          particles[i].theta - low - filter->forth.floor_s,
		                          filter->reading_sd, &share) +
			direction_density(&filter->back,
		                          high - particles[i].theta - particles[i].f * rtt_s -
		                                  filter->back.floor_s,
		                          filter->reading_sd, &share);
		most = fmax(most, particles[i].log_weight);
	}
	for (size_t i = 0; i < filter->count; i++) {
		double weight, share;

		particles[i].log_weight -= most;
		weight = exp(particles[i].log_weight);
		total += weight;
		squares += weight * weight;
		theta += weight * particles[i].theta;
		f += weight * particles[i].f;
		if (filter->forth.options->burst_every_s <= 0 || weight < 1e-12)
			continue;
		direction_density(&filter->forth, particles[i].theta - low - filter->forth.floor_s,
		                  filter->reading_sd, &share);
		forth += weight * share;
		direction_density(&filter->back,
		                  high - particles[i].theta - particles[i].f * rtt_s -
		                          filter->back.floor_s,
		                  filter->reading_sd, &share);
		back += weight * share;
	}
	theta /= total;
	filter->f = f / total;
	filter->theta = filter->origin + theta;
	filter->forth.burst_probability = forth / total;
	filter->back.burst_probability = back / total;
	for (size_t i = 0; i < filter->count; i++) {
		const double weight = exp(particles[i].log_weight) / total;
		const double x = particles[i].theta - theta, y = particles[i].f - filter->f;

		covariance[0] += weight * x * x;
		covariance[1] += weight * x * y;
		covariance[2] += weight * y * y;
	}
	if (total * total < squares * (double)filter->count / 2)
		resample(filter, total, covariance, theta);
}

static void begin(struct filter *filter, double at_s, double theta, double f, double spread_s)
{
	filter->at_s = at_s;
	filter->origin = filter->theta = theta;
	filter->f = f;
	for (size_t i = 0; i < filter->count; i++)
		filter->particles[i] = (struct particle){
			.theta = spread_s * draw_normal(&filter->draw),
			.f = f + filter->wander * 60 * draw_normal(&filter->draw),
		};
}

struct result {
	double rms_s, frequency_rms;
};

/* All that decides the noise, except its draws. */
static void know_world(struct filter *filter, const struct scenario *scenario, uint32_t client,
                       const struct path_options *forth, const struct path_options *back)
{
	const struct kept_clock_options *clock = &scenario->nodes[client].clock;
	const double quickest_s = fmin(forth->jitter_s, back->jitter_s);

	filter->forth = (struct direction){ .options = forth };
	filter->back = (struct direction){ .options = back };
	filter->forth.floor_s = forth->base_s * (1 + forth->asymmetry);
	filter->back.floor_s = back->base_s * (1 + back->asymmetry);
	filter->wander = clock->oscillator.wander;
	filter->white = clock->oscillator.white;
	filter->reading_sd = hypot(fmax(0.002 * quickest_s, 5e-9), clock->granularity_s / sqrt(12));
}

/* One seed: the world runs for the scenario's duration, errors count from `settle` on. */
static struct result run(const struct scenario *scenario, uint32_t client, uint32_t server,
                         double poll_s, size_t particles, uint64_t seed)
{
	const struct path_options *links = scenario->links;
	struct path forth, back;
	struct kept_clock clock;
	struct rng seeds;
	struct filter filter = { .count = particles, .draw.state = seed * 7919 };
	double sum = 0, frequency_sum = 0;
	int64_t now_ns = 0, looks = 0;

	filter.particles = calloc(particles, sizeof *filter.particles);
	filter.spare = calloc(particles, sizeof *filter.spare);
	if (!filter.particles || !filter.spare)
		exit(1);
	rng_init_seed(&seeds, seed);
	kept_clock_init(&clock, &scenario->nodes[client].clock, scenario->start, 0,
	                rng_u64(&seeds));
	path_init(&forth, &links[client * SCENARIO_NODES_MAX + server], rng_u64(&seeds));
	path_init(&back, &links[server * SCENARIO_NODES_MAX + client], rng_u64(&seeds));
	know_world(&filter, scenario, client, &forth.options, &back.options);
	begin(&filter, 0, kept_clock_error_s(&clock, scenario->start), kept_clock_rate(&clock),
	      fmax(forth.options.jitter_s, back.options.jitter_s));
	while (now_ns < scenario->duration_ns) {
		const int64_t sent_ns = now_ns, next_ns = now_ns + llrint(poll_s * 1e9);
		int64_t there_ns[PATH_COPIES_MAX], home_ns[PATH_COPIES_MAX];
		const double low =
			(double)(kept_clock_read(&clock).local.ns - scenario->start.ns - sent_ns) *
			1e-9;

		if (path_send(&forth, now_ns, there_ns) > 0 &&
		    path_send(&back, now_ns + there_ns[0], home_ns) > 0) {
			double high;

			now_ns += there_ns[0] + home_ns[0];
			kept_clock_advance(&clock, now_ns);
			high = (double)(kept_clock_read(&clock).local.ns - scenario->start.ns -
			                now_ns) *
			       1e-9;
			update(&filter, (double)sent_ns * 1e-9, (double)(now_ns - sent_ns) * 1e-9,
			       low - (double)there_ns[0] * 1e-9, high + (double)home_ns[0] * 1e-9);
		}
		for (; now_ns + LOOK_S * NS_PER_S < next_ns; now_ns += LOOK_S * NS_PER_S) {
			const double ahead_s = (double)now_ns * 1e-9 - filter.at_s;
			double error;

			kept_clock_advance(&clock, now_ns);
			if (now_ns < scenario->settle_ns)
				continue;
			error = kept_clock_error_s(&clock, scenario->start) - filter.theta -
			        filter.f * ahead_s;
			sum += error * error;
			error = kept_clock_rate(&clock) - filter.f;
			frequency_sum += error * error;
			looks++;
		}
		now_ns = next_ns;
		kept_clock_advance(&clock, now_ns);
	}
	free(filter.particles);
	free(filter.spare);
	return (struct result){ .rms_s = sqrt(sum / (double)looks),
		                .frequency_rms = sqrt(frequency_sum / (double)looks) };
}

static struct scenario *load(const char *path)
{
	static char text[TEXT_MAX], complaints[TEXT_MAX];
	FILE *file = fopen(path, "r");
	struct text errors = text_into(complaints, sizeof complaints);
	struct scenario *scenario = NULL;
	size_t length;

	if (!file) {
		perror(path);
		return NULL;
	}
	length = fread(text, 1, sizeof text, file);
	fclose(file);
	if (scenario_parse(path, text, length, &scenario, &errors) < 0) {
		fputs(complaints, stderr);
		return NULL;
	}
	return scenario;
}

int main(int argc, char **argv)
{
	struct scenario *scenario = argc == 5 ? load(argv[1]) : NULL;
	uint32_t client = SCENARIO_NODE_NONE, server = SCENARIO_NODE_NONE;

	if (!scenario) {
		fputs("usage: limit FILE POLL_S SEEDS PARTICLES\n", stderr);
		return 2;
	}
	for (uint32_t i = 0; i < scenario->nodes_count; i++)
		*(scenario->nodes[i].is_ideal ? &server : &client) = i;
	if (client == SCENARIO_NODE_NONE || server == SCENARIO_NODE_NONE) {
		fprintf(stderr, "limit: %s needs one node and one ideal server\n", argv[1]);
		return 2;
	}
	for (uint64_t seed = 1; seed <= strtoull(argv[3], NULL, 10); seed++) {
		const struct result result = run(scenario, client, server, strtod(argv[2], NULL),
		                                 strtoull(argv[4], NULL, 10), seed);

		printf("%.4e %.4e\n", result.rms_s, result.frequency_rms);
	}
	scenario_destroy(scenario);
	return 0;
}

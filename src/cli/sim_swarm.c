/* SPDX-License-Identifier: MIT */
#include "cli/sim_swarm.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/command.h"
#include "sim/scenario_parse.h"
#include "sim/simulation.h"
#include "sim/swarm.h"

#define SECONDS_PER_YEAR 31557600.0

struct tally {
	uint64_t worlds_count, broken_count;
	double simulated_s, margin_min;
	uint64_t tightest_seed;
};

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Of the report, only what went wrong. */
static void print_broken(void *to, const char *line)
{
	(void)to;
	if (strncmp(line, "BROKEN ", 7) == 0)
		printf("  %s\n", line);
}

static struct scenario *make(uint64_t seed)
{
	static char text[SWARM_TEXT_SIZE], complaints[4096];
	struct text out = text_into(text, sizeof text);
	struct text errors = text_into(complaints, sizeof complaints);
	struct scenario *scenario = NULL;

	swarm_write(seed, &out);
	if (scenario_parse("swarm", text, out.length_bytes, &scenario, &errors) < 0) {
		fputs(complaints, stderr);
		return NULL;
	}
	return scenario;
}

static bool run_world(uint64_t seed, struct tally *tally)
{
	const struct simulation_options options = { 0 };
	const struct line_sink broken = { .line = print_broken }, nobody = { 0 };
	struct scenario *scenario = make(seed);
	struct simulation *simulation;
	double margin;

	if (!scenario)
		return false;
	if (simulation_create(scenario, &options, &simulation) < 0) {
		fputs("timeball sim: no memory for the world\n", stderr);
		scenario_destroy(scenario);
		return false;
	}
	simulation_run(simulation);
	if (!simulation_report(simulation, &nobody)) {
		tally->broken_count++;
		printf("not ok: timeball sim --swarm 1 --seed %llu: %s\n", (unsigned long long)seed,
		       scenario->title);
		(void)simulation_report(simulation, &broken);
	}
	margin = simulation_margin(simulation);
	if (margin < tally->margin_min) {
		tally->margin_min = margin;
		tally->tightest_seed = seed;
	}
	tally->worlds_count++;
	tally->simulated_s += (double)scenario->duration_ns * 1e-9;
	simulation_destroy(simulation);
	scenario_destroy(scenario);
	return true;
}

int sim_swarm_run(const struct swarm_order *order)
{
	struct tally tally = { .margin_min = INFINITY };
	const double started_s = now_s();

	for (uint64_t i = 0; i < order->count; i++) {
		if (order->seconds_max > 0 && now_s() - started_s >= (double)order->seconds_max)
			break;
		if (!run_world(order->first_seed + i, &tally))
			return COMMAND_NO;
	}
	printf("%.2f simulated years in %llu worlds from seed %llu on: %llu with violations; tightest "
	       "bound %.3f times the error (seed %llu)\n",
	       tally.simulated_s / SECONDS_PER_YEAR, (unsigned long long)tally.worlds_count,
	       (unsigned long long)order->first_seed, (unsigned long long)tally.broken_count,
	       tally.margin_min, (unsigned long long)tally.tightest_seed);
	return tally.broken_count == 0 ? COMMAND_OK : COMMAND_NO;
}

int sim_swarm_show(uint64_t seed)
{
	static char text[SWARM_TEXT_SIZE];
	struct text out = text_into(text, sizeof text);

	swarm_write(seed, &out);
	fputs(text, stdout);
	return COMMAND_OK;
}

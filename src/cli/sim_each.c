/* SPDX-License-Identifier: MIT */
#include "cli/sim_each.h"

#include <stdio.h>

#include "cli/command.h"

struct tally {
	uint64_t runs_count, broken_count;
};

/* How many events and calls a run has when nothing goes wrong, or -ENOMEM. */
static int count(const struct scenario *scenario, const struct simulation_options *options,
                 uint64_t *events_out, uint64_t *calls_out)
{
	struct simulation *simulation;
	const int error = simulation_create(scenario, options, &simulation);

	if (error < 0)
		return error;
	simulation_run(simulation);
	*events_out = simulation_events_count(simulation);
	*calls_out = simulation_calls_count(simulation);
	simulation_destroy(simulation);
	return 0;
}

static int run_once(const struct scenario *scenario, const struct simulation_options *options,
                    bool *is_good_out)
{
	const struct line_sink nobody = { 0 };
	struct simulation *simulation;
	const int error = simulation_create(scenario, options, &simulation);

	if (error < 0)
		return error;
	simulation_run(simulation);
	*is_good_out = simulation_report(simulation, &nobody);
	simulation_destroy(simulation);
	return 0;
}

/* `place` points into `options`. */
static int run_each(const char *path, const struct scenario *scenario,
                    struct simulation_options *options, uint64_t *place, uint64_t stride,
                    uint64_t last, const char *option, struct tally *tally)
{
	for (*place = stride; stride > 0 && *place <= last; *place += stride) {
		bool is_good = false;
		const int error = run_once(scenario, options, &is_good);

		if (error < 0)
			return error;
		tally->runs_count++;
		if (is_good)
			continue;
		tally->broken_count++;
		printf("not ok: timeball sim %s --seed %llu --%s %llu\n", path,
		       (unsigned long long)(options->has_seed ? options->seed : scenario->seed),
		       option, (unsigned long long)*place);
	}
	*place = 0;
	return 0;
}

int sim_each_run(const char *path, const struct scenario *scenario,
                 const struct simulation_options *options, const struct each_order *order)
{
	struct simulation_options each = *options;
	struct tally tally = { 0 };
	uint64_t events = 0, calls = 0;
	int error = count(scenario, options, &events, &calls);

	events -= events / 4; /* afterwards there would be no time to recover */
	calls -= calls / 4;
	if (error == 0)
		error = run_each(path, scenario, &each, &each.crash_at_event, order->crash_stride,
		                 events, "crash-at", &tally);
	if (error == 0)
		error = run_each(path, scenario, &each, &each.fail_at_call, order->fail_stride,
		                 calls, "fail-at", &tally);
	if (error < 0) {
		fputs("timeball sim: no memory for the world\n", stderr);
		return COMMAND_NO;
	}
	printf("%llu runs, at up to %llu events and %llu calls: %llu with violations\n",
	       (unsigned long long)tally.runs_count, (unsigned long long)events,
	       (unsigned long long)calls, (unsigned long long)tally.broken_count);
	return tally.broken_count == 0 ? COMMAND_OK : COMMAND_NO;
}

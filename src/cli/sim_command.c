/* cli/sim_command: `timeball sim`: runs a scenario and tells how it went. SPDX-License-Identifier:
 * MIT
 */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/command.h"
#include "cli/sim_each.h"
#include "cli/sim_swarm.h"
#include "sim/scenario_parse.h"
#include "sim/simulation.h"

#define FILE_SIZE_MAX (1 << 20)
#define ERRORS_SIZE   (1 << 16)
#define DEFAULT_SEED  1

struct sim_arguments {
	const char *file, *csv, *trace;
	struct simulation_options options;
	struct swarm_order swarm;
	struct each_order each;
	bool is_plot, is_quiet, is_hash, is_text;
};

static int usage(const char *complaint)
{
	fprintf(stderr, "timeball sim: %s\n", complaint);
	fputs("usage: timeball sim FILE [--seed N] [--csv FILE] [--trace FILE] [--plot] [--hash] "
	      "[--quiet]\n"
	      "       timeball sim FILE [--seed N] --crash-each EVENTS | --fail-each CALLS\n"
	      "       timeball sim FILE [--seed N] --crash-at EVENT | --fail-at CALL\n"
	      "       timeball sim --swarm WORLDS [--seed N] [--seconds LIMIT]\n"
	      "       timeball sim --text --seed N\n",
	      stderr);
	return COMMAND_USAGE;
}

static bool take_flag(const char *word, struct sim_arguments *arguments)
{
	const struct {
		const char *word;
		bool *value;
	} flags[] = {
		{ "--plot", &arguments->is_plot },
		{ "--quiet", &arguments->is_quiet },
		{ "--hash", &arguments->is_hash },
		{ "--text", &arguments->is_text },
	};

	for (size_t i = 0; i < ARRAY_COUNT(flags); i++) {
		if (strcmp(word, flags[i].word) == 0)
			return *flags[i].value = true;
	}
	return false;
}

static bool take_number(const char *word, const char *value, struct sim_arguments *arguments)
{
	const struct {
		const char *word;
		uint64_t *value;
	} numbers[] = {
		{ "--seed", &arguments->options.seed },
		{ "--swarm", &arguments->swarm.count },
		{ "--seconds", &arguments->swarm.seconds_max },
		{ "--crash-at", &arguments->options.crash_at_event },
		{ "--fail-at", &arguments->options.fail_at_call },
		{ "--crash-each", &arguments->each.crash_stride },
		{ "--fail-each", &arguments->each.fail_stride },
	};

	for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
		if (strcmp(word, numbers[i].word) != 0 ||
		    text_parse_u64(value, UINT64_MAX, numbers[i].value) != 0)
			continue;
		arguments->options.has_seed |= i == 0;
		return true;
	}
	return false;
}

static int parse_arguments(int argc, char **argv, struct sim_arguments *arguments)
{
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];
		const bool has_value = i + 1 < argc;

		if (take_flag(word, arguments))
			continue;
		if (has_value && take_number(word, argv[i + 1], arguments))
			i++;
		else if (strcmp(word, "--csv") == 0 && has_value)
			arguments->csv = argv[++i];
		else if (strcmp(word, "--trace") == 0 && has_value)
			arguments->trace = argv[++i];
		else if (word[0] == '-' || arguments->file)
			return usage("an option is unknown, has no value, or there are two files");
		else
			arguments->file = word;
	}
	arguments->swarm.first_seed =
		arguments->options.has_seed ? arguments->options.seed : DEFAULT_SEED;
	if (arguments->is_text || arguments->swarm.count > 0)
		return COMMAND_OK;
	return arguments->file ? COMMAND_OK : usage("which scenario? Some stand in scenarios/");
}

/* The ending may be left out. */
static FILE *open_scenario(const char *path)
{
	char with_ending[4096];
	FILE *file = fopen(path, "rb");

	if (file || snprintf(with_ending, sizeof with_ending, "%s.scenario", path) >=
	                    (int)sizeof with_ending)
		return file;
	return fopen(with_ending, "rb");
}

static char *read_file(const char *path, size_t *length_out)
{
	FILE *file = open_scenario(path);
	char *text = file ? malloc(FILE_SIZE_MAX) : NULL;

	if (!text) {
		fprintf(stderr, "timeball sim: cannot read %s: %s\n", path, strerror(errno));
	} else {
		*length_out = fread(text, 1, FILE_SIZE_MAX, file);
		if (ferror(file) || *length_out == FILE_SIZE_MAX) {
			fprintf(stderr, "timeball sim: %s is no scenario: unreadable or too long\n",
			        path);
			free(text);
			text = NULL;
		}
	}
	if (file)
		fclose(file);
	return text;
}

static struct scenario *load(const char *path)
{
	struct scenario *scenario = NULL;
	size_t length = 0;
	char *text = read_file(path, &length);
	char *complaints = malloc(ERRORS_SIZE);
	struct text errors;
	int error;

	if (text && complaints) {
		errors = text_into(complaints, ERRORS_SIZE);
		error = scenario_parse(path, text, length, &scenario, &errors);
		fputs(complaints, stderr);
		if (error < 0) {
			scenario = NULL;
			fprintf(stderr, "timeball sim: %s: %s\n", path,
			        error == -EINVAL ? "nothing was run" : strerror(-error));
		}
	}
	free(text);
	free(complaints);
	return scenario;
}

static void print_line(void *to, const char *line)
{
	fputs(line, to);
	putc('\n', to);
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now); /* others on this core do not count */
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void tell_speed(const struct scenario *scenario, const struct simulation *simulation,
                       double took_s)
{
	const double simulated_s = (double)scenario->duration_ns * 1e-9;

	fprintf(stderr,
	        "%.0f s simulated in %.3f s of one core: %.0f times real time, %.0f events a second\n",
	        simulated_s, took_s, simulated_s / took_s,
	        (double)simulation_events_count(simulation) / took_s);
}

static int run_scenario(const struct scenario *scenario, const struct sim_arguments *arguments)
{
	const struct line_sink out = { .line = print_line, .to = stdout }, nobody = { 0 };
	struct simulation *simulation;
	double started_s;
	bool is_good;
	const int error = simulation_create(scenario, &arguments->options, &simulation);

	if (error < 0) {
		fprintf(stderr, "timeball sim: the world cannot be made: %s\n", strerror(-error));
		return COMMAND_NO;
	}
	started_s = now_s();
	simulation_run(simulation);
	started_s = now_s() - started_s;
	is_good = simulation_report(simulation, arguments->is_quiet ? &nobody : &out);
	if (arguments->is_plot)
		simulation_plot(simulation, &out);
	if (arguments->is_hash)
		printf("trace hash %016llx\n", (unsigned long long)simulation_hash(simulation));
	if (!arguments->is_quiet)
		tell_speed(scenario, simulation, started_s);
	simulation_destroy(simulation);
	return is_good ? COMMAND_OK : COMMAND_NO;
}

/* False after a complaint. A path that is not asked for is fine. */
static bool open_sink(const char *path, struct line_sink *sink)
{
	if (!path)
		return true;
	sink->line = print_line;
	sink->to = fopen(path, "w");
	if (!sink->to)
		fprintf(stderr, "timeball sim: cannot write %s: %s\n", path, strerror(errno));
	return sink->to != NULL;
}

static bool close_sink(const char *path, struct line_sink *sink)
{
	const bool is_written = !sink->to || (!ferror(sink->to) && fclose(sink->to) == 0);

	if (!is_written)
		fprintf(stderr, "timeball sim: %s is incomplete: %s\n", path, strerror(errno));
	return is_written;
}

static int run(int argc, char **argv)
{
	struct sim_arguments arguments = { 0 };
	struct simulation_options *options = &arguments.options;
	struct scenario *scenario;
	int outcome = parse_arguments(argc, argv, &arguments);

	if (outcome != COMMAND_OK)
		return outcome;
	if (arguments.is_text)
		return sim_swarm_show(arguments.swarm.first_seed);
	if (arguments.swarm.count > 0)
		return sim_swarm_run(&arguments.swarm);
	scenario = load(arguments.file);
	if (!scenario)
		return COMMAND_USAGE;
	if (arguments.each.crash_stride > 0 || arguments.each.fail_stride > 0)
		outcome = sim_each_run(arguments.file, scenario, options, &arguments.each);
	else if (open_sink(arguments.csv, &options->csv) &&
	         open_sink(arguments.trace, &options->trace))
		outcome = run_scenario(scenario, &arguments);
	else
		outcome = COMMAND_NO;
	if (!close_sink(arguments.csv, &options->csv) ||
	    !close_sink(arguments.trace, &options->trace))
		outcome = COMMAND_NO;
	scenario_destroy(scenario);
	return outcome;
}

const struct command command_sim = {
	.name = "sim",
	.arguments = "FILE [--seed N] [--csv FILE] [--trace FILE] [--plot] [--hash] [--quiet]",
	.summary = "run a scenario of scenarios/ in a simulated world; exit status 0: all held",
	.run = run,
};

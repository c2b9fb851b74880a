/* SPDX-License-Identifier: MIT */
#include "sim/scenario_parse.h"
#include "sim/simulation.h"

#include <stdlib.h>

#include "testing/check.h"

struct lines {
	size_t count, length;
	char bytes[20000];
};

static void keep(void *to, const char *line)
{
	struct lines *lines = to;
	struct text text = text_append_to(lines->bytes, sizeof lines->bytes);

	lines->count++;
	lines->length += strlen(line);
	text_add(&text, line);
	text_char(&text, '\n');
}

struct outcome {
	bool is_good;
	uint64_t hash;
	struct lines report, trace;
};

#define WORLD                                                                                      \
	"A world.\nduration 20m\nnetwork base 1ms jitter exponential 100us loss 10%\n"             \
	"ideal a\nideal b\nnode c offset 20ms freq 10ppm wander 1e-9\n"                            \
	"\tserver a iburst\n\tserver b iburst\n\tallow\n"                                          \
	"node d offset -20ms freq -10ppm wander 1e-9\n\tserver c iburst\n\tserver a iburst\n"

/* The caller frees it. */
static struct outcome *run(const char *text, uint64_t seed)
{
	char complaints[1000];
	struct text errors = text_into(complaints, sizeof complaints);
	struct outcome *outcome = calloc(1, sizeof *outcome);
	struct simulation_options options = { .seed = seed, .has_seed = true };
	struct scenario *scenario;
	struct simulation *simulation;

	CHECK(outcome != NULL);
	options.trace = (struct line_sink){ .line = keep, .to = &outcome->trace };
	if (scenario_parse("world", text, strlen(text), &scenario, &errors) < 0)
		check_fail(__FILE__, __LINE__, "%s", complaints);
	CHECK_EQ(simulation_create(scenario, &options, &simulation), 0);
	simulation_run(simulation);
	outcome->is_good = simulation_report(
		simulation, &(struct line_sink){ .line = keep, .to = &outcome->report });
	outcome->hash = simulation_hash(simulation);
	simulation_destroy(simulation);
	scenario_destroy(scenario);
	return outcome;
}

static void check_outcome(const char *text, bool is_good, const char *says)
{
	struct outcome *outcome = run(text, 1);

	if (outcome->is_good != is_good || !strstr(outcome->report.bytes, says))
		check_fail(__FILE__, __LINE__, "not \"%s\" but:\n%s", says, outcome->report.bytes);
	free(outcome);
}

TEST(simulation, is_the_same_for_the_same_seed)
{
	struct outcome *one = run(WORLD, 5), *two = run(WORLD, 5);

	CHECK(one->trace.count > 100);
	CHECK_EQ(one->trace.length, two->trace.length);
	CHECK_TEXT(one->trace.bytes, two->trace.bytes);
	CHECK_TEXT(one->report.bytes, two->report.bytes);
	CHECK_EQ(one->hash, two->hash);
	free(one);
	free(two);
}

TEST(simulation, is_another_for_another_seed)
{
	struct outcome *one = run(WORLD, 5), *two = run(WORLD, 6);

	CHECK(one->hash != two->hash);
	CHECK(strcmp(one->trace.bytes, two->trace.bytes) != 0);
	free(one);
	free(two);
}

TEST(simulation, runs_a_world_without_anybody)
{
	check_outcome("Nobody.\nduration 1h\n", true, "Nobody.");
}

TEST(simulation, tells_which_sentence_is_broken)
{
	check_outcome(WORLD "expect c synchronised within 1m\n", true, "ok     c synchronised");
	check_outcome(WORLD "expect c synchronised within 0s\n", false,
	              "BROKEN c synchronised within 0s: never");
	check_outcome(WORLD "expect c unsynchronised\n", false,
	              "BROKEN c unsynchronised: synchronised at ");
	check_outcome(WORLD "expect c max_error < 1us\n", false,
	              "BROKEN c max_error < 1us: 20.0 ms");
	check_outcome(WORLD "expect c rms_error < 1us\n", false, "BROKEN c rms_error < 1us: ");
	check_outcome(WORLD "expect c p99_error < 1us\n", false, "BROKEN c p99_error < 1us: ");
	check_outcome(WORLD "expect c bound < 1us after 10m\n", false, "BROKEN c bound < 1us");
	check_outcome(WORLD "expect c state a falseticker\n", false,
	              "BROKEN c state a falseticker: ");
	check_outcome(WORLD "expect c state d falseticker\n", false, "no such source");
	check_outcome(WORLD "expect c steps = 1\n", false, "BROKEN c steps = 1: 0");
	check_outcome(WORLD "expect c no clock update\n", false, "BROKEN c no clock update: ");
	check_outcome(WORLD "expect c bound breaks\n", false, "BROKEN c bound breaks: 0 times");
	check_outcome(WORLD "expect c served leap 3\n", false, "BROKEN c served leap 3: 0 at ");
	check_outcome(WORLD "expect d served leap 3\n", false,
	              "BROKEN d served leap 3: nothing was served");
	check_outcome(WORLD "expect c polls a > 1000\n", false, "BROKEN c polls a > 1000: ");
	check_outcome(WORLD "expect c frequency_error < 1ppb\n", false, "BROKEN c frequency_error");
}

/* The observer itself must be able to see what it looks for. */
TEST(simulation, sees_a_broken_bound)
{
	static const char lie[] = "A lie.\nduration 10m\nideal a offset 1s\n"
				  "node c\n\tserver a iburst\n\tmakestep 0.1 1\n";
	char honest[400];
	struct text text = text_into(honest, sizeof honest);

	check_outcome(lie, false, "BROKEN c: the true error was beyond the published bound: ");
	text_add(&text, lie);
	text_add(&text, "assumptions broken\nexpect c bound breaks\n");
	check_outcome(honest, true, "ok     c bound breaks");
}

TEST(simulation, draws_the_error)
{
	char complaints[1000];
	struct text errors = text_into(complaints, sizeof complaints);
	struct lines *lines = calloc(1, sizeof *lines);
	struct scenario *scenario;
	struct simulation *simulation;

	CHECK(lines != NULL);
	CHECK_EQ(scenario_parse("world", WORLD, strlen(WORLD), &scenario, &errors), 0);
	CHECK_EQ(simulation_create(scenario, &(struct simulation_options){ 0 }, &simulation), 0);
	simulation_run(simulation);
	simulation_plot(simulation, &(struct line_sink){ .line = keep, .to = lines });
	CHECK(strstr(lines->bytes, "d: * true error") != NULL);
	CHECK(strstr(lines->bytes, "10.0 ms  |*") != NULL);
	simulation_destroy(simulation);
	scenario_destroy(scenario);
	free(lines);
}

/* What it is told meanwhile waits for it. */
TEST(simulation, tells_a_process_that_stood_still_when_it_goes_on)
{
	check_outcome("A world.\nduration 1h\nideal a\nnode c offset 1ms\n\tserver a iburst\n"
	              "at 10m offline c\nat 20m pause c 30m\nat 30m online c\n"
	              "expect c polls > 20\nexpect c polls > 5 after 51m\n",
	              true, "polls > 5 after 51m");
}

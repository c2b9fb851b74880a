/* SPDX-License-Identifier: MIT */
#include "cli/rehearsal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "sim/scenario_parse.h"
#include "sim/simulation.h"
#include "timescale/date_text.h"

#define BEFORE_S      3600 /* so long the world runs before and after */
#define SHOWN_S       4
#define AFTER_S       12
#define DAY_S         86400
#define SCENARIO_SIZE 8192
#define TIME_SIZE     40

struct seen { /* of the lines that the simulation tells */
	const struct rehearsal *rehearsal;
	bool is_heading_over;
};

static void format_utc(char text[TIME_SIZE], int64_t ns, unsigned decimals)
{
	struct text out = text_into(text, TIME_SIZE);
	const int64_t day_ns = DAY_S * NS_PER_S;
	const int64_t day = ns / day_ns;

	date_text_format(&out, (struct utc_label){ .day = day, .of_day_ns = ns - day * day_ns },
	                 decimals);
}

/* time_s,node,error_s,bound_s,synchronised,…,clock_ns,tai_offset_s */
static void on_line(void *to, const char *line)
{
	struct seen *seen = to;
	const struct rehearsal *rehearsal = seen->rehearsal;
	double time_s, error_s, bound_s;
	long long clock_ns, tai_offset_s;
	const int64_t event_s = rehearsal->midnight_s - (rehearsal->direction < 0);
	const char *tail = strrchr(line, ',');
	char utc[TIME_SIZE], tai[TIME_SIZE];
	double after_s;

	if (!tail || sscanf(line, "%lf,client,%lf,%lf,", &time_s, &error_s, &bound_s) != 3)
		return;
	for (tail--; *tail != ','; tail--)
		;
	if (sscanf(tail, ",%lld,%lld", &clock_ns, &tai_offset_s) != 2)
		return;
	after_s = time_s - BEFORE_S - (double)(event_s - rehearsal->midnight_s);
	if (after_s < -SHOWN_S || after_s > AFTER_S)
		return;
	if (!seen->is_heading_over)
		puts("true time   the clock                 CLOCK_TAI                 error       bound");
	seen->is_heading_over = true;
	format_utc(utc, clock_ns, 3);
	format_utc(tai, clock_ns + tai_offset_s * NS_PER_S, 3);
	printf("%+6.1f s    %s   %s   %9.6f s %9.6f s%s\n", after_s, utc, tai, error_s, bound_s,
	       after_s == 0 ? "  <- the leap second" : "");
}

static int write_scenario(const struct rehearsal *rehearsal, char *text)
{
	char start[TIME_SIZE], day[TIME_SIZE];
	int length;

	format_utc(start, (rehearsal->midnight_s - BEFORE_S) * NS_PER_S, 0);
	format_utc(day, (rehearsal->midnight_s - DAY_S) * NS_PER_S, 0);
	day[strcspn(day, "T")] = '\0';
	length = snprintf(text, SCENARIO_SIZE,
	                  "A rehearsal.\n"
	                  "start %s\nduration %ds\nobserve 500ms\n"
	                  "leap %s %s listed\n"
	                  "network base 2ms jitter exponential 100us\n"
	                  "ideal a\nideal b\nideal c\n"
	                  "node client offset 1ms freq 10ppm wander 1e-9\n"
	                  "\tserver a iburst\n\tserver b iburst\n\tserver c iburst\n"
	                  "%s"
	                  "expect client synchronised after 1m\n",
	                  start, 2 * BEFORE_S, rehearsal->direction > 0 ? "insert" : "delete", day,
	                  rehearsal->config_lines);
	return length < SCENARIO_SIZE ? length : -1;
}

static void print_line(void *to, const char *line)
{
	(void)to;
	if (strncmp(line, "BROKEN", 6) == 0)
		puts(line);
}

static int play(const struct scenario *scenario, const struct rehearsal *rehearsal)
{
	struct seen seen = { .rehearsal = rehearsal };
	const struct simulation_options options = { .csv = { .line = on_line, .to = &seen } };
	const struct line_sink out = { .line = print_line };
	struct simulation *simulation;
	bool is_good;

	if (simulation_create(scenario, &options, &simulation) < 0)
		return COMMAND_NO;
	simulation_run(simulation);
	is_good = simulation_report(simulation, &out);
	simulation_destroy(simulation);
	puts(is_good ? "In the simulation the error bound held all the while."
	             : "In the simulation something broke, see above.");
	return is_good ? COMMAND_OK : COMMAND_NO;
}

int rehearsal_run(const struct rehearsal *rehearsal)
{
	char text[SCENARIO_SIZE], complaints[SCENARIO_SIZE];
	struct text errors = text_into(complaints, sizeof complaints);
	struct scenario *scenario;
	const int length = write_scenario(rehearsal, text);
	int outcome;

	if (length < 0 ||
	    scenario_parse("rehearsal", text, (size_t)length, &scenario, &errors) < 0) {
		fprintf(stderr, "timeball leap: the configuration cannot be rehearsed:\n%s",
		        complaints);
		return COMMAND_USAGE;
	}
	outcome = play(scenario, rehearsal);
	scenario_destroy(scenario);
	return outcome;
}

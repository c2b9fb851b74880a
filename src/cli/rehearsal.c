/* SPDX-License-Identifier: MIT */
#include "cli/rehearsal.h"

#include <math.h>
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
	int64_t first_tai_ns; /* CLOCK_TAI in the first line */
	double first_after_s, tai_jump_s, error_max_s;
};

struct moment { /* one of them */
	double time_s, error_s, bound_s, left_s, smoothing_s;
	long long clock_ns, tai_offset_s;
};

static void format_utc(char text[TIME_SIZE], int64_t ns, unsigned decimals)
{
	struct text out = text_into(text, TIME_SIZE);
	const int64_t day_ns = DAY_S * NS_PER_S;
	const int64_t day = ns / day_ns;

	date_text_format(&out, (struct utc_label){ .day = day, .of_day_ns = ns - day * day_ns },
	                 decimals);
}

/* As record_csv of the simulator has it: time_s,node,error_s,bound_s,… */
static bool read_moment(const char *line, struct moment *moment)
{
	return sscanf(line, "%lf,client,%lf,%lf,%*d,%lf,%*f,%*f,%*f,%*f,%lld,%lld,%lf",
	              &moment->time_s, &moment->error_s, &moment->bound_s, &moment->left_s,
	              &moment->clock_ns, &moment->tai_offset_s, &moment->smoothing_s) == 7;
}

/* Time of day of true UTC, so long after the leap second, which begins with 23:59:60, or with the
 * midnight that comes instead of 23:59:59. */
static void format_true(char text[TIME_SIZE], const struct rehearsal *rehearsal, double after_s)
{
	const bool is_inserted = rehearsal->direction > 0;
	const int64_t after_ns = llrint(after_s * 1e9);
	const bool is_shifted = is_inserted ? after_ns >= NS_PER_S : after_ns < 0;
	char whole[TIME_SIZE];

	if (is_inserted && after_ns >= 0 && after_ns < NS_PER_S) {
		(void)snprintf(text, TIME_SIZE, "23:59:60.%03d", (int)(after_ns / NS_PER_MS));
		return;
	}
	format_utc(whole, rehearsal->midnight_s * NS_PER_S + after_ns - (is_shifted ? NS_PER_S : 0),
	           3);
	(void)snprintf(text, TIME_SIZE, "%s", strchr(whole, 'T') + 1);
}

static void note(struct seen *seen, const struct moment *moment, double after_s)
{
	const int64_t tai_ns = moment->clock_ns + moment->tai_offset_s * NS_PER_S;
	double jump_s;

	if (!seen->is_heading_over) {
		printf("true UTC       the clock                 CLOCK_TAI                 %serror       "
		       "bound\n",
		       seen->rehearsal->is_smeared ? "clients are told          " : "");
		seen->first_tai_ns = tai_ns;
		seen->first_after_s = after_s;
	}
	seen->is_heading_over = true;
	jump_s = (double)(tai_ns - seen->first_tai_ns) * 1e-9 - (after_s - seen->first_after_s);
	if (fabs(jump_s) > fabs(seen->tai_jump_s))
		seen->tai_jump_s = jump_s;
	seen->error_max_s = fmax(seen->error_max_s, fabs(moment->error_s));
}

static void on_line(void *to, const char *line)
{
	struct seen *seen = to;
	const struct rehearsal *rehearsal = seen->rehearsal;
	const int64_t event_s = rehearsal->midnight_s - (rehearsal->direction < 0);
	char utc[TIME_SIZE], clock[TIME_SIZE], tai[TIME_SIZE], told[TIME_SIZE];
	struct moment moment;
	double after_s;

	if (!read_moment(line, &moment))
		return;
	after_s = moment.time_s - BEFORE_S - (double)(event_s - rehearsal->midnight_s);
	if (after_s < -SHOWN_S || after_s > AFTER_S)
		return;
	note(seen, &moment, after_s);
	format_true(utc, rehearsal, after_s);
	format_utc(clock, moment.clock_ns, 3);
	format_utc(tai, moment.clock_ns + moment.tai_offset_s * NS_PER_S, 3);
	format_utc(told, moment.clock_ns + llrint((moment.left_s + moment.smoothing_s) * 1e9), 3);
	printf("%s   %s   %s   %s%s%9.6f s %9.6f s%s\n", utc, clock, tai,
	       rehearsal->is_smeared ? told : "", rehearsal->is_smeared ? "   " : "",
	       moment.error_s, moment.bound_s, after_s == 0 ? "  <- the leap second" : "");
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
	if (fabs(seen.tai_jump_s) > 0.5)
		printf("CLOCK_TAI jumps by %+.0f s; ", seen.tai_jump_s);
	else
		printf("CLOCK_TAI runs on; ");
	printf("the clock is at most %.6f s off here.\n", seen.error_max_s);
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

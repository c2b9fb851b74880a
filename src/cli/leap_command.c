/* cli/leap_command: `timeball leap`: what is known of leap seconds here, and what the next one will
 * do. SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/attributes.h"
#include "cli/command.h"
#include "cli/rehearsal.h"
#include "daemon/command_line.h"
#include "daemon/daemon_lines.h"
#include "os/kernel_state.h"
#include "os/leap_files.h"
#include "timescale/civil.h"
#include "timescale/date_text.h"
#include "timescale/leap_expiry.h"

#define LINE_SIZE  1024
#define LINES_SIZE 4096
#define DAY_S      86400

struct leap_report {
	const char *config; /* file */
	char zone[64], list[LINE_SIZE], mode[16];
	char lines[LINES_SIZE]; /* of the configuration, that matter to a rehearsal */
	bool is_rehearsal, is_smeared;
	int direction; /* invented: +1 or -1; 0 = the coming one */
	struct leap_files files;
	int64_t now_s;
};

static void help(FILE *to)
{
	fputs("usage: timeball leap [--rehearse [insert|delete]] [--mode system|step|slew|ignore]\n"
	      "                     [--config FILE] [--leapsectz ZONE] [--leapseclist FILE]\n"
	      "  --rehearse plays the coming leap second, or an invented one, in the simulator.\n",
	      to);
}

static int usage(const char *complaint, const char *word)
{
	fprintf(stderr, "timeball leap: %s%s\n", complaint, word);
	help(stderr);
	return COMMAND_USAGE;
}

/* ---- the configuration, as far as it matters here; timeballd -p reads all of it ---- */

static void copy(char *to, size_t size, const char *from)
{
	struct text out = text_into(to, size);

	text_add(&out, from);
}

static void take_line(struct leap_report *report, const char *text)
{
	static const char *const kept[] = { "leapsecmode", "makestep",      "maxslewrate",
		                            "maxchange",   "corrtimeratio", "maxclockerror",
		                            "smoothtime" };
	char line[CONFIG_LINE_MAX + 1], name[LINE_SIZE], value[LINE_SIZE];

	copy(line, sizeof line, text);
	line[strcspn(line, "\r\n")] = '\0';
	if (sscanf(line, " %1023s %1023s", name, value) != 2)
		return;
	for (char *c = name; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	if (strcmp(name, "leapsectz") == 0)
		copy(report->zone, sizeof report->zone, value);
	else if (strcmp(name, "leapseclist") == 0)
		copy(report->list, sizeof report->list, value);
	else if (strcmp(name, "smoothtime") == 0)
		report->is_smeared = true;
	else if (strcmp(name, "leapsecmode") == 0)
		copy(report->mode, sizeof report->mode, value);
	for (size_t i = 1; i < ARRAY_COUNT(kept); i++) { /* the mode is added later */
		struct text lines = text_append_to(report->lines, sizeof report->lines);

		if (strcmp(name, kept[i]) != 0)
			continue;
		text_char(&lines, '\t');
		text_add(&lines, line + strspn(line, " \t"));
		text_char(&lines, '\n');
	}
}

/* With all that it includes, as the daemon reads it. */
static int read_config(struct leap_report *report, bool is_asked_for)
{
	struct config_errors *errors = malloc(sizeof *errors);
	struct daemon_lines *lines = daemon_lines_create();
	int error = errors && lines ? 0 : -ENOMEM;

	if (error == 0 && (is_asked_for || access(report->config, F_OK) == 0)) {
		config_errors_init(errors);
		error = daemon_lines_add_file(lines, report->config, errors);
		for (size_t i = 0; i < errors->count; i++)
			fprintf(stderr, "timeball leap: %s\n", errors->items[i].text);
		if (error == 0 && errors->errors_count > 0)
			error = -EINVAL;
	}
	for (size_t i = 0; error == 0 && i < lines->count; i++)
		take_line(report, lines->lines[i].text);
	daemon_lines_destroy(lines);
	free(errors);
	return error == 0 ? COMMAND_OK : COMMAND_USAGE;
}

/* ---- what is said ---- */

static const char *date_of(int64_t second, char text[40])
{
	struct text out = text_into(text, 40);

	date_text_format(
		&out,
		(struct utc_label){ .day = second / DAY_S, .of_day_ns = second % DAY_S * NS_PER_S },
		0);
	text_char(&out, 'Z');
	return text;
}

static void say_file(const struct leap_file *file, const char *directive)
{
	if (!file->name)
		printf("%-13snot configured\n", directive);
	else if (!file->is_loaded)
		printf("%-13s%s: %s\n", directive, file->name, file->problem);
	else
		printf("%-13s%s: %s%s%s\n", directive, file->name,
		       leap_candidate_text(file->verdict), file->problem[0] ? "; but " : "",
		       file->problem);
}

static int next_leap(const struct leap_report *report, int64_t *midnight_out)
{
	const struct leap_table *table = &report->files.table;
	const size_t next = leap_table_next(table, (struct utc_time){ report->now_s * NS_PER_S });
	const int before = next > 0 ? table->changes[next - 1].tai_offset_s : 10;

	if (next == table->count)
		return 0;
	*midnight_out = table->changes[next].utc_s;
	return table->changes[next].tai_offset_s > before ? 1 : -1;
}

static const struct {
	const char *mode, *sentence;
} modes[] = {
	{ "system", "the kernel is armed in the last 24 hours and does it; 23:59:60 is read as "
	            "a second 23:59:59, CLOCK_TAI runs on" },
	{ "step", "the daemon steps the clock at that moment; CLOCK_TAI runs on" },
	{ "slew", "nothing is stepped: the second is slewed in at maxslewrate, 12 s by default; "
	          "CLOCK_TAI jumps by it" },
	{ "ignore", "the clock is a second wrong until the next measurement, and then slewed; "
	            "CLOCK_TAI jumps by it" },
};

static const char *mode_sentence(const char *mode)
{
	for (size_t i = 0; i < ARRAY_COUNT(modes); i++) {
		if (strcasecmp(mode, modes[i].mode) == 0)
			return modes[i].sentence;
	}
	return NULL;
}

static void say_kernel(void)
{
	struct kernel_state kernel;

	if (kernel_state_read(&kernel) < 0)
		return;
	printf("kernel       CLOCK_TAI is %lld s ahead; %s\n",
	       (long long)((kernel.tai_minus_real_ns + NS_PER_S / 2) / NS_PER_S),
	       kernel.leap > 0   ? "a second will be inserted at midnight"
	       : kernel.leap < 0 ? "a second will be deleted at midnight"
	                         : "no leap second is armed");
}

static void say_expiry(const struct leap_table *table, int64_t now_s)
{
	const char *from = leap_expiry_text(table);
	char text[40];

	if (table->expires_s == 0)
		printf("expires      %s: update tzdata or leap-seconds.list by hand\n", from);
	else
		printf("expires      %s, %s%s%s%s\n", date_of(table->expires_s, text),
		       table->expires_s > now_s ? "still good"
		                                : "EXPIRED: update tzdata or leap-seconds.list",
		       from[0] ? " (" : "", from, from[0] ? ")" : "");
}

static void say_all(const struct leap_report *report)
{
	const struct leap_table *table = &report->files.table;
	const struct utc_time now = { report->now_s * NS_PER_S };
	int64_t midnight_s = 0;
	const int next = next_leap(report, &midnight_s);
	char text[40];

	say_file(&report->files.zone, "leapsectz");
	say_file(&report->files.list, "leapseclist");
	printf("table        %s: %zu leap seconds since 1972, the last before %s\n",
	       leap_origin_name(table->origin), table->count,
	       date_of(table->changes[table->count - 1].utc_s, text));
	printf("TAI - UTC    %d s now\n", leap_table_tai_offset_s(table, now));
	say_expiry(table, report->now_s);
	if (next == 0)
		puts("next         none is known");
	else
		printf("next         a second is %s before %s%s\n",
		       next > 0 ? "inserted" : "deleted", date_of(midnight_s, text),
		       table->origin == LEAP_ORIGIN_BUILTIN
		               ? ", if servers announce it: no table is configured"
		               : "");
	printf("leapsecmode  %s: %s\n", report->mode, mode_sentence(report->mode));
	say_kernel();
}

/* An invented one: at the end of this half-year. */
static int64_t half_year_end_s(int64_t now_s)
{
	struct civil_date date = civil_date_of(now_s / DAY_S);

	date.year += date.month > 6;
	date.month = date.month > 6 ? 1 : 7;
	date.day = 1;
	return civil_days(date) * DAY_S;
}

static int rehearse(const struct leap_report *report)
{
	char lines[LINES_SIZE + LINE_SIZE];
	struct rehearsal rehearsal = { .config_lines = lines, .is_smeared = report->is_smeared };
	char text[40];

	rehearsal.direction = next_leap(report, &rehearsal.midnight_s);
	if (report->direction != 0) {
		rehearsal.direction = report->direction;
		rehearsal.midnight_s = half_year_end_s(report->now_s);
	}
	if (rehearsal.direction == 0) {
		puts("\nNo leap second is known to come: say --rehearse insert or delete.");
		return COMMAND_NO;
	}
	(void)snprintf(lines, sizeof lines, "\tleapsecmode %s\n%s", report->mode, report->lines);
	printf("\nRehearsal in the simulator, leapsecmode %s: a second is %s before %s,\n"
	       "as the table knows, with three good servers:\n",
	       report->mode, rehearsal.direction > 0 ? "inserted" : "deleted",
	       date_of(rehearsal.midnight_s, text));
	return rehearsal_run(&rehearsal);
}

struct leap_words {
	const char *config, *zone, *list, *mode;
};

static int parse_arguments(int argc, char **argv, struct leap_report *report,
                           struct leap_words *words)
{
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;

		if (strcmp(argv[i], "--rehearse") == 0) {
			report->is_rehearsal = true;
			if (value && strcmp(value, "insert") == 0)
				report->direction = 1;
			else if (value && strcmp(value, "delete") == 0)
				report->direction = -1;
			i += report->direction != 0;
			continue;
		}
		if (!value)
			return usage("unknown option, or a value is missing: ", argv[i]);
		if (strcmp(argv[i], "--config") == 0)
			words->config = value;
		else if (strcmp(argv[i], "--leapsectz") == 0)
			words->zone = value;
		else if (strcmp(argv[i], "--leapseclist") == 0)
			words->list = value;
		else if (strcmp(argv[i], "--mode") == 0)
			words->mode = value;
		else
			return usage("unknown option ", argv[i]);
		i++;
	}
	return COMMAND_OK;
}

static int prepare(int argc, char **argv, struct leap_report *report)
{
	struct leap_words words = { 0 };
	int outcome = parse_arguments(argc, argv, report, &words);

	if (outcome != COMMAND_OK)
		return outcome;
	copy(report->mode, sizeof report->mode, "system");
	report->config = words.config ? words.config
	                 : access(COMMAND_LINE_CONFIG_DEFAULT, R_OK) == 0
	                         ? COMMAND_LINE_CONFIG_DEFAULT
	                         : COMMAND_LINE_CONFIG_CHRONY;
	outcome = read_config(report, words.config != NULL);
	if (words.zone)
		copy(report->zone, sizeof report->zone, words.zone);
	if (words.list)
		copy(report->list, sizeof report->list, words.list);
	if (words.mode)
		copy(report->mode, sizeof report->mode, words.mode);
	if (outcome == COMMAND_OK && !mode_sentence(report->mode))
		return usage("the mode must be system, step, slew or ignore, not ", report->mode);
	return outcome;
}

static int run(int argc, char **argv)
{
	struct leap_report *report;
	int outcome;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return help(stdout), COMMAND_OK;
	report = calloc(1, sizeof *report);
	if (!report)
		return COMMAND_NO;
	report->now_s = time(NULL);
	outcome = prepare(argc, argv, report);
	if (outcome == COMMAND_OK) {
		leap_files_load(report->zone, report->list, &report->files);
		say_all(report);
		if (report->is_rehearsal)
			outcome = rehearse(report);
	}
	free(report);
	return outcome;
}

const struct command command_leap = {
	.name = "leap",
	.arguments = "[--rehearse [insert|delete]] [--mode MODE] [--config FILE]",
	.summary = "leap seconds: table, expiry, the next one, what it will do here; rehearsal",
	.run = run,
};

/* cli/wait_command: `timeball wait`: until the clock is right. SPDX-License-Identifier: MIT */
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cli/answer.h"
#include "cli/command.h"
#include "cli/control_client.h"

struct wait_options {
	const char *socket;
	double tries;                                   /* 0 = without end */
	double offset_s, skew_ppm, bound_s, interval_s; /* 0 = no limit */
};

static int usage(const char *complaint, const char *word)
{
	fprintf(stderr, "timeball wait: %s%s\n", complaint, word);
	fputs("usage: timeball wait [--tries N] [--max-offset S] [--max-skew PPM] [--max-bound S]\n"
	      "                     [--interval S] [-s SOCKET]\n"
	      "  Asks each --interval (10) seconds until the clock is synchronised and within the\n"
	      "  limits; 0 = no limit, --tries 0 = without end. Exit status 0, or 1 after the tries.\n",
	      stderr);
	return COMMAND_USAGE;
}

static int parse_arguments(int argc, char **argv, struct wait_options *options)
{
	const struct {
		const char *name;
		double *place;
	} places[] = {
		{ "--tries", &options->tries },         { "--max-offset", &options->offset_s },
		{ "--max-skew", &options->skew_ppm },   { "--max-bound", &options->bound_s },
		{ "--interval", &options->interval_s },
	};

	for (int i = 1; i < argc; i += 2) {
		size_t at = 0;

		if (i + 1 == argc)
			return usage("unknown option, or a value is missing: ", argv[i]);
		if (strcmp(argv[i], "-s") == 0 || strcmp(argv[i], "--socket") == 0) {
			options->socket = argv[i + 1];
			continue;
		}
		while (at < ARRAY_COUNT(places) && strcmp(argv[i], places[at].name) != 0)
			at++;
		if (at == ARRAY_COUNT(places))
			return usage("unknown option ", argv[i]);
		if (text_parse_real(argv[i + 1], places[at].place) < 0 || *places[at].place < 0)
			return usage("this must be a number, at least 0: ", argv[i + 1]);
	}
	return options->interval_s > 0 ? COMMAND_OK : usage("--interval must be above 0", "");
}

static bool is_within(double value, double limit)
{
	return limit == 0 || fabs(value) <= limit;
}

/* One try, told in a line. */
static bool is_good(const struct wait_options *options, unsigned long try)
{
	const char *path = control_client_path(options->socket);
	char *line = NULL;
	struct answer answer = { 0 };
	bool is_right = false;

	printf("try %lu: ", try);
	if (control_client_ask(path, "tracking", CONTROL_CLIENT_TIMEOUT_MS, &line) !=
	            CONTROL_ANSWERED ||
	    answer_parse(line, &answer) != 0 || answer_row_count(&answer) == 0) {
		puts("the daemon does not answer");
	} else {
		const json_t *row = answer_row(&answer, 0);
		const bool is_synchronised = answer_flag(row, "is_synchronised");
		const double offset_s = answer_number(row, "offset_ns") * 1e-9;
		const double skew_ppm = answer_number(row, "skew_ppm");
		const double bound_s = answer_number(row, "bound_ns") * 1e-9;

		printf("%s, offset %.9f s, skew %.3f ppm, bound %.9f s\n",
		       is_synchronised ? "synchronised" : "not synchronised", offset_s, skew_ppm,
		       bound_s);
		is_right = is_synchronised && is_within(offset_s, options->offset_s) &&
		           is_within(skew_ppm, options->skew_ppm) &&
		           is_within(bound_s, options->bound_s);
	}
	(void)fflush(stdout);
	answer_free(&answer);
	free(line);
	return is_right;
}

static int run(int argc, char **argv)
{
	struct wait_options options = { .interval_s = 10 };
	const int outcome = parse_arguments(argc, argv, &options);

	if (outcome != COMMAND_OK)
		return outcome;
	for (unsigned long try = 1;; try++) {
		if (is_good(&options, try))
			return COMMAND_OK;
		if (options.tries > 0 && (double)try >= options.tries)
			return COMMAND_NO;
		(void)poll(NULL, 0, (int)fmin(options.interval_s * 1e3, 1e9));
	}
}

const struct command command_wait = {
	.name = "wait",
	.arguments = "[--tries N] [--max-offset S] [--max-skew PPM] [--max-bound S] [--interval S]",
	.summary = "until the clock is synchronised and within the limits; for units and scripts",
	.run = run,
};

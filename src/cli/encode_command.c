/* cli/encode_command: `timeball encode`: the edges of a time station, as bad as asked for.
 * SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "radio/encode_options.h"
#include "timescale/civil.h"
#include "wire/edge_line.h"

#define MINUTES_MAX 1000000

static int usage(const char *complaint)
{
	char noise[2048];
	struct text out = text_into(noise, sizeof noise);

	radio_encode_describe_noise(&out);
	fprintf(stderr, "timeball encode: %s\n", complaint);
	fprintf(stderr,
	        "usage: timeball encode msf|dcf77|wwvb|jjy --from 2026-11-22T06:30 --minutes N\n"
	        "       [--noise NAME=VALUE,...] [--seed N] [--dut1 TENTHS] [--inverted]\n"
	        "       [--leap UTC | --skip UTC]   a leap second is put in or left out before then\n"
	        "Edges go to standard output: lines 'SECONDS.NANOSECONDS 0|1', 1 = full carrier, by a "
	        "clock that was\nright at --from and does not know leap seconds. Noise:\n%s",
	        noise);
	return COMMAND_USAGE;
}

static bool parse_leap(struct radio_signal *signal, const char *value, int8_t sign)
{
	signal->leap_sign = sign;
	return civil_time_parse(value, &signal->leap) == 0 &&
	       signal->leap.ns % (86400 * NS_PER_S) == 0;
}

static bool parse_value(struct radio_signal *signal, const char *name, const char *value)
{
	uint64_t number;
	int64_t tenths;

	if (strcmp(name, "--from") == 0)
		return civil_time_parse(value, &signal->from) == 0;
	if (strcmp(name, "--minutes") == 0) {
		if (text_parse_u64(value, MINUTES_MAX, &number) < 0)
			return false;
		signal->minute_count = (uint32_t)number;
		return number > 0;
	}
	if (strcmp(name, "--noise") == 0)
		return radio_encode_parse_noise(value, signal) == 0;
	if (strcmp(name, "--seed") == 0)
		return text_parse_u64(value, UINT64_MAX, &signal->seed) == 0;
	if (strcmp(name, "--dut1") == 0) {
		if (text_parse_s64(value, -9, 9, &tenths) < 0)
			return false;
		signal->dut1_tenths = (int8_t)tenths;
		return true;
	}
	if (strcmp(name, "--leap") == 0)
		return parse_leap(signal, value, 1);
	return strcmp(name, "--skip") == 0 && parse_leap(signal, value, -1);
}

static int parse_arguments(int argc, char **argv, struct radio_signal *signal)
{
	char complaint[200];

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--inverted") == 0)
			signal->is_inverted = true;
		else if (argv[i][0] == '-' &&
		         (i + 1 == argc || !parse_value(signal, argv[i], argv[i + 1]))) {
			options_misunderstood(complaint, argv[i], argv[i + 1]);
			return usage(complaint);
		} else if (argv[i][0] == '-')
			i++;
		else if (signal->station)
			return usage("one station at a time");
		else if (!(signal->station = radio_station_find(argv[i])))
			return usage("no such station: there are msf, dcf77, wwvb and jjy");
	}
	if (!signal->station || signal->minute_count == 0 || signal->from.ns == 0)
		return usage("which station, --from when, how many --minutes?");
	return COMMAND_OK;
}

static int run(int argc, char **argv)
{
	struct radio_signal signal = { 0 };
	struct radio_encoder *encoder;
	struct radio_edge edge;
	int outcome = parse_arguments(argc, argv, &signal);

	if (outcome != COMMAND_OK)
		return outcome;
	encoder = malloc(sizeof *encoder);
	if (!encoder)
		return COMMAND_NO;
	if (radio_encoder_init(encoder, &signal) < 0) {
		free(encoder);
		return usage("a noise value or DUT1 is out of range");
	}
	printf("# %s; SECONDS.NANOSECONDS LEVEL, 1 = full carrier%s\n", signal.station->title,
	       signal.is_inverted ? ", inverted" : "");
	while (radio_encoder_next(encoder, &edge) && !ferror(stdout)) {
		const struct edge_line line = { edge.at.ns, edge.is_high, -1 };
		char bytes[64];
		struct text out = text_into(bytes, sizeof bytes);

		edge_line_encode(&line, &out);
		fputs(bytes, stdout);
	}
	free(encoder);
	return fflush(stdout) == 0 ? COMMAND_OK : COMMAND_NO;
}

const struct command command_encode = {
	.name = "encode",
	.arguments =
		"msf|dcf77|wwvb|jjy --from UTC --minutes N [--noise NAME=VALUE,...] [--seed N]",
	.summary =
		"what a time station would send, with noise: edges for 'timeball decode' and tests",
	.run = run,
};

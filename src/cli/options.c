/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/control_client.h"

static int complain(const char *command, const char *what, const char *word)
{
	fprintf(stderr, "timeball %s: %s%s: see 'timeball help'\n", command, what, word);
	return COMMAND_USAGE;
}

int options_parse(int argc, char **argv, bool has_word, struct options *options_out)
{
	static const struct option names[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "csv", no_argument, NULL, 'c' },
		{ "seconds", required_argument, NULL, 'n' },
		{ NULL, 0, NULL, 0 },
	};
	struct options options = { 0 };
	const char *socket = NULL;
	int letter;

	optind = 1;
	opterr = 0;
	while ((letter = getopt_long(argc, argv, "s:jc", names, NULL)) != -1) {
		if (letter == 's') {
			socket = optarg;
		} else if (letter == 'j') {
			options.is_json = true;
		} else if (letter == 'c') {
			options.is_csv = true;
		} else if (letter == 'n') {
			if (text_parse_real(optarg, &options.seconds) < 0 || options.seconds < 1 ||
			    options.seconds > 1e6)
				return complain(argv[0], "--seconds must be 1 to 1000000, not ",
				                optarg);
		} else {
			return complain(argv[0], "unknown or unfinished option ", argv[optind - 1]);
		}
	}
	if (options.is_json && options.is_csv)
		return complain(argv[0], "--json or --csv, not both", "");
	if (optind < argc && has_word)
		options.word = argv[optind++];
	if (optind < argc)
		return complain(argv[0], "does not understand ", argv[optind]);
	options.socket = control_client_path(socket);
	*options_out = options;
	return 0;
}

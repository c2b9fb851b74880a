/* SPDX-License-Identifier: MIT */
#include "cli/options.h"

#include <getopt.h>
#include <stdio.h>

#include "base/text.h"
#include "cli/command.h"
#include "cli/control_client.h"

#define SECONDS_MAX 1e6

static int complain(const char *command, const char *what, const char *word)
{
	fprintf(stderr, "timeball %s: %s%s: see 'timeball help'\n", command, what, word);
	return COMMAND_USAGE;
}

static const char *name_of(const struct option *names, int letter)
{
	while (names->val != letter)
		names++;
	return names->name;
}

int options_parse(int argc, char **argv, unsigned allowed, struct options *options_out)
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
		if (letter == 's' && allowed & OPTIONS_SOCKET)
			socket = optarg;
		else if (letter == 'j' && allowed & OPTIONS_JSON)
			options.is_json = true;
		else if (letter == 'c' && allowed & OPTIONS_CSV)
			options.is_csv = true;
		else if (letter == '?')
			return complain(argv[0], "unknown or unfinished option ", argv[optind - 1]);
		else if (letter != 'n' || !(allowed & OPTIONS_SECONDS))
			return complain(argv[0], "takes no option --", name_of(names, letter));
		else if (text_parse_real(optarg, &options.seconds) < 0 || options.seconds < 1 ||
		         options.seconds > SECONDS_MAX)
			return complain(argv[0], "--seconds must be 1 to 1000000, not ", optarg);
	}
	if (options.is_json && options.is_csv)
		return complain(argv[0], "--json or --csv, not both", "");
	if (optind < argc && allowed & OPTIONS_WORD)
		options.word = argv[optind++];
	if (optind < argc)
		return complain(argv[0], "does not understand ", argv[optind]);
	options.socket = control_client_path(socket);
	*options_out = options;
	return 0;
}

void options_misunderstood(char text_out[200], const char *option, const char *value)
{
	(void)snprintf(text_out, 200, "'%s%s%s' is not understood: %s", option, value ? " " : "",
	               value ? value : "",
	               value ? "no such option, name or number, or out of range"
	                     : "no such option, or its value is missing");
}

/* cli/main: timeball(1): finds the command. SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "report/report.h"

static void print_help(FILE *out)
{
	const struct command *command;

	fputs("timeball: see and steer timeballd, which keeps this machine's clock\n\n", out);
	for (size_t i = 0; (command = commands_at(i)) != NULL; i++)
		fprintf(out, "  timeball %s %s\n      %s\n", command->name, command->arguments,
		        command->summary);
	fputs("  timeball REPORT [--json|--csv] [-s SOCKET]\n", out);
	for (size_t i = 0; i < reports_count(); i++)
		fprintf(out, "      %-12s %s\n", reports_at(i)->name, reports_at(i)->summary);
	fputs("  timeball online|offline|burst|makestep [-s SOCKET]\n"
	      "      ask the sources, stop asking, ask quickly now, step the clock right now\n"
	      "\n"
	      "-s SOCKET is the daemon's control socket, else $TIMEBALL_SOCKET, else the default.\n"
	      "Exit status: 0 yes, 1 no (not synchronised, refused), 2 usage, 3 no daemon to talk to.\n",
	      out);
}

static int usage(void)
{
	print_help(stderr);
	return COMMAND_USAGE;
}

/* `timeball -s SOCKET status` as well as `timeball status -s SOCKET`: the first word that is
 * neither an option nor its value goes first. */
static void put_command_first(int argc, char **argv)
{
	int at = 1;

	while (at < argc && argv[at][0] == '-')
		at += strcmp(argv[at], "-s") == 0 || strcmp(argv[at], "--socket") == 0 ? 2 : 1;
	if (at > 1 && at < argc) {
		char *const command = argv[at];

		memmove(argv + 2, argv + 1, (size_t)(at - 1) * sizeof *argv);
		argv[1] = command;
	}
}

int main(int argc, char **argv)
{
	const struct command *command;
	const char *word;

	put_command_first(argc, argv);
	word = argc > 1 ? argv[1] : "";

	if (!*word)
		return usage();
	if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		print_help(stdout);
		return COMMAND_OK;
	}
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0) {
		puts("timeball " TIMEBALL_VERSION);
		return COMMAND_OK;
	}
	if (argc > 2 && strcmp(argv[2], "--help") == 0) {
		print_help(stdout);
		return COMMAND_OK;
	}
	for (size_t i = 0; (command = commands_at(i)) != NULL; i++) {
		if (strcmp(word, command->name) == 0)
			return command->run(argc - 1, argv + 1);
	}
	if (word[0] == '-') {
		fprintf(stderr, "timeball: unknown option %s\n", word);
		return usage();
	}
	return command_ask(argc - 1, argv + 1);
}

/* cli/command: what `timeball WORD` does. SPDX-License-Identifier: MIT
 *
 * A command is one file that ends in a const struct command; its name stands in the list in
 * commands.c. A word that is no command is asked of the daemon: every report and the daemon's own
 * commands. */
#pragma once

#include <stddef.h>

enum command_exit {
	COMMAND_OK = 0,
	COMMAND_NO = 1, /* the answer is no: not synchronised, refused, failed */
	COMMAND_USAGE = 2,
	COMMAND_UNREACHABLE = 3, /* no daemon, no permission, or something else answers */
};

struct command {
	const char *name;
	const char *arguments;             /* "[NAME] [-s SOCKET]"; "" = none */
	const char *summary;               /* one line for people */
	int (*run)(int argc, char **argv); /* argv[0] is the command's name; enum command_exit */
};

extern const struct command command_status, command_why, command_top, command_run, command_demo,
	command_sim, command_decode, command_encode, command_convert, command_leap, command_wait,
	command_check, command_diag, command_rtc, command_reload, command_import;

/* All of them, in the order in which they are listed; NULL behind the last. */
const struct command *commands_at(size_t index);

/* Asks the daemon for argv[0], a report or a command, and prints the answer. */
int command_ask(int argc, char **argv);

/* SPDX-License-Identifier: MIT
 * Prints the completion of bash(1) for timeball and timeballd, made of the programs' own tables.
 * Run once while building. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "control/control_reply.h"
#include "daemon/command_line.h"
#include "report/report.h"

#define WORD_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-"

static void print_words(void)
{
	for (size_t i = 0; commands_at(i); i++)
		printf(" %s", commands_at(i)->name);
	for (size_t i = 0; i < reports_count(); i++)
		printf(" %s", reports_at(i)->name);
	for (size_t i = 0; control_reply_word(i); i++)
		printf(" %s", control_reply_word(i));
	printf(" help");
}

/* Of "[--seed N] [set | trim]", what is typed as it stands: "--seed set trim". */
static void print_literals(const char *arguments)
{
	while (*arguments) {
		const size_t skipped =
			strcspn(arguments, WORD_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
		size_t length;

		arguments += skipped;
		length = strspn(arguments, WORD_CHARACTERS);
		if (length > 1)
			printf(" %.*s", (int)length, arguments);
		arguments += length;
		arguments += strcspn(arguments, " []|");
	}
}

static void print_cases(void)
{
	for (size_t i = 0; commands_at(i); i++) {
		printf("\t%s) words=\"", commands_at(i)->name);
		print_literals(commands_at(i)->arguments);
		printf("\" ;;\n");
	}
}

static void print_daemon_options(void)
{
	for (const char *option = command_line_options; *option; option++) {
		if (*option != '+' && *option != ':')
			printf(" -%c", *option);
	}
}

int main(void)
{
	printf("# bash completion for timeball(1) and timeballd(8). SPDX-License-Identifier: MIT\n"
	       "_timeball()\n{\n"
	       "\tlocal current=${COMP_WORDS[COMP_CWORD]} words\n"
	       "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	       "\t\tCOMPREPLY=($(compgen -W \"");
	print_words();
	printf("\" -- \"$current\"))\n\t\treturn\n\tfi\n"
	       "\tcase ${COMP_WORDS[1]} in\n");
	print_cases();
	printf("\t*) words=\"--json --csv\" ;;\n"
	       "\tesac\n"
	       "\tCOMPREPLY=($(compgen -W \"$words -s\" -- \"$current\"))\n"
	       "}\n"
	       "complete -o default -F _timeball timeball\n"
	       "complete -o default -W \"");
	print_daemon_options();
	printf("\" timeballd\n");
	return 0;
}

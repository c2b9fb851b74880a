/* SPDX-License-Identifier: MIT */
#include "cli/options.h"
#include "cli/command.h"
#include "testing/check.h"

#include <stdlib.h>

#define ALL (OPTIONS_WORD | OPTIONS_SOCKET | OPTIONS_JSON | OPTIONS_CSV | OPTIONS_SECONDS)

/* `words` are divided by blanks. */
static int parse(const char *words, unsigned allowed, struct options *options)
{
	static char bytes[256];
	char *argv[16] = { NULL };
	int argc = 0;

	strcpy(bytes, words);
	for (char *word = strtok(bytes, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	return options_parse(argc, argv, allowed, options);
}

TEST(cli_options, are_read_in_any_order)
{
	struct options options;

	CHECK_EQ(parse("why ntp1 --json -s /run/x", ALL, &options), 0);
	CHECK_TEXT(options.word, "ntp1");
	CHECK_TEXT(options.socket, "/run/x");
	CHECK(options.is_json && !options.is_csv);
	CHECK_EQ(parse("why --socket=/y ntp2 --seconds 2.5", ALL, &options), 0);
	CHECK_TEXT(options.word, "ntp2");
	CHECK_TEXT(options.socket, "/y");
	CHECK_NEAR(options.seconds, 2.5, 0);
}

TEST(cli_options, refuse_what_a_command_does_not_take)
{
	struct options options;

	CHECK_EQ(parse("run --json", OPTIONS_SECONDS, &options), COMMAND_USAGE);
	CHECK_EQ(parse("run -s /x", OPTIONS_SECONDS, &options), COMMAND_USAGE);
	CHECK_EQ(parse("run word", OPTIONS_SECONDS, &options), COMMAND_USAGE);
	CHECK_EQ(parse("status --seconds 3", OPTIONS_SOCKET, &options), COMMAND_USAGE);
	CHECK_EQ(parse("why a b", ALL, &options), COMMAND_USAGE);
	CHECK_EQ(parse("why --json --csv", ALL, &options), COMMAND_USAGE);
	CHECK_EQ(parse("why -s", ALL, &options), COMMAND_USAGE);
	CHECK_EQ(parse("why --wrong", ALL, &options), COMMAND_USAGE);
	CHECK_EQ(parse("top --seconds 0", ALL, &options), COMMAND_USAGE);
	CHECK_EQ(parse("top --seconds x", ALL, &options), COMMAND_USAGE);
}

TEST(cli_options, take_the_socket_from_the_environment)
{
	struct options options;

	setenv("TIMEBALL_SOCKET", "/from/environment", 1);
	CHECK_EQ(parse("status", ALL, &options), 0);
	CHECK_TEXT(options.socket, "/from/environment");
	CHECK_EQ(parse("status -s /given", ALL, &options), 0);
	CHECK_TEXT(options.socket, "/given");
	unsetenv("TIMEBALL_SOCKET");
	CHECK_EQ(parse("status", ALL, &options), 0);
	CHECK_TEXT(options.socket, "/run/timeball/timeballd.sock");
}

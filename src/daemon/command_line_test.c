/* SPDX-License-Identifier: MIT */
#include "daemon/command_line.h"

#include <getopt.h>

#include "testing/check.h"

static struct command_line parsed(const char *first, const char *second, const char *third)
{
	static char program[] = "timeballd";
	char *words[] = { program, (char *)(uintptr_t)first, (char *)(uintptr_t)second,
		          (char *)(uintptr_t)third, NULL };
	struct command_line line;
	int count = 0;

	while (words[count])
		count++;
	optind = 0; /* glibc: begin anew */
	CHECK_EQ(command_line_parse(count, words, &line), 0);
	return line;
}

TEST(command_line, is_a_daemon_in_the_background_by_itself)
{
	const struct command_line line = parsed(NULL, NULL, NULL);

	CHECK_EQ(line.mode, MODE_DAEMON);
	CHECK(!line.is_foreground);
	CHECK_EQ(line.words_count, 0);
	CHECK_EQ(line.timeout_s, -1);
	CHECK_EQ(line.family, ADDRESS_NONE);
}

TEST(command_line, takes_joined_and_separate_values)
{
	const struct command_line line = parsed("-dx4t15", "-f", "/tmp/a");

	CHECK(line.is_foreground);
	CHECK(line.is_clock_untouched);
	CHECK_EQ(line.debug_count, 1);
	CHECK_EQ(line.family, ADDRESS_IPV4);
	CHECK_EQ(line.timeout_s, 15);
	CHECK_TEXT(line.config_path, "/tmp/a");
}

TEST(command_line, takes_a_descriptor_to_tell_when_it_is_ready)
{
	CHECK_EQ(parsed("-N", "3", NULL).ready_fd, 3);
	CHECK(parsed("-N4", NULL, NULL).is_foreground);
	CHECK_EQ(parsed("-n", NULL, NULL).ready_fd, 0);
}

TEST(command_line, stays_in_the_foreground_for_what_ends)
{
	CHECK_EQ(parsed("-Q", NULL, NULL).mode, MODE_MEASURE_ONCE);
	CHECK(parsed("-Q", NULL, NULL).is_foreground);
	CHECK_EQ(parsed("-q", NULL, NULL).mode, MODE_SET_ONCE);
	CHECK_EQ(parsed("--version", NULL, NULL).mode, MODE_VERSION);
	CHECK_EQ(parsed("--help", NULL, NULL).mode, MODE_HELP);
}

TEST(command_line, takes_the_rest_as_configuration)
{
	const struct command_line line = parsed("-n", "server 192.0.2.1 iburst", "makestep 1 -1");

	CHECK_EQ(line.words_count, 2);
	CHECK_TEXT(line.words[1], "makestep 1 -1");
}

TEST(command_line, accepts_what_has_no_effect)
{
	CHECK_EQ(parsed("-rU", "-F", "-1").mode, MODE_DAEMON);
	CHECK(parsed("-s", NULL, NULL).is_rtc_wanted);
	CHECK_EQ(parsed("-L", "2", NULL).least, LOG_SEVERITY_ERROR);
	CHECK_EQ(parsed("-dd", NULL, NULL).least, LOG_SEVERITY_DEBUG);
}

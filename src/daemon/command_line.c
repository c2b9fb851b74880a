/* SPDX-License-Identifier: MIT */
#include "daemon/command_line.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#include "base/text.h"

const char command_line_options[] = "+46df:F:hl:L:mnN:pP:qQrRst:u:Uvx";

static const char help[] =
	"Usage: timeballd [OPTION]... [DIRECTIVE]...\n"
	"Keeps the system clock right, with chronyd's options and configuration.\n"
	"\n"
	"  -f FILE    configuration (" COMMAND_LINE_CONFIG_DEFAULT ", else\n"
	"             " COMMAND_LINE_CONFIG_CHRONY "); DIRECTIVEs are read instead of it\n"
	"  -d         stay in the foreground, messages to stderr; twice: debug messages too\n"
	"  -n         stay in the foreground, messages to syslog\n"
	"  -N FD      the same; a line is written to this descriptor when it is ready\n"
	"  -l FILE    messages to this file\n"
	"  -L LEVEL   least severity of messages: -1 debug, 0 information, 1 warning, 2 error\n"
	"  -q         set the clock once and exit\n"
	"  -Q         print by how much the clock is wrong and exit; nothing is set\n"
	"  -x         do not touch the system clock\n"
	"  -t SECONDS exit after this time\n"
	"  -p         print the configuration as it was understood and exit\n"
	"  -4, -6     IPv4 or IPv6 only\n"
	"  -R         this is a restart: ignore a makestep with a positive limit\n"
	"  -u USER    account to run under after start\n"
	"  -P PRIO    real-time priority (SCHED_FIFO)\n"
	"  -m         lock memory\n"
	"  -F LEVEL   filter system calls: 1 strictly, 2 loosely, 0 not at all; < 0: SIGSYS, for debugging\n"
	"  -v, -h     print the version, this help\n"
	"  -r         read what dumpdir holds of the sources\n"
	"  -s         set the clock from the real-time clock first\n"
	"  -U         accepted for chronyd's sake, without effect\n";

void command_line_print_help(void)
{
	(void)fputs(help, stdout);
}

static int number(const char *text, int64_t low, int64_t high, char option, int64_t *value_out)
{
	if (text_parse_s64(text, low, high, value_out) == 0)
		return 0;
	(void)fprintf(stderr, "timeballd: -%c takes a number within %lld..%lld, not '%s'\n", option,
	              (long long)low, (long long)high, text);
	return -EINVAL;
}

static int take_valued(struct command_line *line, int option, const char *value)
{
	int64_t level = 0;
	int error = 0;

	switch (option) {
	case 'f':
		line->config_path = value;
		break;
	case 'l':
		line->log_path = value;
		break;
	case 'u':
		line->user = value;
		break;
	case 'F':
		error = number(value, -2, 2, 'F', &line->filter_level);
		break;
	case 'L':
		error = number(value, -1, 3, 'L', &level);
		line->least = (enum log_severity)level;
		break;
	case 'N':
		line->is_foreground = true;
		error = number(value, 3, INT32_MAX, 'N', &line->ready_fd);
		break;
	case 'P':
		error = number(value, 0, 100, 'P', &line->priority);
		break;
	default:
		error = number(value, 0, INT32_MAX, 't', &line->timeout_s);
		break;
	}
	return error;
}

static void take_mode(struct command_line *line, enum command_line_mode mode)
{
	line->mode = mode;
	line->is_foreground = true;
}

/* False: not one of these. */
static bool take_switch(struct command_line *line, int option)
{
	switch (option) {
	case '4':
		line->family = ADDRESS_IPV4;
		return true;
	case '6':
		line->family = ADDRESS_IPV6;
		return true;
	case 'd':
		line->debug_count++;
		line->is_foreground = true;
		return true;
	case 'n':
		line->is_foreground = true;
		return true;
	case 'm':
		line->is_memory_locked = true;
		return true;
	case 'R':
		line->is_restart = true;
		return true;
	case 's':
		line->is_rtc_wanted = true;
		return true;
	case 'x':
		line->is_clock_untouched = true;
		return true;
	case 'r':
		line->is_dump_wanted = true;
		return true;
	case 'U':
		return true;
	default:
		return false;
	}
}

static bool take_action(struct command_line *line, int option)
{
	switch (option) {
	case 'q':
		take_mode(line, MODE_SET_ONCE);
		return true;
	case 'Q':
		take_mode(line, MODE_MEASURE_ONCE);
		return true;
	case 'p':
		take_mode(line, MODE_PRINT_CONFIG);
		return true;
	case 'v':
		take_mode(line, MODE_VERSION);
		return true;
	case 'h':
		take_mode(line, MODE_HELP);
		return true;
	default:
		return false;
	}
}

int command_line_parse(int count, char *words[], struct command_line *line_out)
{
	static const struct option longs[] = {
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ 0 },
	};
	struct command_line line = { .family = ADDRESS_NONE, .priority = -1, .timeout_s = -1 };
	int option;

	/* '+': a directive ends the options, its own words may begin with a minus. */
	while ((option = getopt_long(count, words, command_line_options, longs, NULL)) != -1) {
		if (option == '?') {
			(void)fputs("Try 'timeballd -h'.\n", stderr);
			return -EINVAL;
		}
		if (take_switch(&line, option) || take_action(&line, option))
			continue;
		if (take_valued(&line, option, optarg) != 0)
			return -EINVAL;
	}
	if (line.debug_count >= 2)
		line.least = LOG_SEVERITY_DEBUG;
	line.words = (const char *const *)words + optind;
	line.words_count = (size_t)(count - optind);
	*line_out = line;
	return 0;
}

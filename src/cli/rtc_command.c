/* cli/rtc_command: `timeball rtc`: the machine's real-time clock. SPDX-License-Identifier: MIT
 *
 * What the daemon measures (rtcfile), it is asked for; otherwise the device is looked at here. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "cli/answer.h"
#include "cli/command.h"
#include "cli/control_client.h"
#include "cli/options.h"
#include "cli/report_print.h"
#include "os/hwclock_file.h"
#include "os/kernel_state.h"
#include "os/null_clock.h"
#include "os/rtc_device.h"

#define MARGIN_NS (50 * NS_PER_MS) /* to be awake when it is to be set */

static int complain(const char *what, int error)
{
	fprintf(stderr, "timeball rtc: %s%s%s\n", what, error ? ": " : "",
	        error == -EBUSY    ? "another program has it; is it tracked by a daemon (rtcfile)?"
	        : error == -EINVAL ? "its date does not exist; is its battery empty?"
	        : error            ? strerror(-error)
	                           : "");
	return COMMAND_NO;
}

static bool is_local(void)
{
	return hwclock_file_zone(HWCLOCK_FILE_DEFAULT) == HWCLOCK_LOCAL;
}

static void print_shown(int64_t second, const char *fraction)
{
	char date[40];
	struct text out = text_into(date, sizeof date);

	text_date_time(&out, (struct utc_time){ rtc_device_utc(second, is_local()) * NS_PER_S });
	printf("RTC            %s UTC%s (it keeps %s)\n", date, fraction,
	       is_local() ? "local time" : "UTC");
}

static void print_difference(double fast_s, const char *sure)
{
	printf("against clock  %.*f s %s%s\n", sure[0] ? 1 : 6, fast_s < 0 ? -fast_s : fast_s,
	       fast_s < 0 ? "behind" : "ahead", sure);
}

/* To the edge, if we may; else to the second. */
static int look(void)
{
	struct clock *clock = NULL;
	struct rtc_device device;
	struct rtc_edge edge;
	struct instant at;
	int64_t second;
	int error = rtc_device_open(&device, NULL);

	if (error == 0 && null_clock_open(&clock) == 0) {
		error = rtc_device_wait(&device, clock, &edge, &at);
		clock_close(clock);
		rtc_device_close(&device);
		if (error != 0)
			return complain("the real-time clock does not tell the time", error);
		print_shown(edge.second, "");
		print_difference((double)(rtc_device_utc(edge.second, is_local()) * NS_PER_S +
		                          edge.early_ns_max / 2 - at.local.ns) *
		                         1e-9,
		                 "");
		return COMMAND_OK;
	}
	if (rtc_device_glance(&second) != 0)
		return complain("no real-time clock", error);
	print_shown(second, " and a fraction");
	print_difference((double)(rtc_device_utc(second, is_local()) - time(NULL)),
	                 ", to a second; root can tell better");
	return COMMAND_OK;
}

/* Sleeps until it is to be told, and tells. */
static int set(void)
{
	struct kernel_state kernel = { 0 };
	struct rtc_device device;
	struct timespec when = { 0 };
	int64_t late_ns, due_ns;
	int error = rtc_device_open(&device, NULL);

	if (error != 0)
		return complain("the real-time clock cannot be opened", error);
	late_ns = rtc_device_set_late_ns(&device);
	due_ns = (clock_real_now_ns() + MARGIN_NS - late_ns) / NS_PER_S * NS_PER_S + NS_PER_S;
	when.tv_sec = (due_ns + late_ns) / NS_PER_S;
	when.tv_nsec = (due_ns + late_ns) % NS_PER_S;
	while (clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &when, NULL) == EINTR)
		;
	error = rtc_device_set(&device, rtc_device_shown(due_ns / NS_PER_S, is_local()));
	rtc_device_close(&device);
	if (error != 0)
		return complain("the real-time clock cannot be set", error);
	if (kernel_state_read(&kernel) == 0 && !kernel.is_synchronised)
		fputs("timeball rtc: set, but the kernel says that the clock itself is not synchronised\n",
		      stderr);
	return COMMAND_OK;
}

/* The daemon's report, if it answers and tracks the device. */
static bool ask(const struct options *options, struct answer *answer_out)
{
	char *line = NULL;

	*answer_out = (struct answer){ 0 };
	if (control_client_ask(options->socket, "rtc", CONTROL_CLIENT_TIMEOUT_MS, &line) ==
	            CONTROL_ANSWERED &&
	    answer_parse(line, answer_out) == 0 && answer_row_count(answer_out) == 1 &&
	    strcmp(answer_text(answer_row(answer_out, 0), "kept_by"), "daemon") == 0) {
		free(line);
		return true;
	}
	free(line);
	return false;
}

static int order(const struct options *options, const char *command)
{
	struct answer answer = { 0 };
	const int outcome = answer_ask(options->socket, command, &answer);

	if (outcome == COMMAND_OK)
		report_print(&answer, options);
	else if (outcome == COMMAND_NO)
		fprintf(stderr, "timeball rtc: %s\n", answer_error(&answer));
	answer_free(&answer);
	return outcome;
}

static int run(int argc, char **argv)
{
	struct options options;
	struct answer answer;
	bool is_tracked;
	int outcome = options_parse(
		argc, argv, OPTIONS_WORD | OPTIONS_SOCKET | OPTIONS_JSON | OPTIONS_CSV, &options);

	if (outcome != COMMAND_OK)
		return outcome;
	if (options.word && strcmp(options.word, "set") != 0 && strcmp(options.word, "trim") != 0 &&
	    strcmp(options.word, "write") != 0) {
		fprintf(stderr, "timeball rtc: 'set', 'trim' or 'write', not '%s'\n", options.word);
		return COMMAND_USAGE;
	}
	if (!options.word && (options.is_json || options.is_csv))
		return command_ask(argc, argv);
	is_tracked = ask(&options, &answer);
	if (!options.word && is_tracked) {
		report_print(&answer, &options);
	} else if (!options.word) {
		outcome = look();
		if (outcome != COMMAND_OK && answer_row_count(&answer) == 1) {
			report_print(&answer, &options); /* which says that nobody keeps one */
			outcome = COMMAND_OK;
		}
	} else if (!is_tracked && strcmp(options.word, "set") == 0) {
		outcome = set();
	} else {
		outcome = order(&options,
		                strcmp(options.word, "write") == 0 ? "writertc" : "trimrtc");
	}
	answer_free(&answer);
	return outcome;
}

const struct command command_rtc = {
	.name = "rtc",
	.arguments = "[set | trim | write] [--json|--csv]",
	.summary = "the real-time clock: how far off it is; set it to the system clock",
	.run = run,
};

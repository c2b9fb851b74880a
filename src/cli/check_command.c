/* cli/check_command: `timeball check`: a monitoring plugin. SPDX-License-Identifier: MIT */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/command.h"
#include "cli/control_client.h"
#include "cli/health.h"
#include "cli/ntp_query.h"
#include "cli/status_view.h"
#include "os/clock.h"
#include "os/hwclock_file.h"
#include "os/kernel_state.h"
#include "os/leap_files.h"
#include "os/rtc_device.h"

#define ALERT_S     0.005 /* ITTN-009 section 3.5 */
#define ACCURACY_S  0.010 /* its timestampAccuracy */
#define RTC_S       2.0   /* it is set to the second every 11 minutes */
#define PRECISION_S 0.001 /* its timestampPrecision */

struct check_options {
	const char *socket, *reference, *port;
	double alert_s, accuracy_s, precision_s, rtc_s;
	double sources,
		stratum1; /* at least so many; a clock without any holds over by its bound */
	bool is_daemon_left_out, is_tai_left_out, must_kernel_be_synchronised;
};

static const char help[] =
	"usage: timeball check [-w|--alert S] [-c|--accuracy S] [--precision S] [--sources N]\n"
	"         [--stratum1 N] [--rtc S] [-H|--reference HOST] [-p|--port N] [--no-daemon] [--no-tai]\n"
	"         [--kernel-synchronised] [-s SOCKET]\n"
	"  Offset and bound: WARNING beyond --alert (0.005), CRITICAL beyond --accuracy (0.010);\n"
	"  the usual size of corrections: WARNING beyond --precision (0.001).\n"
	"  --rtc: WARNING if the real-time clock, which a synchronised kernel keeps, is off by more (2).\n"
	"  --reference: asks this NTP server, too, whatever the daemon says; alone with --no-daemon.\n"
	"  Exit status 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN; of -h and -V 3 as well.\n";

static int usage(const char *complaint, const char *word)
{
	fprintf(stderr, "timeball check: %s%s\n%s", complaint, word, help);
	return HEALTH_UNKNOWN;
}

/* What people ask plugins; an exit status of 0 would tell their monitoring that all is well. */
static bool answer_people(const char *word)
{
	const bool wants_help = strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0;

	if (wants_help)
		fputs(help, stdout);
	else if (strcmp(word, "-V") == 0 || strcmp(word, "--version") == 0)
		printf("timeball check %s\n", TIMEBALL_VERSION);
	else
		return false;
	return true;
}

static bool take_number(struct check_options *options, const char *name, const char *value)
{
	const struct {
		const char *name;
		double *place;
	} places[] = {
		{ "--alert", &options->alert_s },
		{ "--accuracy", &options->accuracy_s },
		{ "-w", &options->alert_s },
		{ "-c", &options->accuracy_s },
		{ "--precision", &options->precision_s },
		{ "--sources", &options->sources },
		{ "--stratum1", &options->stratum1 },
		{ "--rtc", &options->rtc_s },
	};

	for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
		if (strcmp(name, places[i].name) == 0)
			return text_parse_real(value, places[i].place) == 0 &&
			       *places[i].place >= 0;
	}
	return false;
}

static int parse_arguments(int argc, char **argv, struct check_options *options)
{
	for (int i = 1; i < argc; i++) {
		const char *name = argv[i];

		if (answer_people(name))
			return HEALTH_UNKNOWN;
		if (strcmp(name, "--no-daemon") == 0)
			options->is_daemon_left_out = true;
		else if (strcmp(name, "--no-tai") == 0)
			options->is_tai_left_out = true;
		else if (strcmp(name, "--kernel-synchronised") == 0)
			options->must_kernel_be_synchronised = true;
		else if (++i == argc)
			return usage("unknown option, or a value is missing: ", name);
		else if (strcmp(name, "-s") == 0 || strcmp(name, "--socket") == 0)
			options->socket = argv[i];
		else if (strcmp(name, "--reference") == 0 || strcmp(name, "-H") == 0)
			options->reference = argv[i];
		else if (strcmp(name, "--port") == 0 || strcmp(name, "-p") == 0)
			options->port = argv[i];
		else if (!take_number(options, name, argv[i]))
			return usage("unknown option or no number: ", name);
	}
	return 0;
}

/* ---- what the daemon says ---- */

static bool is_usable(const char *state)
{
	return strcmp(state, "selected") == 0 || strcmp(state, "combined") == 0 ||
	       strcmp(state, "unused") == 0 || strcmp(state, "outlier") == 0 ||
	       strcmp(state, "too-distant") == 0 || strcmp(state, "not-preferred") == 0;
}

static void say(struct health_report *report, enum health health, const char *first,
                const char *second)
{
	char bytes[300];
	struct text out = text_into(bytes, sizeof bytes);

	text_add(&out, first);
	text_add(&out, second);
	health_add(report, health, bytes);
}

static void say_count(struct health_report *report, const char *what, unsigned count, double wanted)
{
	char bytes[120];
	struct text out = text_into(bytes, sizeof bytes);

	text_u64(&out, count);
	text_char(&out, ' ');
	text_add(&out, what);
	if (count < wanted) {
		text_add(&out, ", at least ");
		text_fixed(&out, wanted, 0);
		text_add(&out, " wanted");
	}
	health_add(report, count < wanted ? HEALTH_WARNING : HEALTH_OK, bytes);
}

static void check_sources(const struct check_options *options, const struct status_view *view,
                          struct health_report *report)
{
	unsigned usable = 0, stratum1 = 0, silent = 0;

	for (size_t i = 0; i < answer_row_count(&view->sources); i++) {
		const json_t *row = answer_row(&view->sources, i);
		const char *state = answer_text(row, "state");

		usable += is_usable(state);
		stratum1 += is_usable(state) && answer_number(row, "stratum") == 1;
		silent += answer_number(row, "reach") == 0;
		if (strcmp(state, "falseticker") == 0)
			say(report, HEALTH_OK, "not believed: ", answer_text(row, "name"));
	}
	if (silent > 0)
		say_count(report, "unreachable", silent, 0);
	say_count(report, "sources usable", usable, options->sources);
	if (options->stratum1 > 0)
		say_count(report, "of stratum 1", stratum1, options->stratum1);
	health_add_number(report, "sources", usable);
	health_add_number(report, "stratum1", stratum1);
	health_add_number(report, "unreachable", silent);
}

static void check_view(const struct check_options *options, const struct status_view *view,
                       struct health_report *report)
{
	const json_t *tracking = answer_row(&view->tracking, 0);
	const double bound_ns = answer_number(tracking, "bound_ns");

	if (!status_view_is_synchronised(view))
		health_add(report, HEALTH_CRITICAL, "not synchronised");
	health_add_seconds(report, "offset", answer_number(tracking, "offset_ns") * 1e-9,
	                   options->alert_s, options->accuracy_s);
	if (isfinite(bound_ns))
		health_add_seconds(report, "bound", bound_ns * 1e-9, options->alert_s,
		                   options->accuracy_s);
	health_add_seconds(report, "rms", answer_number(tracking, "rms_offset_s"),
	                   options->precision_s, INFINITY);
	check_sources(options, view, report);
}

struct known {        /* by the daemon; NAN = it does not answer, or does not know */
	double tai_s; /* TAI - UTC, which may hold a leap second that no table does */
	bool has_table;
	double expires_s; /* until when its leap table is good, since 1970 */
};

static void check_leap_table(double expires_s, struct health_report *report)
{
	const double left_s = expires_s - (double)time(NULL);

	if (!(expires_s > 0))
		health_add(report, HEALTH_WARNING,
		           "nobody says until when the leap second table is good");
	else if (left_s < 0)
		health_add(report, HEALTH_WARNING, "leap second table expired");
	health_add_number(report, "leap_table_days", expires_s > 0 ? floor(left_s / 86400) : NAN);
}

/* Does the daemon keep the machine's own clock, so that the kernel's state is its doing? */
static bool check_daemon(const struct check_options *options, struct known *known,
                         struct health_report *report)
{
	struct status_view view = { 0 };
	bool is_kernel;

	if (status_view_ask(control_client_path(options->socket), &view) != COMMAND_OK) {
		health_add(report, HEALTH_UNKNOWN, "the daemon does not answer");
		return true;
	}
	check_view(options, &view, report);
	known->tai_s = answer_number(answer_row(&view.tracking, 0), "tai_offset_s");
	known->has_table = true;
	known->expires_s = answer_number(answer_row(&view.tracking, 0), "leap_expires") * 1e-9;
	check_leap_table(known->expires_s, report);
	is_kernel =
		strcmp(answer_text(answer_row(&view.tracking, 0), "clock_driver"), "virtual") != 0;
	status_view_free(&view);
	return is_kernel;
}

/* ---- what everybody can see ---- */

/* Of a machine that has one. Only a kernel that is synchronised sets it (rtcsync). */
static void check_rtc(const struct check_options *options, const struct kernel_state *kernel,
                      struct health_report *report)
{
	const bool is_local = hwclock_file_zone(HWCLOCK_FILE_DEFAULT) == HWCLOCK_LOCAL;
	char said[120];
	struct text out = text_into(said, sizeof said);
	int64_t second;
	double fast_s;

	if (rtc_device_glance(&second) != 0)
		return;
	/* it shows whole seconds: half of one has passed, on average, and so much is not known */
	fast_s = (double)(rtc_device_utc(second, is_local) * NS_PER_S + NS_PER_S / 2 -
	                  clock_real_now_ns()) *
	         1e-9;
	health_add_number(report, "rtc", fabs(fast_s) <= 0.6 ? 0 : fast_s);
	if (!kernel->is_synchronised || fabs(fast_s) <= options->rtc_s + 0.5)
		return;
	text_add(&out, "the RTC is ");
	text_duration(&out, fabs(fast_s) * 1e9);
	text_add(&out, fast_s < 0 ? " behind" : " ahead");
	health_add(report, HEALTH_WARNING, said);
}

static void check_kernel(const struct check_options *options, const struct known *known,
                         struct health_report *report)
{
	struct leap_files *files = calloc(1, sizeof *files);
	const struct utc_time now = { time(NULL) * NS_PER_S };
	struct kernel_state kernel;
	char said[120];
	struct text out = text_into(said, sizeof said);
	int64_t tai_s, wanted_s;

	if (!files || kernel_state_read(&kernel) < 0) {
		free(files);
		health_add(report, HEALTH_UNKNOWN, "the kernel's clock cannot be read");
		return;
	}
	leap_files_load(LEAP_FILES_ZONE, LEAP_FILES_LIST, files);
	tai_s = (kernel.tai_minus_real_ns + NS_PER_S / 2) / NS_PER_S;
	wanted_s = isfinite(known->tai_s) ? (int64_t)known->tai_s
	                                  : leap_table_tai_offset_s(&files->table, now);
	text_add(&out, "CLOCK_TAI is ");
	text_s64(&out, tai_s);
	text_add(&out, " s ahead");
	if (tai_s != wanted_s) {
		text_add(&out, " and should be ");
		text_s64(&out, wanted_s);
	}
	health_add(report, tai_s == wanted_s ? HEALTH_OK : HEALTH_CRITICAL, said);
	health_add_number(report, "tai", (double)tai_s);
	if (!known->has_table)
		check_leap_table((double)files->table.expires_s, report);
	if (options->must_kernel_be_synchronised && !kernel.is_synchronised)
		health_add(report, HEALTH_CRITICAL, "the kernel says unsynchronised");
	check_rtc(options, &kernel, report);
	free(files);
}

static void check_reference(const struct check_options *options, struct health_report *report)
{
	struct ntp_query query = { 0 };
	const int error = ntp_query_ask(options->reference, options->port, &query);

	if (error == -ENOENT)
		say(report, HEALTH_UNKNOWN, "no such host: ", options->reference);
	else if (error != 0)
		say(report, HEALTH_UNKNOWN, "no answer from the reference ", options->reference);
	else {
		health_add_seconds(report, "reference", (double)query.offset_ns * 1e-9,
		                   options->alert_s, options->accuracy_s);
		health_add_seconds(report, "reference_delay", (double)query.delay_ns * 1e-9,
		                   INFINITY, INFINITY);
	}
}

static int run(int argc, char **argv)
{
	struct check_options options = { .port = "123",
		                         .alert_s = ALERT_S,
		                         .accuracy_s = ACCURACY_S,
		                         .precision_s = PRECISION_S,
		                         .rtc_s = RTC_S };
	struct health_report report;
	bool is_kernel = true;
	struct known known = { .tai_s = NAN };
	const int outcome = parse_arguments(argc, argv, &options);

	if (outcome != 0)
		return outcome;
	health_init(&report);
	if (!options.is_daemon_left_out)
		is_kernel = check_daemon(&options, &known, &report);
	if (is_kernel && !options.is_tai_left_out)
		check_kernel(&options, &known, &report);
	if (options.reference)
		check_reference(&options, &report);
	printf("TIME %s - %s|%s\n", health_word(report.worst), report.said.bytes,
	       report.data.bytes);
	return (int)report.worst;
}

const struct command command_check = {
	.name = "check",
	.arguments = "[--alert S] [--accuracy S] [--stratum1 N] [--reference HOST] [--no-daemon]",
	.summary = "monitoring plugin: OK, WARNING, CRITICAL, UNKNOWN (exit 0 to 3) and numbers",
	.run = run,
};

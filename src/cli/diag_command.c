/* cli/diag_command: `timeball diag gps`: what is missing until a receiver gives the time.
 * SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/answer.h"
#include "cli/command.h"
#include "cli/control_client.h"
#include "cli/gps_findings.h"
#include "cli/gps_probe.h"
#include "cli/style.h"
#include "timescale/civil.h"

#define SECONDS_DEFAULT 5.0
#define SECONDS_MAX     3600.0
#define BAUD_MAX        4000000

struct diag {
	struct gps_probe_config probe;
	const char *socket;
};

static int usage(const char *complaint, const char *word)
{
	fprintf(stderr, "timeball diag: %s%s\n", complaint, word);
	fputs("usage: timeball diag gps [-s SOCKET]             asks the daemon\n"
	      "       timeball diag gps DEVICE|FILE [--baud N] [--seconds N]\n"
	      "                         [--times NMEA|UBX] [--floor YYYY-MM-DD] [--nochecksum]\n",
	      stderr);
	return COMMAND_USAGE;
}

static bool parse_floor(const char *text, struct utc_time *floor_out)
{
	unsigned year, month, day;
	char end;

	if (sscanf(text, "%4u-%2u-%2u%c", &year, &month, &day, &end) != 3 || year < 1970 ||
	    month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	floor_out->ns =
		civil_days((struct civil_date){ (int32_t)year, (uint8_t)month, (uint8_t)day }) *
		86400 * NS_PER_S;
	return true;
}

static bool parse_value(struct diag *diag, const char *name, const char *value)
{
	uint64_t baud = 0;

	if (strcmp(name, "--baud") == 0 && text_parse_u64(value, BAUD_MAX, &baud) == 0)
		diag->probe.baud = (uint32_t)baud;
	else if (strcmp(name, "--seconds") == 0)
		return text_parse_real(value, &diag->probe.seconds) == 0 &&
		       diag->probe.seconds >= 1 && diag->probe.seconds <= SECONDS_MAX;
	else if (strcmp(name, "--times") == 0 &&
	         (strcmp(value, "NMEA") == 0 || strcmp(value, "UBX") == 0))
		diag->probe.times_of = value;
	else if (strcmp(name, "--floor") == 0)
		return parse_floor(value, &diag->probe.floor);
	else if (strcmp(name, "-s") == 0 || strcmp(name, "--socket") == 0)
		diag->socket = value;
	else
		return false;
	return true;
}

static int parse(int argc, char **argv, struct diag *diag)
{
	if (argc < 2 || strcmp(argv[1], "gps") != 0)
		return usage("what is to be looked at: ", "gps");
	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--nochecksum") == 0) {
			diag->probe.is_unchecked_taken = true;
		} else if (argv[i][0] != '-' && !diag->probe.path) {
			diag->probe.path = argv[i];
		} else if (i + 1 == argc || !parse_value(diag, argv[i], argv[i + 1])) {
			return usage("does not understand ", argv[i]);
		} else {
			i++;
		}
	}
	return COMMAND_OK;
}

static void print(const struct gps_findings *findings)
{
	static const char *const words[] = { "ok     ", "note   ", "MISSING" };
	static const enum style styles[] = { STYLE_GOOD, STYLE_WARN, STYLE_BAD };
	const struct look look = style_look();

	for (size_t i = 0; i < findings->count; i++) {
		const struct gps_finding *finding = &findings->findings[i];

		printf("%s%s%s  %s\n", style_begin(look, styles[finding->level]),
		       words[finding->level], style_end(look), finding->text);
	}
}

static void look_at_port(const struct gps_probe_config *config, struct gps_findings *findings)
{
	struct device_pulses before[DEVICE_FACTS_PULSES_MAX], after[DEVICE_FACTS_PULSES_MAX];
	const size_t before_count = device_facts_pulses("/sys", before);
	static struct gps_listening heard;
	struct device_facts facts;
	double seconds = 0;

	device_facts_look(config->path, "/proc", "/sys", &facts);
	if (!gps_findings_device(findings, config->path, &facts))
		return;
	gps_probe_listen(config, &heard);
	gps_findings_listening(findings, config->path, &heard);
	for (size_t i = 0; i < heard.trials_count; i++)
		seconds += heard.trials[i].seconds;
	if (!heard.is_file)
		gps_findings_pulses(findings, before, before_count, after,
		                    device_facts_pulses("/sys", after), seconds);
}

/* ---- by way of the daemon ---- */

static uint64_t count_of(const json_t *row, const char *field)
{
	const double value = answer_number(row, field);

	return value > 0 ? (uint64_t)value : 0;
}

static void status_of_row(const json_t *row, struct gnss_status *status)
{
	const char *const verdict = answer_text(row, "verdict");

	memset(status, 0, sizeof *status);
	for (int i = 0; i < GNSS_VERDICTS_COUNT; i++) {
		if (strcmp(gnss_status_verdict_phrase((enum gnss_verdict)i), verdict) == 0) {
			status->verdict = (enum gnss_verdict)i;
			status->verdict_count[i] = 1;
		}
	}
	for (int i = GNSS_FIX_NONE; i <= GNSS_FIX_3D; i++) {
		if (strcmp(gnss_status_fix_word((enum gnss_fix)i), answer_text(row, "fix")) == 0)
			status->fix = (enum gnss_fix)i;
	}
	for (int i = GNSS_ANTENNA_OK; i <= GNSS_ANTENNA_INTERNAL; i++) {
		if (strcmp(gnss_status_antenna_word((enum gnss_antenna)i),
		           answer_text(row, "antenna")) == 0)
			status->antenna = (enum gnss_antenna)i;
	}
	status->has_used = isfinite(answer_number(row, "used_count"));
	status->used_count = (unsigned)count_of(row, "used_count");
	status->has_seen = isfinite(answer_number(row, "seen_count"));
	status->seen_count = (unsigned)count_of(row, "seen_count");
	status->sentences_count = count_of(row, "sentences_count");
	status->ubx_count = count_of(row, "ubx_count");
	status->bad_checksums_count = count_of(row, "bad_checksums_count");
	status->bytes_count = count_of(row, "bytes_count");
	status->stray_bytes_count = count_of(row, "stray_bytes_count");
	if (isfinite(answer_number(row, "eras_count")))
		status->eras_count = (int)answer_number(row, "eras_count");
	if (isfinite(answer_number(row, "leap_change")))
		status->leap_change = (int)answer_number(row, "leap_change");
}

/* What the daemon has heard: enough to tell silence and garbage from a receiver. */
static bool is_heard(const json_t *row, const struct gnss_status *status, const char *path,
                     struct gps_findings *findings)
{
	const double age_s = answer_number(row, "last_frame_age_s");

	if (status->bytes_count == 0)
		gps_findings_add(
			findings, GPS_WRONG,
			"no byte has come from %s: is the receiver powered, its TX wired to "
			"our RX, and this the right port?",
			path);
	else if (status->sentences_count + status->ubx_count == 0)
		gps_findings_add(
			findings, GPS_WRONG,
			"%llu bytes have come, and not one message among them: most likely the "
			"wrong speed. Stop timeballd and run 'timeball diag gps %s': it tries "
			"them",
			(unsigned long long)status->bytes_count, path);
	else if (isfinite(age_s) && age_s > 5)
		gps_findings_add(findings, GPS_WRONG, "it fell silent %.0f s ago", age_s);
	else
		return true;
	return false;
}

/* That the daemon has the port open is as it should be, and it may even if we may not. */
static void forget_daemon(struct device_facts *facts)
{
	size_t kept = 0;

	for (size_t i = 0; i < facts->holders_count; i++) {
		if (strcmp(facts->holders[i].name, GPS_DAEMON_PROGRAM) != 0)
			facts->holders[kept++] = facts->holders[i];
	}
	facts->holders_count = kept;
	facts->can_read = true;
}

static void look_at_row(const json_t *row, struct gps_findings *findings)
{
	const char *const path = answer_text(row, "device");
	struct gnss_status status;
	struct device_facts facts;

	device_facts_look(path, "/proc", "/sys", &facts);
	forget_daemon(&facts);
	if (facts.error != 0 || facts.holders_count > 0 || facts.is_console)
		(void)gps_findings_device(findings, path, &facts);
	status_of_row(row, &status);
	if (is_heard(row, &status, path, findings))
		gps_findings_receiver(findings, answer_text(row, "driver"), &status);
}

static int look_at_daemon(const char *socket, struct gps_findings *findings)
{
	struct device_pulses before[DEVICE_FACTS_PULSES_MAX], after[DEVICE_FACTS_PULSES_MAX];
	const size_t before_count = device_facts_pulses("/sys", before);
	struct answer answer = { 0 };
	const int outcome = answer_ask(control_client_path(socket), "gnss", &answer);

	if (outcome == COMMAND_UNREACHABLE)
		fputs("timeball: without a daemon, name the port: timeball diag gps /dev/ttyAMA0\n",
		      stderr);
	if (outcome != COMMAND_OK) {
		answer_free(&answer);
		return outcome;
	}
	if (answer_row_count(&answer) == 0)
		gps_findings_add(
			findings, GPS_WRONG,
			"timeballd reads no receiver itself: there is no line 'refclock NMEA "
			"/dev/ttyAMA0' or 'refclock UBX ...' in its configuration. (Time that "
			"comes by way of gpsd, 'refclock SHM 0', is shown by 'timeball sources')");
	for (size_t i = 0; i < answer_row_count(&answer); i++)
		look_at_row(answer_row(&answer, i), findings);
	answer_free(&answer);
	if (before_count > 0)
		(void)usleep(2100000); /* two pulses */
	gps_findings_pulses(findings, before, before_count, after,
	                    device_facts_pulses("/sys", after), 2.1);
	return COMMAND_OK;
}

static int run(int argc, char **argv)
{
	struct diag diag = { .probe = { .seconds = SECONDS_DEFAULT } };
	static struct gps_findings findings;
	int outcome = parse(argc, argv, &diag);

	if (outcome != COMMAND_OK)
		return outcome;
	if (diag.probe.path)
		look_at_port(&diag.probe, &findings);
	else
		outcome = look_at_daemon(diag.socket, &findings);
	print(&findings);
	if (outcome == COMMAND_OK && gps_findings_wrong_count(&findings) > 0)
		outcome = COMMAND_NO;
	return outcome;
}

const struct command command_diag = {
	.name = "diag",
	.arguments = "gps [DEVICE|FILE] [--baud N] [--seconds N] [-s SOCKET]",
	.summary = "what is missing until a satellite receiver gives the time, and what to do",
	.run = run,
};

/* cli/decode_command: `timeball decode`: a radio station live, from a pin or a file of edges.
 * SPDX-License-Identifier: MIT */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/command.h"
#include "cli/decode_view.h"
#include "cli/edge_stream.h"
#include "cli/options.h"
#include "os/gpio_line.h"
#include "os/ntp_shm.h"
#include "os/serial_pin.h"

#define SINCE_YEAR_DEFAULT 2000
#define SINCE_YEAR_EARLY   1970
#define CLOCKS_BEGIN_S     INT64_C(315532800) /* 1980: what is below it is counted from elsewhere */
#define YEAR_2000_S        INT64_C(946684800)
#define LATE_NS            (50 * NS_PER_MS) /* edges of the kernel arrive sooner than this */
#define SILENCE_NS         (10 * NS_PER_S)
#define AFTER_END_NS       (4 * NS_PER_S) /* of a file: the last minute may end */

struct decode {
	struct radio_config config;
	struct radio_receiver *receiver;
	struct decode_view view;
	const char *edges, *gpio, *serial; /* where from: one of them */
	bool has_since, has_shm;
	uint64_t shm_unit;
	struct ntp_shm shm;
	double delay_ms;
	bool is_decoded; /* at least one minute was */
};

static int usage(const char *complaint)
{
	fprintf(stderr, "timeball decode: %s\n", complaint);
	fputs("usage: timeball decode msf|dcf77|wwvb|jjy --gpio CHIP:LINE[:active-low][:pull-up|"
	      ":pull-down|:no-bias][:debounce=US]\n"
	      "       timeball decode msf|dcf77|wwvb|jjy --serial DEVICE:dcd|cts|dsr|ri[:active-low]\n"
	      "       timeball decode msf|dcf77|wwvb|jjy --edges FILE      (- is standard input)\n"
	      "       more: [--shm UNIT] [--delay-ms N] [--polarity auto|normal|inverted] "
	      "[--since YEAR] [--json|--quiet|--pulses]\n"
	      "An edge file has lines 'SECONDS.NANOSECONDS 0|1': when, and the new level, 1 = full "
	      "carrier.\n",
	      stderr);
	return COMMAND_USAGE;
}

static bool parse_polarity(const char *word, enum radio_polarity *polarity_out)
{
	static const char *const names[] = { "auto", "normal", "inverted" };

	for (unsigned i = 0; i < ARRAY_COUNT(names); i++) {
		if (strcmp(word, names[i]) != 0)
			continue;
		*polarity_out = (enum radio_polarity)i;
		return true;
	}
	return false;
}

static bool parse_value(struct decode *decode, const char *name, const char *value)
{
	int64_t year;

	if (strcmp(name, "--edges") == 0)
		decode->edges = value;
	else if (strcmp(name, "--gpio") == 0)
		decode->gpio = value;
	else if (strcmp(name, "--serial") == 0)
		decode->serial = value;
	else if (strcmp(name, "--shm") == 0)
		return decode->has_shm =
		               text_parse_u64(value, NTP_SHM_UNIT_MAX, &decode->shm_unit) == 0;
	else if (strcmp(name, "--delay-ms") == 0)
		return text_parse_real(value, &decode->delay_ms) == 0 &&
		       fabs(decode->delay_ms) <= 1000;
	else if (strcmp(name, "--polarity") == 0)
		return parse_polarity(value, &decode->config.polarity);
	else if (strcmp(name, "--since") != 0 || text_parse_s64(value, 1970, 9000, &year) < 0)
		return false;
	else {
		decode->has_since = true;
		decode->config.pivot_year = (int32_t)year;
	}
	return true;
}

static int parse_arguments(int argc, char **argv, struct decode *decode)
{
	char complaint[200];

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			decode->view.is_json = true;
		else if (strcmp(argv[i], "--quiet") == 0)
			decode->view.is_quiet = true;
		else if (strcmp(argv[i], "--pulses") == 0)
			decode->view.has_pulses = true;
		else if (strcmp(argv[i], "-") == 0)
			decode->edges = argv[i];
		else if (argv[i][0] == '-' &&
		         (i + 1 == argc || !parse_value(decode, argv[i], argv[i + 1]))) {
			options_misunderstood(complaint, argv[i], argv[i + 1]);
			return usage(complaint);
		} else if (argv[i][0] == '-')
			i++;
		else if (decode->config.station)
			return usage("one station at a time");
		else if (!(decode->config.station = radio_station_find(argv[i])))
			return usage("no such station: there are msf, dcf77, wwvb and jjy");
	}
	if (!decode->config.station)
		return usage("which station?");
	if (decode->view.is_json + decode->view.is_quiet + decode->view.has_pulses > 1)
		return usage("--json, --quiet and --pulses: one of them");
	if (!!decode->edges + !!decode->gpio + !!decode->serial != 1)
		return usage("give --gpio, --serial or --edges, one of them");
	decode->view.station = decode->config.station;
	return COMMAND_OK;
}

static void feed_shm(struct decode *decode, const struct radio_minute *minute)
{
	const double sd_s = fmax(minute->uncertainty_ns, 1) * 1e-9;
	const struct ntp_shm_sample sample = {
		.reference = minute->utc,
		.received = { minute->at.ns - llrint(decode->delay_ms * 1e6) },
		.leap = minute->leap,
		.precision_log2_s = (int8_t)fmax(-32, fmin(0, ceil(log2(sd_s)))),
	};

	ntp_shm_write(&decode->shm, &sample);
}

static void drain(struct decode *decode)
{
	struct radio_event event;

	while (radio_receiver_take(decode->receiver, &event)) {
		decode_view_event(&decode->view, &event);
		if (event.kind != RADIO_EVENT_MINUTE || event.minute.verdict == RADIO_REFUSED)
			continue;
		decode->is_decoded = true;
		if (decode->has_shm)
			feed_shm(decode, &event.minute);
	}
}

static int complain_line(const char *path, const struct edge_stream *stream)
{
	fprintf(stderr,
	        "timeball decode: %s:%lu: not an edge: '%.60s'; lines are 'SECONDS.NANOSECONDS "
	        "0|1' or as gpiomon writes them, comments begin with #\n",
	        path, stream->number, stream->line);
	return COMMAND_NO;
}

/* Two digits of a year leave the century open; stamps of the nineties, of a recording, tell it. */
static int choose_century(struct decode *decode, int64_t first_ns)
{
	if (decode->has_since || first_ns < CLOCKS_BEGIN_S * NS_PER_S ||
	    first_ns >= YEAR_2000_S * NS_PER_S)
		return 0;
	radio_receiver_destroy(decode->receiver);
	decode->receiver = NULL;
	decode->config.pivot_year = SINCE_YEAR_EARLY;
	return radio_receiver_create(&decode->config, &decode->receiver);
}

static int decode_edges(struct decode *decode, struct edge_stream *stream, const char *path)
{
	struct edge_line edge = { 0 };
	bool has_edge = false;
	int kind;

	while ((kind = edge_stream_next(stream, &edge)) > 0) {
		if (!has_edge && choose_century(decode, edge.at_ns) < 0)
			return COMMAND_NO;
		has_edge = true;
		radio_receiver_on_edge(decode->receiver, (struct local_time){ edge.at_ns },
		                       edge.is_high);
		drain(decode);
	}
	if (kind == -EBADMSG)
		return complain_line(path, stream);
	if (kind < 0) {
		fprintf(stderr, "timeball decode: %s: %s\n", path, strerror(-kind));
		return COMMAND_NO;
	}
	if (!has_edge)
		fprintf(stderr, "timeball decode: %s: not one edge in %lu lines\n", path,
		        stream->number);
	radio_receiver_on_deadline(decode->receiver,
	                           (struct local_time){ edge.at_ns + AFTER_END_NS });
	drain(decode);
	return COMMAND_OK;
}

static int decode_stream(struct decode *decode, FILE *in, const char *path)
{
	struct edge_stream stream;
	int outcome;

	edge_stream_begin(&stream, in);
	outcome = decode_edges(decode, &stream, path);
	edge_stream_end(&stream);
	return outcome;
}

static int decode_file(struct decode *decode)
{
	const bool is_stdin = strcmp(decode->edges, "-") == 0;
	FILE *in = is_stdin ? stdin : fopen(decode->edges, "re");
	int outcome;

	if (!in) {
		fprintf(stderr, "timeball decode: %s: %s\n", decode->edges, strerror(errno));
		return COMMAND_NO;
	}
	outcome = decode_stream(decode, in, is_stdin ? "standard input" : decode->edges);
	if (!is_stdin)
		fclose(in);
	return outcome;
}

static struct local_time now(void)
{
	struct timespec at;

	(void)clock_gettime(CLOCK_REALTIME, &at);
	return (struct local_time){ at.tv_sec * NS_PER_S + at.tv_nsec };
}

static int milliseconds_until(struct local_time when)
{
	const int64_t left_ns = when.ns == INT64_MAX ? NS_PER_S : when.ns - now().ns + LATE_NS;

	return (int)(left_ns < 0 ? 0 : left_ns > NS_PER_S ? 1000 : left_ns / NS_PER_MS + 1);
}

/* A wire that is not connected gives nothing at all, and nothing would be shown of it. */
static void complain_of_silence(struct local_time begun, uint64_t edges_count, bool *is_told)
{
	if (*is_told || edges_count > 1 || now().ns - begun.ns < SILENCE_NS)
		return;
	*is_told = true;
	fputs("timeball decode: not one edge in ten seconds: is the receiver's output connected to "
	      "this pin, and is the receiver powered?\n",
	      stderr);
}

static int decode_line(struct decode *decode, struct gpio_line *line)
{
	struct pollfd waiting = { .fd = line->fd, .events = POLLIN };
	const struct local_time begun = now();
	struct gpio_edges edges = { 0 };
	uint64_t edges_count = 0;
	bool is_told = false;

	for (;;) {
		int count = poll(&waiting, 1,
		                 milliseconds_until(radio_receiver_deadline(decode->receiver)));

		if (count > 0 && (waiting.revents & POLLHUP) && !(waiting.revents & POLLIN))
			return -ENODEV;
		if (count > 0)
			count = gpio_line_read(line, &edges);
		if (count < 0)
			return count;
		edges_count += (unsigned)count;
		complain_of_silence(begun, edges_count, &is_told);
		for (int i = 0; i < count; i++)
			radio_receiver_on_edge(decode->receiver, edges.edges[i].at,
			                       edges.edges[i].is_high);
		if (count > 0 && edges.lost_count > 0)
			fprintf(stderr,
			        "timeball decode: %u edges were lost: the pin is very noisy\n",
			        edges.lost_count);
		if (count < GPIO_EDGES_MAX)
			radio_receiver_on_deadline(decode->receiver,
			                           (struct local_time){ now().ns - LATE_NS });
		drain(decode);
	}
}

static int decode_gpio(struct decode *decode)
{
	struct gpio_line_config config;
	struct gpio_line line;
	int error = gpio_line_parse(decode->gpio, &config);

	if (error < 0)
		return usage(
			"--gpio is CHIP:LINE, as gpiochip0:17 or gpiochip0:17:active-low:pull-up");
	error = gpio_line_open(&config, &line);
	if (error == 0) {
		error = decode_line(decode, &line);
		gpio_line_close(&line);
	}
	fprintf(stderr, "timeball decode: line %u of %s: %s%s\n", config.line, config.chip,
	        strerror(-error),
	        error == -EACCES  ? " (be in its group, often 'gpio', or root)"
	        : error == -EBUSY ? " (another program or driver has it: see gpioinfo)"
	                          : "");
	return COMMAND_NO;
}

/* "DEVICE:PIN[:active-low]", and a device may have colons too */
static enum serial_pin split_serial(char *text, bool *is_active_low_out)
{
	char *colon = strrchr(text, ':');

	*is_active_low_out = colon && strcmp(colon, ":active-low") == 0;
	if (*is_active_low_out) {
		*colon = '\0';
		colon = strrchr(text, ':');
	}
	if (!colon)
		return SERIAL_PIN_NONE;
	*colon = '\0';
	return serial_pin_parse(colon + 1);
}

static int decode_serial(struct decode *decode)
{
	char path[128];
	const size_t length = strnlen(decode->serial, sizeof path - 1);
	struct gpio_line line;
	enum serial_pin pin;
	bool is_active_low;
	int error;

	memcpy(path, decode->serial, length);
	path[length] = '\0';
	pin = split_serial(path, &is_active_low);
	if (pin == SERIAL_PIN_NONE)
		return usage(
			"--serial is DEVICE:PIN, as /dev/ttyS0:dcd or /dev/ttyUSB0:cts:active-low");
	error = serial_pin_open(path, pin, is_active_low, &line);
	if (error == 0) {
		error = decode_line(decode, &line);
		gpio_line_close(&line);
	}
	fprintf(stderr, "timeball decode: %s: %s%s\n", path, strerror(-error),
	        error == -EACCES   ? " (be in its group, often 'dialout', or root)"
	        : error == -ENOTTY ? " (no serial port with control lines)"
	                           : "");
	return COMMAND_NO;
}

static int run(int argc, char **argv)
{
	struct decode decode = { .config.pivot_year = SINCE_YEAR_DEFAULT };
	struct radio_status status;
	int outcome = parse_arguments(argc, argv, &decode), error;

	if (outcome != COMMAND_OK)
		return outcome;
	decode.view.out = stdout;
	decode.view.look = style_look();
	error = radio_receiver_create(&decode.config, &decode.receiver);
	if (error == 0 && decode.has_shm)
		error = ntp_shm_open((unsigned)decode.shm_unit, 0600, &decode.shm);
	if (error < 0) {
		fprintf(stderr, "timeball decode: %s%s\n", strerror(-error),
		        decode.receiver ? ": shared memory of this unit belongs to another user or "
		                          "program ('ipcs -m' shows it)"
		                        : "");
		radio_receiver_destroy(decode.receiver);
		return COMMAND_NO;
	}
	decode_view_begin(&decode.view);
	outcome = decode.edges    ? decode_file(&decode)
	          : decode.serial ? decode_serial(&decode)
	                          : decode_gpio(&decode);
	status = radio_receiver_status(decode.receiver);
	decode_view_end(&decode.view, &status);
	radio_receiver_destroy(decode.receiver);
	if (decode.has_shm)
		ntp_shm_close(&decode.shm);
	return outcome == COMMAND_OK && !decode.is_decoded ? COMMAND_NO : outcome;
}

const struct command command_decode = {
	.name = "decode",
	.arguments =
		"msf|dcf77|wwvb|jjy --gpio CHIP:LINE | --serial DEVICE:PIN | --edges FILE|- [--shm UNIT] [--json]",
	.summary =
		"a time station live: its bits, the time, or why a minute failed; feeds ntpd, chronyd",
	.run = run,
};

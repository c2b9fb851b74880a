/* SPDX-License-Identifier: MIT */
#include "cli/gps_probe.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "os/serial_port.h"

#define TRIAL_S       1.6 /* receivers talk once a second */
#define FILE_SIZE_MAX (16 << 20)
#define FRAMES_MIN    3

/* The port must be given back also when people lose patience. */
static volatile sig_atomic_t is_stopped;

static void on_signal(int number)
{
	(void)number;
	is_stopped = 1;
}

struct ears {
	struct gnss_receiver nmea, ubx;
	const char *times_of;
};

static double now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void open_ears(struct ears *ears, const struct gps_probe_config *config, uint32_t baud)
{
	const struct refclock_device device = { .baud = baud,
		                                .is_unchecked_taken = config->is_unchecked_taken };

	gnss_receiver_init(&ears->nmea, &device, false, config->floor);
	gnss_receiver_init(&ears->ubx, &device, true, config->floor);
	ears->times_of = config->times_of;
}

/* "time 2015-04-13T20:26:40.000000000Z" */
static void print_times(const char *driver, const struct ears *ears,
                        const struct refclock_samples *samples)
{
	for (size_t i = 0; ears->times_of && i < samples->count; i++) {
		const struct utc_time time = samples->samples[i].time;
		char date[40];
		struct text text = text_into(date, sizeof date);

		if (strcmp(driver, ears->times_of) != 0)
			continue;
		text_date_time(&text, time);
		date[strcspn(date, " ")] = 'T';
		printf("time %s.%09lldZ\n", date, (long long)(time.ns % NS_PER_S));
	}
}

static void hear(struct ears *ears, const uint8_t *bytes, size_t length, struct local_time now)
{
	const struct refclock_serial serial = { bytes, length, now };
	static struct refclock_samples samples;

	memset(&samples, 0, sizeof samples);
	gnss_receiver_on_serial(&ears->nmea, &serial, &samples);
	print_times("NMEA", ears, &samples);
	memset(&samples, 0, sizeof samples);
	gnss_receiver_on_serial(&ears->ubx, &serial, &samples);
	print_times("UBX", ears, &samples);
}

static void note_trial(const struct ears *ears, struct gps_trial *trial, double seconds)
{
	const struct gnss_status *status = &ears->nmea.status;

	trial->seconds = seconds;
	trial->bytes_count = status->bytes_count;
	trial->stray_count = status->stray_bytes_count;
	trial->frames_count = status->sentences_count + status->ubx_count + status->unchecked_count;
}

/* Listens for `seconds`, or shorter if there is no hope: bytes, and none of them makes sense. */
static int listen_at(struct ears *ears, int fd, double seconds, struct gps_trial *trial)
{
	const double start_s = now_s();
	uint8_t bytes[512];
	double passed_s = 0;

	while (passed_s < seconds && !is_stopped) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		ssize_t length;

		note_trial(ears, trial, passed_s);
		if (passed_s > TRIAL_S && trial->frames_count < FRAMES_MIN &&
		    trial->bytes_count > 0)
			break;
		(void)poll(&ready, 1, 100);
		length = serial_port_read(fd, bytes, sizeof bytes);
		passed_s = now_s() - start_s;
		if (length == -ENODEV)
			break;
		if (length < 0 && length != -EAGAIN)
			return (int)-length;
		if (length > 0)
			hear(ears, bytes, (size_t)length,
			     (struct local_time){ (int64_t)(now_s() * 1e9) });
	}
	note_trial(ears, trial, passed_s);
	return 0;
}

static bool try_speed(const struct gps_probe_config *config, struct ears *ears, uint32_t baud,
                      struct gps_listening *heard)
{
	struct gps_trial *trial = &heard->trials[heard->trials_count];
	const int fd = serial_port_open(config->path, baud);

	if (fd < 0) {
		heard->error = baud == config->baud ? -fd : 0; /* others are only a try */
		return false;
	}
	open_ears(ears, config, baud);
	trial->baud = baud;
	heard->trials_count++;
	heard->error = listen_at(ears, fd, config->seconds, trial);
	(void)close(fd);
	return trial->frames_count >= FRAMES_MIN || trial->bytes_count == 0;
}

static void listen_to_port(const struct gps_probe_config *config, struct ears *ears,
                           struct gps_listening *heard)
{
	static const uint32_t speeds[] = {
		9600, 115200, 38400, 4800, 57600, 19200, 230400, 460800
	};

	if (try_speed(config, ears, config->baud, heard) || heard->error != 0)
		return;
	for (size_t i = 0;
	     i < ARRAY_COUNT(speeds) && heard->trials_count < GPS_TRIALS_MAX && !is_stopped; i++) {
		if (speeds[i] != config->baud && try_speed(config, ears, speeds[i], heard) &&
		    heard->trials[heard->trials_count - 1].bytes_count > 0)
			return;
	}
}

static void borrow_port(const struct gps_probe_config *config, struct ears *ears,
                        struct gps_listening *heard)
{
	const struct sigaction action = { .sa_handler = on_signal };
	struct serial_port_settings settings;

	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	serial_port_remember(config->path, &settings);
	listen_to_port(config, ears, heard);
	serial_port_restore(&settings);
}

static void replay(struct gnss_receiver *receiver, const char *driver, const struct ears *ears,
                   const uint8_t *bytes, size_t length)
{
	static struct refclock_samples samples;
	static struct gnss_replay replay;

	gnss_replay_init(&replay, bytes, length, (struct local_time){ NS_PER_S });
	while (gnss_replay_step(&replay, receiver, &samples))
		print_times(driver, ears, &samples);
}

static void read_file(const struct gps_probe_config *config, struct ears *ears,
                      struct gps_listening *heard)
{
	FILE *const file = fopen(config->path, "rbe");
	uint8_t *const bytes = malloc(FILE_SIZE_MAX);
	size_t length;

	if (!file || !bytes) {
		heard->error = file ? ENOMEM : errno;
	} else {
		length = fread(bytes, 1, FILE_SIZE_MAX, file);
		open_ears(ears, config, 0);
		replay(&ears->nmea, "NMEA", ears, bytes, length);
		replay(&ears->ubx, "UBX", ears, bytes, length);
		heard->trials_count = 1;
		note_trial(ears, &heard->trials[0], 0);
	}
	free(bytes);
	if (file)
		(void)fclose(file);
}

void gps_probe_listen(const struct gps_probe_config *config, struct gps_listening *heard_out)
{
	struct ears *const ears = calloc(1, sizeof *ears);
	struct stat file;

	memset(heard_out, 0, sizeof *heard_out);
	if (!ears) {
		heard_out->error = ENOMEM;
		return;
	}
	heard_out->is_file = stat(config->path, &file) == 0 && S_ISREG(file.st_mode);
	if (heard_out->is_file)
		read_file(config, ears, heard_out);
	else
		borrow_port(config, ears, heard_out);
	heard_out->nmea = ears->nmea.status;
	heard_out->ubx = ears->ubx.status;
	free(ears);
}

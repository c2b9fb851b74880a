/* refclock/recordings_test: real receivers' bytes, judged by what gpsd made of them.
 * SPDX-License-Identifier: MIT
 *
 * Every time that gpsd reports with a fix must come out of the driver, to the millisecond that gpsd
 * prints, and at most one that it does not report: gpsd may start or end an epoch later. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "refclock/gnss_replay.h"
#include "testing/check.h"
#include "timescale/gps_time.h"

#define LOG_SIZE_MAX (64 * 1024)
#define TIMES_MAX    512

struct recording {
	uint8_t bytes[LOG_SIZE_MAX];
	size_t length;
	bool is_ubx;
	struct utc_time floor;
	size_t expected_count, taken_count;
	int64_t expected_ms[TIMES_MAX], taken_ms[TIMES_MAX];
	struct gnss_receiver receiver;
	struct gnss_replay replay;
};

static struct recording recording;

static void path_of(const char *name, const char *ending, char path[512])
{
	const char *const given = getenv("TIMEBALL_RECORDINGS");

	snprintf(path, 512, "%s/gpsd/%s%s", given ? given : "recordings", name, ending);
}

static struct utc_time parse_time(const char *text)
{
	struct gnss_time time = { 0 };
	struct utc_time utc = { 0 };
	unsigned year, month, day, hour = 0, minute = 0, second = 0, ms = 0;

	CHECK(sscanf(text, "%u-%u-%uT%u:%u:%u.%uZ", &year, &month, &day, &hour, &minute, &second,
	             &ms) >= 3);
	time.year = (uint16_t)year;
	time.month = (uint8_t)month;
	time.day = (uint8_t)day;
	time.hour = (uint8_t)hour;
	time.minute = (uint8_t)minute;
	time.second = (uint8_t)second;
	time.nanosecond = (int32_t)(ms * 1000000);
	CHECK_EQ(gps_time_utc(&time, &utc), 0);
	return utc;
}

static void read_expected(const char *name)
{
	char path[512], line[256];
	FILE *file;

	path_of(name, ".expected", path);
	file = fopen(path, "r");
	CHECK(file != NULL);
	while (fgets(line, sizeof line, file)) {
		if (strncmp(line, "driver ", 7) == 0)
			recording.is_ubx = strncmp(line + 7, "UBX", 3) == 0;
		else if (strncmp(line, "floor ", 6) == 0)
			recording.floor = parse_time(line + 6);
		else if (line[0] != '#' && !strchr(line, ' ') && /* see recordings/README */
		         recording.expected_count < TIMES_MAX)
			recording.expected_ms[recording.expected_count++] =
				parse_time(line).ns / NS_PER_MS;
	}
	fclose(file);
	CHECK(recording.expected_count > 0 && recording.floor.ns > 0);
}

static void play(const char *name)
{
	const struct refclock_device device = { .baud = 0 };
	static struct refclock_samples samples;
	char path[512];
	FILE *file;

	path_of(name, ".log", path);
	file = fopen(path, "rb");
	CHECK(file != NULL);
	recording.length = fread(recording.bytes, 1, LOG_SIZE_MAX, file);
	CHECK(feof(file));
	fclose(file);
	gnss_receiver_init(&recording.receiver, &device, recording.is_ubx, recording.floor);
	gnss_replay_init(&recording.replay, recording.bytes, recording.length,
	                 (struct local_time){ NS_PER_S });
	while (gnss_replay_step(&recording.replay, &recording.receiver, &samples)) {
		for (size_t i = 0; i < samples.count; i++) {
			CHECK(recording.taken_count < TIMES_MAX);
			recording.taken_ms[recording.taken_count++] =
				samples.samples[i].time.ns / NS_PER_MS;
		}
	}
}

/* gpsd cuts or rounds to the millisecond. */
static bool is_among(int64_t time_ms, const int64_t *times_ms, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (llabs(times_ms[i] - time_ms) <= 1)
			return true;
	}
	return false;
}

static void check_recording(const char *name)
{
	size_t missing = 0, more = 0;

	memset(&recording, 0, sizeof recording);
	read_expected(name);
	play(name);
	for (size_t i = 0; i < recording.expected_count; i++)
		missing += !is_among(recording.expected_ms[i], recording.taken_ms,
		                     recording.taken_count);
	for (size_t i = 0; i < recording.taken_count; i++)
		more += !is_among(recording.taken_ms[i], recording.expected_ms,
		                  recording.expected_count);
	if (missing > 0 || more > 1)
		check_fail(__FILE__, __LINE__, "%s: %zu of gpsd's %zu times are missing, %zu more",
		           name, missing, recording.expected_count, more);
}

TEST(recordings, agree_with_gpsd)
{
	char directory[512];
	struct dirent **names = NULL;
	int found, checked = 0;

	path_of("", "", directory);
	found = scandir(directory, &names, NULL, alphasort);
	for (int i = 0; i < found; i++) {
		char *const ending = strstr(names[i]->d_name, ".log");

		if (ending) {
			*ending = '\0';
			check_recording(names[i]->d_name);
			checked++;
		}
		free(names[i]);
	}
	free(names);
	CHECK_EQ(checked, 19);
}

static const struct gnss_status *status_of(const char *name)
{
	memset(&recording, 0, sizeof recording);
	read_expected(name);
	play(name);
	return &recording.receiver.status;
}

TEST(recordings, tell_of_leap_seconds_and_satellites)
{
	const struct gnss_status *status = status_of("ublox-zed-f9p-hp");

	CHECK(status->has_leap_count);
	CHECK_EQ(status->gps_utc_s, 18);
	CHECK_EQ(status->leap_change, 0);
	CHECK_EQ(status->fix, GNSS_FIX_3D);
	CHECK(status->used_count >= 4 && status->used_count <= status->seen_count);
}

TEST(recordings, foretell_pulses)
{
	CHECK(status_of("ublox-aek-4t")->has_pulse_error);
	CHECK(fabs(recording.receiver.status.pulse_error_s) < 50e-9);
	CHECK(fabs(recording.receiver.status.pulse_error_s) > 0);
}

TEST(recordings, show_a_receiver_that_lost_its_time_in_the_rollover)
{
	const struct gnss_status *status = status_of("gp-320fw-2019-04-07-coldboot");

	CHECK_EQ(status->fix, GNSS_FIX_NONE);
	CHECK(status->verdict_count[GNSS_NO_FIX] > 10);
	CHECK(status->bad_checksums_count > 20);
}

TEST(recordings, show_an_antenna)
{
	CHECK_EQ(status_of("ublox-lea-5h")->antenna, GNSS_ANTENNA_OK);
}

/* cli/gps_findings: facts about a receiver -> sentences: what is well, what is missing, what to do.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/device_facts.h"
#include "refclock/gnss_status.h"

#define GPS_FINDINGS_MAX   32
#define GPS_TRIALS_MAX     12
#define GPS_DAEMON_PROGRAM "timeballd"

enum gps_level { GPS_GOOD, GPS_NOTE, GPS_WRONG };

struct gps_finding {
	enum gps_level level;
	char text[480];
};

struct gps_findings {
	size_t count;
	struct gps_finding findings[GPS_FINDINGS_MAX];
};

/* What was heard at one speed of the line. */
struct gps_trial {
	uint32_t baud; /* 0 = as the port was set, or a file */
	double seconds;
	uint64_t bytes_count, stray_count, frames_count;
};

struct gps_listening {
	int error; /* errno of opening or reading; 0 = none */
	bool is_file;
	size_t trials_count;
	struct gps_trial
		trials[GPS_TRIALS_MAX]; /* the last is the one that was understood, if any */
	struct gnss_status nmea, ubx;   /* as either driver sees it */
};

/* May the port be read, or would that take bytes away from somebody? */
bool gps_findings_device(struct gps_findings *findings, const char *path,
                         const struct device_facts *facts);
void gps_findings_listening(struct gps_findings *findings, const char *path,
                            const struct gps_listening *heard);
/* driver: "NMEA" or "UBX". */
void gps_findings_receiver(struct gps_findings *findings, const char *driver,
                           const struct gnss_status *status);
void gps_findings_pulses(struct gps_findings *findings, const struct device_pulses *before,
                         size_t before_count, const struct device_pulses *after, size_t after_count,
                         double seconds);
void gps_findings_add(struct gps_findings *findings, enum gps_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
size_t gps_findings_wrong_count(const struct gps_findings *findings);

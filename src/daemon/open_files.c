/* SPDX-License-Identifier: MIT */
#include "daemon/open_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/state_file.h"
#include "wire/drift_file.h"

#define ZONE_FILE_SIZE_MAX 65536
#define ZONE_PATH_SIZE     4096

void open_files_drift(const char *path, const struct log *log, struct node_setup *setup)
{
	char bytes[DRIFT_FILE_SIZE_MAX];
	struct drift_file drift;
	size_t length = 0;
	int error;

	if (path[0] == '\0')
		return;
	error = state_file_load(path, bytes, sizeof bytes, &length);
	if (error == -ENOENT) /* the first start */
		return;
	if (error != 0) {
		log_say(log, LOG_SEVERITY_WARNING, "Ignored the drift file %s: %s", path,
		        state_file_reason(error));
		return;
	}
	if (drift_file_decode(bytes, length, &drift) != 0) {
		log_say(log, LOG_SEVERITY_WARNING,
		        "Ignored the drift file %s: it does not hold two numbers, frequency and skew "
		        "in ppm, on one line",
		        path);
		return;
	}
	setup->has_drift = true;
	setup->drift_ppm = drift.frequency_ppm;
	setup->drift_skew_ppm = drift.skew_ppm;
	log_say(log, LOG_SEVERITY_INFORMATION, "Frequency %.3f +/- %.3f ppm read from %s",
	        drift.frequency_ppm, drift.skew_ppm, path);
}

/* Zones are often links to each other: the folder is the system's own, so they are followed. */
static int load_zone(const char *zone, void *bytes, size_t *length_out)
{
	char path[ZONE_PATH_SIZE];
	char *real;
	int error;

	(void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", zone);
	real = realpath(path, NULL);
	if (!real)
		return -errno;
	error = state_file_load(real, bytes, ZONE_FILE_SIZE_MAX, length_out);
	free(real);
	return error;
}

int open_files_leap_table(const char *zone, const struct log *log, struct leap_table **table_out)
{
	struct leap_table *table = malloc(sizeof *table);
	void *bytes = malloc(ZONE_FILE_SIZE_MAX);
	size_t length = 0;
	int error = table && bytes ? load_zone(zone, bytes, &length) : -ENOMEM;

	if (error == 0)
		error = leap_table_decode_tzif(bytes, length, table);
	free(bytes);
	if (error != 0) {
		free(table);
		log_say(log, LOG_SEVERITY_WARNING,
		        "Could not take leap seconds from the time zone %s (leapsectz): %s", zone,
		        error == -EBADMSG ? "it is no time zone file" : strerror(-error));
		return error;
	}
	log_say(log, LOG_SEVERITY_INFORMATION, "Using %s timezone to obtain leap second data",
	        zone);
	*table_out = table;
	return 0;
}

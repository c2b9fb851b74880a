/* cli/gps_probe: listens to a receiver on a port, or reads what one sent out of a file.
 * SPDX-License-Identifier: MIT */
#pragma once

#include "cli/gps_findings.h"
#include "refclock/gnss_replay.h"

struct gps_probe_config {
	const char *path;
	uint32_t baud;  /* 0 = as the port is set; then others are tried as well */
	double seconds; /* to listen at a speed that makes sense */
	struct utc_time floor;
	bool is_unchecked_taken;
	const char
		*times_of; /* "NMEA", "UBX": print each time that this driver takes; NULL = none */
};

/* Tries speeds until the messages make sense. Writes times to standard output. */
void gps_probe_listen(const struct gps_probe_config *config, struct gps_listening *heard_out);

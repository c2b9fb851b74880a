/* discipline/temperature: what the oscillator does at a temperature, as its owner measured it.
 * SPDX-License-Identifier: MIT
 *
 * chrony's `tempcomp`: a parabola, or a table of points with straight lines between. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

#define TEMPERATURE_POINTS_MAX 64
#define TEMPERATURE_PPM_MAX    10.0 /* more than this is no crystal's doing */
#define TEMPERATURE_FILE_MAX   4096

struct temperature_law {
	double t0, k0, k1, k2; /* k0 + (t - t0) k1 + (t - t0)^2 k2, in ppm */
	size_t points_count;   /* 0: the parabola; else 2.. */
	struct temperature_point {
		double temperature, ppm;
	} points[TEMPERATURE_POINTS_MAX]; /* temperatures ascending */
};

/* "TEMPERATURE PPM" on each line, ascending; lines that begin with #, and empty ones, are left out.
 * 0; -EBADMSG: *line_out is the number of the first wrong line, from 1, or of the one after the
 * last when there are too few (fewer than 2) points. */
NODISCARD int temperature_read_points(const char *text, size_t length_bytes,
                                      struct temperature_law *law, unsigned *line_out);

/* By how much the clock is to be sped up at this temperature. False: beyond what is taken for
 * possible. */
bool temperature_ppm(const struct temperature_law *law, double temperature, double *ppm_out);

/* cli/plot: how far off a clock is over time, as columns on a logarithmic scale of seconds.
 * SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "cli/style.h"

#define PLOT_COLUMNS 62

struct plot {
	double column_s;    /* time that a column stands for, > 0 */
	double top_s;       /* a power of ten */
	unsigned decades;   /* rows: one for each power of ten */
	size_t first_index; /* of the oldest column kept; its time is first_index * column_s */
	size_t count;       /* 0..PLOT_COLUMNS */
	struct {
		double value_s,
			limit_s; /* largest value of the column, its last limit; NAN = none */
	} columns[PLOT_COLUMNS];
};

/* when_s >= 0 and not before the last one; the oldest columns leave at the left. */
void plot_add(struct plot *plot, double when_s, double value_s, double limit_s);

/* decades rows and an axis with seconds below. */
void plot_print(const struct plot *plot, struct look look, FILE *out);

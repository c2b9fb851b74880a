/* estimate/clock_map: what the free clock read when another clock of this machine, a network
 * card's, read something. SPDX-License-Identifier: MIT
 *
 * A robust line through pairs of readings: the median of all slopes and of what is left, then least
 * squares over those that fit. A reading was taken within a window of the free clock; wide ones and
 * outliers count for nothing. A clock that was set, or stands still, is noticed and begun anew.
 *
 * A plain value; owns nothing. */
#pragma once

#include <stdbool.h>

#include "base/instant.h"

#define CLOCK_MAP_READINGS_MAX 64

struct clock_map_reading {
	int64_t other_ns;
	struct free_time free; /* the middle of the window */
	int64_t window_ns;     /* >= 0 */
};

struct clock_map {
	unsigned readings_min, readings_max; /* 2..; min <= max <= CLOCK_MAP_READINGS_MAX */
	double precision_ns;                 /* of a reading, beside its window */
	unsigned count, used_count;          /* readings held; of those in the line */
	struct clock_map_reading readings[CLOCK_MAP_READINGS_MAX]; /* the newest last */
	struct clock_map_reading suspect;                          /* it contradicted the line */
	bool has_suspect;
	double rate;      /* how much the free clock gains on the other, s/s */
	double offset_ns; /* free minus other at the newest reading, less their difference then */
	double error_ns;  /* one standard deviation of the line at the newest reading */
	unsigned restarts_count;
};

void clock_map_init(struct clock_map *map, unsigned readings_min, unsigned readings_max,
                    double precision_ns);
void clock_map_restart(struct clock_map *map);
/* Readings come in the order of time. */
void clock_map_add(struct clock_map *map, const struct clock_map_reading *reading);
/* False: too little is known, or the instant is more than a minute from the newest reading. */
bool clock_map_free(const struct clock_map *map, int64_t other_ns, struct free_time *free_out);

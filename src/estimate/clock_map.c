/* SPDX-License-Identifier: MIT */
#include "estimate/clock_map.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FAR_NS        (60 * NS_PER_S)
#define RATE_MAX      2e-3 /* s/s; a clock that differs by more is not one */
#define SURPRISE_NS   50e3 /* a reading that is off the line by that, … */
#define SURPRISE_RATE 2e-4 /* … and this share of the time since, contradicts it */
#define WINDOW_SHARE  3.0  /* of the median window: wider ones count for nothing */
#define OUTLIER_MADS  4.0
#define REFINED_MIN   4

void clock_map_init(struct clock_map *map, unsigned readings_min, unsigned readings_max,
                    double precision_ns)
{
	assert(readings_min >= 2 && readings_min <= readings_max &&
	       readings_max <= CLOCK_MAP_READINGS_MAX && precision_ns >= 0);
	memset(map, 0, sizeof *map);
	map->readings_min = readings_min;
	map->readings_max = readings_max;
	map->precision_ns = precision_ns;
}

void clock_map_restart(struct clock_map *map)
{
	map->count = 0;
	map->has_suspect = false;
	map->restarts_count++;
}

static void swap(double *a, double *b)
{
	const double kept = *a;

	*a = *b;
	*b = kept;
}

/* Changes the order. Hoare's selection. */
static double median(double *values, size_t count)
{
	const size_t middle = count / 2;
	size_t low = 0, high = count - 1;

	assert(count > 0);
	while (low < high) {
		const double pivot = values[low + (high - low) / 2];
		size_t i = low, j = high;

		while (i <= j) {
			while (values[i] < pivot)
				i++;
			while (values[j] > pivot)
				j--;
			if (i > j)
				break;
			swap(&values[i++], &values[j]);
			if (j == 0)
				break;
			j--;
		}
		if (middle <= j)
			high = j;
		else if (middle >= i)
			low = i;
		else
			break;
	}
	return values[middle];
}

struct points { /* relative to the newest reading */
	unsigned count;
	double x_s[CLOCK_MAP_READINGS_MAX];  /* of the other clock */
	double y_ns[CLOCK_MAP_READINGS_MAX]; /* free minus other */
};

/* Those with a usual window. */
static void collect(const struct clock_map *map, struct points *points)
{
	const struct clock_map_reading *newest = &map->readings[map->count - 1];
	double windows[CLOCK_MAP_READINGS_MAX];
	double window_max;

	for (unsigned i = 0; i < map->count; i++)
		windows[i] = (double)map->readings[i].window_ns;
	window_max = WINDOW_SHARE * (median(windows, map->count) + map->precision_ns);
	points->count = 0;
	for (unsigned i = 0; i < map->count; i++) {
		const struct clock_map_reading *reading = &map->readings[i];
		const int64_t x_ns = reading->other_ns - newest->other_ns;

		if ((double)reading->window_ns > window_max)
			continue;
		points->x_s[points->count] = (double)x_ns * 1e-9;
		points->y_ns[points->count++] = (double)(reading->free.ns - newest->free.ns - x_ns);
	}
}

static double median_slope(const struct points *points)
{
	double slopes[CLOCK_MAP_READINGS_MAX * (CLOCK_MAP_READINGS_MAX - 1) / 2];
	size_t count = 0;

	for (unsigned i = 0; i < points->count; i++) {
		for (unsigned j = 0; j < i; j++)
			slopes[count++] = (points->y_ns[i] - points->y_ns[j]) /
			                  (points->x_s[i] - points->x_s[j]);
	}
	return count > 0 ? median(slopes, count) : 0;
}

/* Least squares over what is left; the line through the newest reading's instant. */
static void refine(struct clock_map *map, const struct points *points)
{
	double x = 0, y = 0, xx = 0, xy = 0, residuals = 0, slope;

	for (unsigned i = 0; i < points->count; i++) {
		x += points->x_s[i] / points->count;
		y += points->y_ns[i] / points->count;
	}
	for (unsigned i = 0; i < points->count; i++) {
		xx += (points->x_s[i] - x) * (points->x_s[i] - x);
		xy += (points->x_s[i] - x) * (points->y_ns[i] - y);
	}
	slope = xy / xx;
	map->rate = slope * 1e-9;
	map->offset_ns = y - slope * x;
	for (unsigned i = 0; i < points->count; i++) {
		const double left = points->y_ns[i] - map->offset_ns - slope * points->x_s[i];

		residuals += left * left;
	}
	map->error_ns = sqrt(residuals / (points->count - 2) * (1.0 / points->count + x * x / xx)) +
	                map->precision_ns / sqrt(points->count);
}

static void fit(struct clock_map *map)
{
	struct points points, kept = { .count = 0 };
	double left[CLOCK_MAP_READINGS_MAX], sorted[CLOCK_MAP_READINGS_MAX];
	double slope, deviation;

	collect(map, &points);
	slope = median_slope(&points);
	for (unsigned i = 0; i < points.count; i++)
		sorted[i] = points.y_ns[i] - slope * points.x_s[i];
	map->offset_ns = median(sorted, points.count);
	map->rate = slope * 1e-9;
	for (unsigned i = 0; i < points.count; i++) {
		left[i] = fabs(points.y_ns[i] - slope * points.x_s[i] - map->offset_ns);
		sorted[i] = left[i];
	}
	deviation = median(sorted, points.count) + map->precision_ns;
	map->error_ns = deviation;
	for (unsigned i = 0; i < points.count; i++) {
		if (left[i] > OUTLIER_MADS * deviation)
			continue;
		kept.x_s[kept.count] = points.x_s[i];
		kept.y_ns[kept.count++] = points.y_ns[i];
	}
	map->used_count = kept.count;
	if (kept.count >= REFINED_MIN)
		refine(map, &kept);
}

static double line_ns(const struct clock_map *map, int64_t since_ns)
{
	return map->offset_ns + map->rate * (double)since_ns;
}

/* Does the reading contradict what is known? */
static bool is_surprise(const struct clock_map *map, const struct clock_map_reading *reading)
{
	const struct clock_map_reading *newest = &map->readings[map->count - 1];
	const int64_t since_ns = reading->other_ns - newest->other_ns;
	const int64_t passed_ns = reading->free.ns - newest->free.ns;
	const double known_rate = map->count >= map->readings_min ? SURPRISE_RATE : RATE_MAX;
	const double off_ns = fabs((double)(passed_ns - since_ns) - line_ns(map, since_ns));

	return since_ns <= 0 || passed_ns <= 0 ||
	       off_ns > SURPRISE_NS + known_rate * (double)passed_ns + (double)reading->window_ns;
}

static void keep(struct clock_map *map, const struct clock_map_reading *reading)
{
	if (map->count == map->readings_max)
		memmove(map->readings, map->readings + 1, --map->count * sizeof map->readings[0]);
	map->readings[map->count++] = *reading;
	fit(map);
}

void clock_map_add(struct clock_map *map, const struct clock_map_reading *reading)
{
	const bool is_first = map->count == 0;

	assert(reading->window_ns >= 0);
	if (is_first || !is_surprise(map, reading)) {
		map->has_suspect = false;
		keep(map, reading);
		return;
	}
	if (!map->has_suspect) {
		map->suspect = *reading;
		map->has_suspect = true;
		return;
	}
	clock_map_restart(map); /* twice in a row: it is the clock */
	if (reading->other_ns > map->suspect.other_ns && reading->free.ns > map->suspect.free.ns) {
		keep(map, &map->suspect);
		if (is_surprise(map, reading))
			map->count = 0;
	}
	keep(map, reading);
}

bool clock_map_free(const struct clock_map *map, int64_t other_ns, struct free_time *free_out)
{
	const struct clock_map_reading *newest;
	int64_t since_ns;

	if (map->count < map->readings_min || map->has_suspect)
		return false;
	newest = &map->readings[map->count - 1];
	if (__builtin_sub_overflow(other_ns, newest->other_ns, &since_ns) || since_ns > FAR_NS ||
	    since_ns < -FAR_NS)
		return false;
	free_out->ns = newest->free.ns + since_ns + llrint(line_ns(map, since_ns));
	return true;
}

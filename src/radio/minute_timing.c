/* SPDX-License-Identifier: MIT */
#include "radio/minute_timing.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"

#define EDGES_MIN   10
#define RATE_PRIOR  100e-6 /* a recorder's clock gains or loses so much without help */
#define HUBER       1.5    /* standard deviations within which an edge has its full weight */
#define OUTLIER     4.0
#define SD_MIN_NS   2e3
#define SD_FROM_MAD 1.4826

void minute_timing_init(struct minute_timing *timing)
{
	memset(timing, 0, sizeof *timing);
	timing->rate_variance = RATE_PRIOR * RATE_PRIOR;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(const double *values, unsigned count)
{
	double sorted[MINUTE_TIMING_EDGES_MAX];

	memcpy(sorted, values, count * sizeof *values);
	qsort(sorted, count, sizeof *sorted, compare);
	return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

static double spread(const double *values, unsigned count, double centre)
{
	double away[MINUTE_TIMING_EDGES_MAX];

	for (unsigned i = 0; i < count; i++)
		away[i] = fabs(values[i] - centre);
	return fmax(SD_FROM_MAD * median(away, count), SD_MIN_NS);
}

static double edge_weight(double away_ns, double sd_ns)
{
	const double away = fabs(away_ns) / sd_ns;

	return away > OUTLIER ? 0 : away > HUBER ? HUBER / away : 1;
}

/* Huber's M-estimate: nearly as good as the mean for Gaussian edges, deaf to the few wild ones. */
static double robust_mean(const double *values, unsigned count, double *sd_out, double *weight_out)
{
	double centre = median(values, count);
	const double sd = spread(values, count, centre);
	double weights = 0;

	for (unsigned round = 0; round < 4; round++) {
		double sum = 0;

		weights = 0;
		for (unsigned i = 0; i < count; i++) {
			const double weight = edge_weight(values[i] - centre, sd);

			sum += weight * (values[i] - centre);
			weights += weight;
		}
		centre += sum / fmax(weights, 1);
	}
	*sd_out = sd;
	*weight_out = weights;
	return centre;
}

/* Ridge regression of the kept points: with few of them the rate stays near nothing. */
static void learn_rate(struct minute_timing *timing)
{
	const struct timing_point *newest = &timing->points[timing->count - 1];
	double weights = 0, x_mean = 0, y_mean = 0, xx = 0, xy = 0;

	for (unsigned i = 0; i < timing->count; i++) {
		const struct timing_point *point = &timing->points[i];
		const double weight = 1 / point->variance_ns2;

		weights += weight;
		x_mean += weight * (point->second - newest->second);
		y_mean += weight * (double)(point->at_ns - newest->at_ns);
	}
	x_mean /= weights;
	y_mean /= weights;
	for (unsigned i = 0; i < timing->count; i++) {
		const struct timing_point *point = &timing->points[i];
		const double x = point->second - newest->second - x_mean;
		const double y = (double)(point->at_ns - newest->at_ns) - y_mean;

		xx += x * x / point->variance_ns2 + point->slope_weight;
		xy += x * y / point->variance_ns2 + point->slope_moment;
	}
	xx += 1 / (RATE_PRIOR * 1e9 * RATE_PRIOR * 1e9);
	timing->rate = xy / xx * 1e-9;
	timing->rate_variance = 1e-18 / xx;
}

static void make_room(struct minute_timing *timing)
{
	if (timing->count < MINUTE_TIMING_KEPT)
		return;
	memmove(timing->points, timing->points + 1,
	        (MINUTE_TIMING_KEPT - 1) * sizeof timing->points[0]);
	timing->count--;
}

/* The edges as one point, by the rate that is known so far; false when they disagree too much. */
static bool summarise(struct minute_timing *timing, const struct timing_edge *edges, unsigned count,
                      struct timing_point *point_out)
{
	const int64_t origin_ns = edges[0].at_ns - edges[0].second * NS_PER_S;
	double values[MINUTE_TIMING_EDGES_MAX] = { 0 }, second = 0, centre, weights;
	struct timing_point point = { 0 };

	for (unsigned i = 0; i < count; i++)
		second += (double)edges[i].second / count;
	for (unsigned i = 0; i < count; i++)
		values[i] = (double)(edges[i].at_ns - edges[i].second * NS_PER_S - origin_ns) -
		            timing->rate * 1e9 * ((double)edges[i].second - second);
	centre = robust_mean(values, count, &timing->edge_sd_ns, &weights);
	if (weights < EDGES_MIN / 2)
		return false;
	for (unsigned i = 0; i < count; i++) {
		const double weight = edge_weight(values[i] - centre, timing->edge_sd_ns) /
		                      (timing->edge_sd_ns * timing->edge_sd_ns);
		const double x = (double)edges[i].second - second;

		point.slope_weight += weight * x * x;
		point.slope_moment += weight * x * (values[i] - centre + timing->rate * 1e9 * x);
	}
	timing->edge_count = (unsigned)lround(weights);
	point.second = second;
	point.at_ns = origin_ns + llrint(centre);
	point.variance_ns2 = 1.1 * timing->edge_sd_ns * timing->edge_sd_ns / weights;
	*point_out = point;
	return true;
}

/* Twice: the first time the rate may still be far off, and make the edges look scattered. */
bool minute_timing_add(struct minute_timing *timing, const struct timing_edge *edges,
                       unsigned count)
{
	struct timing_point point;

	assert(count <= MINUTE_TIMING_EDGES_MAX);
	if (count < EDGES_MIN || !summarise(timing, edges, count, &point))
		return false;
	make_room(timing);
	timing->points[timing->count++] = point;
	learn_rate(timing);
	if (summarise(timing, edges, count, &point)) {
		timing->points[timing->count - 1] = point;
		learn_rate(timing);
	}
	return true;
}

int64_t minute_timing_at(const struct minute_timing *timing, int64_t second, double *sd_ns_out)
{
	const struct timing_point *newest = &timing->points[timing->count - 1];
	const double since = (double)second - newest->second;

	assert(timing->count >= 1);
	*sd_ns_out = sqrt(newest->variance_ns2 + since * since * timing->rate_variance * 1e18);
	return newest->at_ns + second * NS_PER_S + llrint(timing->rate * 1e9 * since);
}

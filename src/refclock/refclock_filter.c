/* SPDX-License-Identifier: MIT */
#include "refclock/refclock_filter.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "refclock/refclock_options.h"

/* Raised: less noise; lowered: the more wrong samples among them do no harm. */
#define USED_SHARE 0.6
/* Of Gaussian samples: standard deviation over median distance from the median; variance of this
 * mean over that of the mean of all. */
#define SD_OF_MEDIAN 1.4826
#define TRIM_COST    1.3
/* Share of the scatter known before that outlives a measurement. */
#define SCATTER_MEMORY 0.8
/* So few samples do not show how much they scatter. */
#define SCATTER_COUNT 4
/* A few samples may lie closely together by chance: n of them are taken to scatter by 1 + this / n
 * of what they seem to. */
#define CHANCE 8.0

struct residual {
	double s;
	size_t index;
};

struct refclock_filter {
	size_t size, count, next;
	double scatter_s;     /* long-term; 0 = not known */
	size_t scatter_count; /* of samples that it was learnt from */
	struct refclock_point *points;
	struct residual *residuals;
};

int refclock_filter_create(size_t size, struct refclock_filter **filter_out)
{
	struct refclock_filter *filter;

	if (size < 1 || size > REFCLOCK_FILTER_MAX)
		return -EINVAL;
	filter = calloc(1, sizeof *filter);
	if (!filter)
		return -ENOMEM;
	filter->size = size;
	filter->points = calloc(size, sizeof *filter->points);
	filter->residuals = calloc(size, sizeof *filter->residuals);
	if (!filter->points || !filter->residuals) {
		refclock_filter_destroy(filter);
		return -ENOMEM;
	}
	*filter_out = filter;
	return 0;
}

void refclock_filter_destroy(struct refclock_filter *filter)
{
	if (!filter)
		return;
	free(filter->points);
	free(filter->residuals);
	free(filter);
}

void refclock_filter_clear(struct refclock_filter *filter)
{
	filter->count = filter->next = 0;
}

void refclock_filter_add(struct refclock_filter *filter, const struct refclock_point *point)
{
	filter->points[filter->next] = *point;
	filter->next = (filter->next + 1) % filter->size;
	if (filter->count < filter->size)
		filter->count++;
}

size_t refclock_filter_count(const struct refclock_filter *filter)
{
	return filter->count;
}

static int compare(const void *a, const void *b)
{
	const double first = ((const struct residual *)a)->s;
	const double second = ((const struct residual *)b)->s;

	return (first > second) - (first < second);
}

static int compare_sizes(const void *a, const void *b)
{
	const double first = fabs(((const struct residual *)a)->s);
	const double second = fabs(((const struct residual *)b)->s);

	return (first > second) - (first < second);
}

/* Residuals about their median, the smallest first. Returns the median. */
static double sort_about_median(struct refclock_filter *filter, const struct refclock_point *newest,
                                double frequency)
{
	const size_t count = filter->count;
	double median_s;

	for (size_t i = 0; i < count; i++) {
		const struct refclock_point *point = &filter->points[i];
		const double offset_s = (double)(point->offset_ns - newest->offset_ns) * 1e-9;
		const double age_s = (double)(newest->at.ns - point->at.ns) * 1e-9;

		filter->residuals[i] = (struct residual){ offset_s + frequency * age_s, i };
	}
	qsort(filter->residuals, count, sizeof filter->residuals[0], compare);
	median_s =
		count % 2 == 1
			? filter->residuals[count / 2].s
			: (filter->residuals[count / 2 - 1].s + filter->residuals[count / 2].s) / 2;
	for (size_t i = 0; i < count; i++)
		filter->residuals[i].s -= median_s;
	qsort(filter->residuals, count, sizeof filter->residuals[0], compare_sizes);
	return median_s;
}

/* What one sample scatters by: from these if there are enough of them, and from before. */
static double scatter(struct refclock_filter *filter)
{
	const double now_s = SD_OF_MEDIAN * fabs(filter->residuals[filter->count / 2].s);
	const double memory = filter->scatter_count > 0 ? SCATTER_MEMORY : 0;

	if (filter->count >= SCATTER_COUNT) {
		filter->scatter_s = sqrt(memory * filter->scatter_s * filter->scatter_s +
		                         (1 - memory) * now_s * now_s);
		filter->scatter_count += filter->count;
	}
	if (filter->scatter_count == 0)
		return 0; /* the driver says how good its samples are */
	return filter->scatter_s * (1 + CHANCE / (double)filter->scatter_count);
}

bool refclock_filter_take(struct refclock_filter *filter, double frequency, double frequency_sd,
                          double precision_s, struct refclock_filtered *filtered_out)
{
	const struct refclock_point *newest;
	size_t used = (size_t)ceil(USED_SHARE * (double)filter->count);
	double median_s, sum_s = 0, sum_age_s = 0, span_s = 0, claimed_s = 0;
	int64_t window_ns = INT64_MAX;

	if (filter->count == 0)
		return false;
	newest = &filter->points[(filter->next + filter->size - 1) % filter->size];
	if (filter->scatter_count == 0 && filter->count < SCATTER_COUNT &&
	    filter->size >= SCATTER_COUNT && !(newest->error_s > 0))
		return false;
	median_s = sort_about_median(filter, newest, frequency);
	for (size_t i = 0; i < used; i++) {
		const struct refclock_point *point = &filter->points[filter->residuals[i].index];
		const double age_s = (double)(newest->at.ns - point->at.ns) * 1e-9;

		sum_s += filter->residuals[i].s;
		sum_age_s += age_s;
		span_s = fmax(span_s, fabs(age_s));
		claimed_s = fmax(claimed_s, point->error_s);
		if (point->window_ns < window_ns)
			window_ns = point->window_ns;
	}
	sum_s = sum_s / (double)used + median_s;
	sum_age_s /= (double)used;
	filtered_out->at.ns = newest->at.ns - llrint(sum_age_s * 1e9);
	filtered_out->offset_ns = newest->offset_ns + llrint((sum_s - frequency * sum_age_s) * 1e9);
	filtered_out->scatter_s = fmax(fmax(scatter(filter), claimed_s), precision_s);
	/* samples that trim and curve share the rate's error: a quarter of the span, at most */
	filtered_out->sd_s =
		sqrt(TRIM_COST * filtered_out->scatter_s * filtered_out->scatter_s /
	                     (double)filter->count +
	             frequency_sd * frequency_sd * span_s * span_s / 16 / (double)filter->count);
	filtered_out->window_ns = window_ns;
	filtered_out->count = filter->count;
	filtered_out->used_count = used;
	return true;
}

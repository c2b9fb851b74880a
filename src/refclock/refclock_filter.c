/* SPDX-License-Identifier: MIT */
#include "refclock/refclock_filter.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "refclock/refclock_options.h"

/* So many of the samples count in any case, those nearest to the median, and others as far as they
 * scatter as usual. Raised: less noise; lowered: the more wrong samples among them do no harm. */
#define USED_SHARE   0.6
#define USED_SCATTER 3.0
/* Of Gaussian samples: standard deviation over median distance from the median. */
#define SD_OF_MEDIAN 1.4826
/* Variance of a median of Gaussian samples over that of their mean. */
#define MEDIAN_COST 1.57
/* Share of the scatter known before that outlives a measurement. */
#define SCATTER_MEMORY 0.8
/* So few samples do not show how much they scatter. */
#define SCATTER_COUNT 4
/* A few samples may lie closely together by chance: n of them are taken to scatter by 1 + this / n
 * of what they seem to. */
#define CHANCE 8.0
/* Ticks so coarse that they do not show as scatter still err by so much of them. */
#define SEEN_PRECISION 0.125

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

static double seen_scatter(const struct refclock_filter *filter)
{
	return SD_OF_MEDIAN * fabs(filter->residuals[filter->count / 2].s);
}

static const struct refclock_point *nth(const struct refclock_filter *filter, size_t index)
{
	return &filter->points[(filter->next + filter->size - filter->count + index) %
	                       filter->size];
}

/* The point in the middle, by its distance from a line, of `count` points from `first` on. */
static struct residual middle(struct refclock_filter *filter, size_t first, size_t count,
                              double frequency)
{
	const struct refclock_point *oldest = nth(filter, 0);

	for (size_t i = 0; i < count; i++) {
		const struct refclock_point *point = nth(filter, first + i);
		const double offset_s = (double)(point->offset_ns - oldest->offset_ns) * 1e-9;
		const double since_s = (double)(point->at.ns - oldest->at.ns) * 1e-9;

		filter->residuals[i] =
			(struct residual){ offset_s - frequency * since_s, first + i };
	}
	qsort(filter->residuals, count, sizeof filter->residuals[0], compare);
	return filter->residuals[count / 2];
}

/* The rate is known badly at the start and after the oscillator jumped; then the samples know it
 * better: the slope between the middles of their first and their last third (Tukey's resistant
 * line), weighed against what was known. Else their drift would pass for scatter. */
static void learn_rate(struct refclock_filter *filter, double *frequency, double *frequency_sd)
{
	const size_t third = filter->count / 3;
	struct residual first, last;
	double span_s, slope, scatter_s, variance, share;

	if (filter->count < SCATTER_COUNT)
		return;
	first = middle(filter, 0, third, *frequency);
	last = middle(filter, filter->count - third, third, *frequency);
	span_s = (double)(nth(filter, last.index)->at.ns - nth(filter, first.index)->at.ns) * 1e-9;
	if (!(span_s > 0))
		return;
	slope = (last.s - first.s) / span_s;
	scatter_s = filter->scatter_s;
	if (filter->scatter_count == 0) {
		(void)sort_about_median(filter, nth(filter, filter->count - 1), *frequency + slope);
		scatter_s = seen_scatter(filter) * (1 + CHANCE / (double)filter->count);
	}
	variance = 2 * MEDIAN_COST * scatter_s * scatter_s / (double)third / (span_s * span_s);
	share = *frequency_sd * *frequency_sd / (*frequency_sd * *frequency_sd + variance);
	*frequency += share * slope;
	*frequency_sd *= sqrt(1 - share);
}

/* What one sample scatters by: from these if there are enough of them, and from before. */
static double scatter(struct refclock_filter *filter)
{
	const double now_s = seen_scatter(filter);
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
	double median_s, scatter_s, sum_s = 0, sum_age_s = 0, span_s = 0, claimed_s = 0;
	int64_t window_ns = INT64_MAX;

	if (filter->count == 0)
		return false;
	newest = &filter->points[(filter->next + filter->size - 1) % filter->size];
	if (filter->scatter_count == 0 && filter->count < SCATTER_COUNT &&
	    filter->size >= SCATTER_COUNT && !(newest->error_s > 0))
		return false;
	learn_rate(filter, &frequency, &frequency_sd);
	median_s = sort_about_median(filter, newest, frequency);
	scatter_s = scatter(filter);
	while (used < filter->count && fabs(filter->residuals[used].s) < USED_SCATTER * scatter_s)
		used++;
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
	/* scatter that was seen is known better than what a clock can be read to */
	precision_s *= filter->scatter_count > 0 ? SEEN_PRECISION : 1;
	filtered_out->scatter_s = fmax(fmax(scatter_s, claimed_s), precision_s);
	/* samples that trim and curve share the rate's error: a quarter of the span, at most */
	filtered_out->sd_s = sqrt((filtered_out->scatter_s * filtered_out->scatter_s +
	                           frequency_sd * frequency_sd * span_s * span_s / 16) /
	                          (double)used);
	filtered_out->window_ns = window_ns;
	filtered_out->count = filter->count;
	filtered_out->used_count = used;
	return true;
}

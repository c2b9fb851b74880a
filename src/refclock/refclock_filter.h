/* refclock/refclock_filter: the samples of one poll -> one measurement that a few wrong ones do not
 * spoil. SPDX-License-Identifier: MIT
 *
 * The 60 % of the samples that lie nearest to the median count (as with chrony), and of the others
 * those that lie as far from it as samples of this clock usually do. They are
 * brought to one moment by the rate that the oscillator is known to have, and the measurement
 * stands at their mean time, so that what is not known of the rate hardly matters. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "estimate/exchange.h"

struct refclock_filter;

/* The caller owns *filter_out. size 1..REFCLOCK_FILTER_MAX. 0, -EINVAL or -ENOMEM. */
NODISCARD int refclock_filter_create(size_t size, struct refclock_filter **filter_out);
void refclock_filter_destroy(struct refclock_filter *filter); /* NULL is fine */
void refclock_filter_clear(struct refclock_filter *filter);

struct refclock_point {
	struct free_time at;
	int64_t offset_ns; /* reference - free clock */
	int64_t window_ns; /* of reading both clocks: half of it is a hard limit of the error */
	double error_s;    /* standard deviation that the driver knows of; 0 = it does not */
};

/* The oldest gives way when it is full. */
void refclock_filter_add(struct refclock_filter *filter, const struct refclock_point *point);
size_t refclock_filter_count(const struct refclock_filter *filter);

struct refclock_filtered {
	struct free_time at;
	int64_t offset_ns;
	double sd_s;      /* of the measurement */
	double scatter_s; /* of a single sample: standard deviation, robust */
	int64_t window_ns;
	size_t count, used_count;
};

/* frequency: growth of the offset, s/s, known to frequency_sd. precision_s: no sample is better.
 * False when there is no sample, or too few to tell at first how much they scatter, and the driver
 * does not say either. Does not clear. */
bool refclock_filter_take(struct refclock_filter *filter, double frequency, double frequency_sd,
                          double precision_s, struct refclock_filtered *filtered_out);

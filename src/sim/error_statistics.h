/* sim/error_statistics: the size of an error over many looks. SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

#define ERROR_HISTOGRAM_SIZE 2304 /* 1 % wide from 1e-10 s on */

struct error_statistics { /* over regular observations */
	uint64_t count;
	double sum_squares, max;
	uint32_t *histogram; /* owned; NULL = not wanted */
};

void error_statistics_add(struct error_statistics *errors, double error_s);
double error_statistics_rms(const struct error_statistics *errors);
double error_statistics_quantile(const struct error_statistics *errors, double quantile);

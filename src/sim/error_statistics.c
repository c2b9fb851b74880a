/* SPDX-License-Identifier: MIT */
#include "sim/error_statistics.h"

#include <math.h>
#include <stddef.h>

#define HISTOGRAM_FIRST_S    1e-10
#define HISTOGRAM_PER_DECADE 153.6 /* 1.5 % wide; 15 decades */

void error_statistics_add(struct error_statistics *errors, double error_s)
{
	const double size_s = fabs(error_s);
	double bin;

	errors->count++;
	errors->sum_squares += size_s * size_s;
	errors->max = fmax(errors->max, size_s);
	if (!errors->histogram)
		return;
	bin = size_s > HISTOGRAM_FIRST_S ? log10(size_s / HISTOGRAM_FIRST_S) * HISTOGRAM_PER_DECADE
	                                 : 0;
	errors->histogram[(size_t)fmin(bin, ERROR_HISTOGRAM_SIZE - 1)]++;
}

double error_statistics_rms(const struct error_statistics *errors)
{
	return errors->count > 0 ? sqrt(errors->sum_squares / (double)errors->count) : 0;
}

double error_statistics_quantile(const struct error_statistics *errors, double quantile)
{
	const double wanted = quantile * (double)errors->count;
	double passed = 0;
	size_t bin = 0;

	while (bin < ERROR_HISTOGRAM_SIZE - 1 && passed + errors->histogram[bin] < wanted)
		passed += errors->histogram[bin++];
	return fmin(HISTOGRAM_FIRST_S * pow(10, ((double)bin + 1) / HISTOGRAM_PER_DECADE),
	            errors->max);
}

/* SPDX-License-Identifier: MIT */
#include "discipline/fallback.h"

#include <math.h>
#include <string.h>

void fallback_init(struct fallback *fallback)
{
	memset(fallback, 0, sizeof *fallback);
	fallback->used = FALLBACK_NONE;
}

void fallback_add(struct fallback *fallback, double frequency, double seconds)
{
	for (int i = 0; i <= FALLBACK_LOG2_S_MAX && seconds > 0; i++) {
		const double window_s = ldexp(1, i);
		const double known_s = fmin(fallback->means[i].seconds + seconds, window_s);

		fallback->means[i].frequency +=
			(frequency - fallback->means[i].frequency) * fmin(seconds / known_s, 1);
		fallback->means[i].seconds = known_s;
	}
}

static bool is_on(int8_t min_log2_s, int8_t max_log2_s)
{
	return min_log2_s > 0 && max_log2_s >= min_log2_s;
}

int8_t fallback_choose(int8_t min_log2_s, int8_t max_log2_s, double silent_s)
{
	int8_t chosen = FALLBACK_NONE;

	for (int8_t i = min_log2_s; is_on(min_log2_s, max_log2_s) && i <= max_log2_s; i++) {
		if (silent_s >= ldexp(1, i))
			chosen = i;
	}
	return chosen;
}

double fallback_next_s(const struct fallback *fallback, int8_t min_log2_s, int8_t max_log2_s)
{
	const int next = fallback->used < min_log2_s ? min_log2_s : fallback->used + 1;

	return is_on(min_log2_s, max_log2_s) && next <= max_log2_s ? ldexp(1, next) : -1;
}

/* SPDX-License-Identifier: MIT */
#include "radio/second_phase.h"

#include <math.h>

#include "base/instant.h"

#define BIN_NS (NS_PER_S / SECOND_PHASE_BINS)
#define KEEP   0.9727f /* 2^(-1/25) */
#define NEAR   3       /* bins to each side that the peak is searched with */
#define AROUND 6       /* bins to each side that it is measured with */

static unsigned wrapped(int bin)
{
	return (unsigned)((bin + SECOND_PHASE_BINS) % SECOND_PHASE_BINS);
}

static int64_t within_second(int64_t at_ns)
{
	const int64_t rest = at_ns % NS_PER_S;

	return rest < 0 ? rest + NS_PER_S : rest;
}

/* Shared between the two nearest bins, so that the centroid is exact. */
void second_phase_add(struct second_phase *phase, int64_t at_ns)
{
	const int64_t in = within_second(at_ns - BIN_NS / 2);
	const int bin = (int)(in / BIN_NS);
	const float upper = (float)(in % BIN_NS) / (float)BIN_NS;

	phase->bins[bin] += 1 - upper;
	phase->bins[wrapped(bin + 1)] += upper;
	phase->total += 1;
}

void second_phase_forget(struct second_phase *phase)
{
	for (unsigned i = 0; i < SECOND_PHASE_BINS; i++)
		phase->bins[i] *= KEEP;
	phase->total *= KEEP;
}

static float sum_around(const struct second_phase *phase, int bin, int reach)
{
	float sum = 0;

	for (int i = bin - reach; i <= bin + reach; i++)
		sum += phase->bins[wrapped(i)];
	return sum;
}

static int fullest(const struct second_phase *phase)
{
	float best = -1, sum = sum_around(phase, 0, NEAR);
	int best_bin = 0;

	for (int bin = 0; bin < SECOND_PHASE_BINS; bin++) {
		if (sum > best) {
			best = sum;
			best_bin = bin;
		}
		sum += phase->bins[wrapped(bin + NEAR + 1)] - phase->bins[wrapped(bin - NEAR)];
	}
	return best_bin;
}

struct second_phase_peak second_phase_find(const struct second_phase *phase)
{
	const int bin = fullest(phase);
	float weight = 0, moment = 0;
	int64_t phase_ns;

	for (int i = -AROUND; i <= AROUND; i++) {
		weight += phase->bins[wrapped(bin + i)];
		moment += (float)i * phase->bins[wrapped(bin + i)];
	}
	phase_ns = bin * BIN_NS + BIN_NS / 2;
	if (weight > 0)
		phase_ns += llrint((double)(moment / weight) * (double)BIN_NS);
	return (struct second_phase_peak){
		.phase_ns = within_second(phase_ns),
		.share = phase->total > 0 ? (float)fmin(weight / phase->total, 1) : 0,
		.weight = weight,
	};
}

void second_phase_shift(struct second_phase *phase, int64_t shift_ns)
{
	const struct second_phase before = *phase;
	const int shift = (int)(within_second(shift_ns + BIN_NS / 2) / BIN_NS);

	for (int i = 0; i < SECOND_PHASE_BINS; i++)
		phase->bins[wrapped(i + shift)] = before.bins[i];
}

/* SPDX-License-Identifier: MIT */
#include "radio/pulse_shape.h"

#include <math.h>

/* A cell that is wholly right instead of wholly wrong is worth twice its weight in nats. The cells
 * that are the same in all symbols weigh so much that neither a dead nor a stuck signal passes for
 * one; a second must agree by the station's noise_agreement to be more than noise. */
static float agreement(const struct radio_station *station, unsigned symbol, const float *shares)
{
	float sum = 0;

	for (unsigned c = 0; c < station->cell_count; c++) {
		const float towards_pulse = 2 * shares[c] - 1;

		sum += station->cell_weight[c] *
		       (station->shape_of[symbol] >> c & 1 ? towards_pulse : -towards_pulse);
	}
	return sum;
}

struct pulse_shape pulse_shape_judge(const struct radio_station *station,
                                     const float pulse_shares[RADIO_CELLS_MAX])
{
	struct pulse_shape shape = { .presence = 0 };
	float full = 0, sum = 0, noise;
	unsigned symbol_count = 0;

	for (unsigned c = 0; c < station->cell_count; c++)
		full += station->cell_weight[c];
	for (unsigned s = 0; s < RADIO_SYMBOL_COUNT; s++) {
		if (!(station->symbol_mask >> s & 1))
			continue;
		shape.chances[s] = (float)exp(agreement(station, s, pulse_shares) - full);
		sum += shape.chances[s];
		symbol_count++;
	}
	noise = (float)exp((station->noise_agreement - 1) * full);
	for (unsigned s = 0; s < RADIO_SYMBOL_COUNT; s++) {
		if (station->symbol_mask >> s & 1)
			shape.chances[s] =
				(shape.chances[s] + noise / (float)symbol_count) / (sum + noise);
	}
	shape.presence = sum / (sum + noise);
	return shape;
}

struct pulse_shape pulse_shape_nothing(const struct radio_station *station)
{
	struct pulse_shape shape = { .presence = 0 };

	for (unsigned s = 0; s < RADIO_SYMBOL_COUNT; s++) {
		if (station->symbol_mask >> s & 1)
			shape.chances[s] = 1 / (float)radio_symbol_count(station->symbol_mask);
	}
	return shape;
}

enum radio_symbol pulse_shape_likeliest(const struct pulse_shape *shape)
{
	unsigned best = 0;

	for (unsigned s = 1; s < RADIO_SYMBOL_COUNT; s++) {
		if (shape->chances[s] > shape->chances[best])
			best = s;
	}
	return (enum radio_symbol)best;
}

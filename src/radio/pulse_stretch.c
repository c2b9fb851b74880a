/* SPDX-License-Identifier: MIT */
#include "radio/pulse_stretch.h"

#define STEP_MS     5
#define NONE_INDEX  10     /* of votes: no stretch */
#define NEAR_MS     20     /* a length so far from a nominal one says nothing for it */
#define REMEMBER    0.997F /* of the votes, from one pulse to the next: some minutes */
#define PRIOR_VOTES 0.5F   /* for no stretch; falls off to none at the ends */

/* Of the pulse that the second begins with. */
static int32_t nominal_ms(const struct radio_station *station, unsigned symbol)
{
	unsigned cell = 0;

	while (cell < station->cell_count && station->shape_of[symbol] >> cell & 1)
		cell++;
	return cell > 0 ? station->cell_end_ms[cell - 1] : 0;
}

static float agreement(const struct radio_station *station, int32_t width_ms)
{
	int32_t nearest_ms = NEAR_MS;

	for (unsigned s = 0; s < RADIO_SYMBOL_COUNT; s++) {
		const int32_t nominal = station->symbol_mask >> s & 1 ? nominal_ms(station, s) : 0;
		const int32_t apart_ms =
			width_ms > nominal ? width_ms - nominal : nominal - width_ms;

		if (nominal > 0 && apart_ms < nearest_ms)
			nearest_ms = apart_ms;
	}
	return 1 - (float)nearest_ms / NEAR_MS;
}

void pulse_stretch_add(struct pulse_stretch *stretch, const struct radio_station *station,
                       int32_t width_ms)
{
	for (int32_t i = 0; i < PULSE_STRETCH_COUNT; i++)
		stretch->votes[i] = stretch->votes[i] * REMEMBER +
		                    agreement(station, width_ms - (i - NONE_INDEX) * STEP_MS);
}

int32_t pulse_stretch_ms(const struct pulse_stretch *stretch)
{
	int32_t best = NONE_INDEX;
	float best_votes = 0;

	for (int32_t i = 0; i < PULSE_STRETCH_COUNT; i++) {
		const int32_t away = i > NONE_INDEX ? i - NONE_INDEX : NONE_INDEX - i;
		const float votes =
			stretch->votes[i] +
			PRIOR_VOTES * (float)(PULSE_STRETCH_COUNT - away) / PULSE_STRETCH_COUNT;

		if (votes > best_votes) {
			best = i;
			best_votes = votes;
		}
	}
	return (best - NONE_INDEX) * STEP_MS;
}

/* estimate/wander_bank: the same track under fifteen ideas of how the oscillator wanders.
 * SPDX-License-Identifier: MIT
 *
 * An interacting multiple model (Blom and Bar-Shalom, 1988): each member predicts with its own
 * wander, is weighted by how well it foresaw the readings, and leaks a little into its neighbours.
 * The output is the mixture of all. Four of them follow the rate's trend besides: temperature bends
 * an oscillator for hours, and to a walk that is a surprise at each reading. They leak into nobody:
 * a trend takes longer to learn than a leak would leave them. */
#pragma once

#include "estimate/path_law.h"
#include "estimate/track.h"

#define WANDER_LEVELS  11 /* without a trend, the calmest first */
#define WANDER_MEMBERS 15 /* and with one */

struct wander_bank {
	struct track member[WANDER_MEMBERS];
	double weight[WANDER_MEMBERS]; /* sum to 1 */
	struct track mean;             /* mixture of the members */
};

/* All members alike, weighted by what crystals usually do. */
void wander_bank_start(struct wander_bank *bank, const struct track *track);

/* Members leak into their neighbours and move dt_s >= 0 ahead. `mean` is stale until an update. */
void wander_bank_predict(struct wander_bank *bank, double dt_s);

/* All members forget: see track_fade. `mean` is stale until an update. */
void wander_bank_fade(struct wander_bank *bank, double factor);

/* Both return the log of the reading's predictive density under the whole bank. */
double wander_bank_update(struct wander_bank *bank, const struct path_law *law,
                          const struct reading *reading, struct likelihood *likelihood);
double wander_bank_update_gaussian(struct wander_bank *bank, double offset_s, double variance);

/* All members become `track`. The calm half keeps it as it is, the restless half frees the
 * frequency by `frequency_jump`; both get half of the weight, and the readings will tell. */
void wander_bank_jump(struct wander_bank *bank, const struct track *track, double frequency_jump);

void wander_bank_place(struct wander_bank *bank, const struct track *track); /* weights are kept */
void wander_bank_shift(struct wander_bank *bank, double shift_s); /* subtracts from all offsets */

double wander_bank_wander(const struct wander_bank *bank);   /* geometric mean, s/s per sqrt(s) */
double wander_bank_variance(const struct wander_bank *bank); /* mean square, trends too */
/* How the trend of the rate walks, s/s^2 per sqrt(s), if there is one more likely than not; else 0.
 */
double wander_bank_bend(const struct wander_bank *bank);
bool wander_bank_is_sound(const struct wander_bank *bank);

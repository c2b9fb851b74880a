/* radio/pulse_shape: which symbol a second of the signal looks like, as probabilities.
 * SPDX-License-Identifier: MIT
 *
 * No threshold decides: each part of the second says how much of it was pulse, a symbol is as
 * likely as its shape agrees, and a second that looks like nothing speaks for nothing. */
#pragma once

#include "radio/station.h"

struct pulse_shape {
	float chances[RADIO_SYMBOL_COUNT]; /* sum 1; all equal when the second says nothing */
	float presence;                    /* 0..1: looks like any symbol at all */
};

/* pulse_shares[c]: how much of cell c was pulse, 0..1. */
struct pulse_shape pulse_shape_judge(const struct radio_station *station,
                                     const float pulse_shares[RADIO_CELLS_MAX]);
struct pulse_shape pulse_shape_nothing(const struct radio_station *station);
enum radio_symbol pulse_shape_likeliest(const struct pulse_shape *shape);

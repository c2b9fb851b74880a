/* radio/pulse_stretch: by how much a receiver lengthens all pulses, or shortens them.
 * SPDX-License-Identifier: MIT
 *
 * Each stretch is a hypothesis that the lengths of the station's pulses speak for. The nearest
 * nominal length alone would not do: of 100 and 200 ms, 60 ms longer, the first is as near to
 * 200. */
#pragma once

#include "radio/station.h"

#define PULSE_STRETCH_COUNT 35

struct pulse_stretch {                    /* zeroed: nothing is known */
	float votes[PULSE_STRETCH_COUNT]; /* for -50 ms, -45 ms … 120 ms */
};

void pulse_stretch_add(struct pulse_stretch *stretch, const struct radio_station *station,
                       int32_t width_ms);
int32_t pulse_stretch_ms(const struct pulse_stretch *stretch); /* + = longer; 0 at first */

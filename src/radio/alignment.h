/* radio/alignment: which second is the first of the minute. SPDX-License-Identifier: MIT
 *
 * Weighs, for each of the 60 possibilities, what always stands in a minute: its markers and
 * constant bits. Forgets within minutes, so that it finds a new place after a disturbance. */
#pragma once

#include "radio/pulse_shape.h"

struct alignment {
	uint8_t kinds[RADIO_FRAME_SECONDS]; /* what each second of a minute always holds */
	float nats[RADIO_FRAME_SECONDS];    /* by number of the minute's first second, modulo 60 */
};

void alignment_init(struct alignment *alignment, const struct radio_station *station);
/* `number` counts the seconds. */
void alignment_add(struct alignment *alignment, const struct radio_station *station,
                   uint64_t number, const struct pulse_shape *shape);
/* The best place and by how much it beats the next. */
unsigned alignment_find(const struct alignment *alignment, float *margin_nats_out);
/* A leap second passed: all minutes begin `seconds` later from now on. */
void alignment_shift(struct alignment *alignment, int seconds);

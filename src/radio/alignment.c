/* SPDX-License-Identifier: MIT */
#include "radio/alignment.h"

#include <math.h>
#include <string.h>

#define KEEP  0.997F /* a second: half is forgotten in four minutes */
#define DOUBT 0.15F

enum kind { KIND_ANYTHING, KIND_MARKER, KIND_BITS, KIND_0, KIND_1, KIND_COUNT };

void alignment_init(struct alignment *alignment, const struct radio_station *station)
{
	memset(alignment, 0, sizeof *alignment);
	memset(alignment->kinds, KIND_BITS, sizeof alignment->kinds);
	for (unsigned i = 0; i < station->fixed_count; i++)
		alignment->kinds[station->fixed[i].second] =
			station->fixed[i].value ? KIND_1 : KIND_0; /* all in stream A */
	for (unsigned second = 0; second < RADIO_FRAME_SECONDS; second++) {
		if (radio_station_is_call_sign(station, 15, second))
			alignment->kinds[second] = KIND_ANYTHING;
		if (radio_station_is_marker(station, second))
			alignment->kinds[second] = KIND_MARKER;
	}
}

void alignment_add(struct alignment *alignment, const struct radio_station *station,
                   uint64_t number, const struct pulse_shape *shape)
{
	const float count = (float)radio_symbol_count(station->symbol_mask);
	const float bit_count = (count - 1) / 2;
	float p[RADIO_SYMBOL_COUNT] = { 0 }, nats[KIND_COUNT] = { 0 };

	for (unsigned s = 0; s < RADIO_SYMBOL_COUNT; s++) {
		if (station->symbol_mask >> s & 1)
			p[s] = (1 - DOUBT) * shape->chances[s] + DOUBT / count;
	}
	nats[KIND_MARKER] = (float)log((double)(p[RADIO_SYMBOL_MARKER] * count));
	nats[KIND_BITS] = (float)log((double)((1 - p[RADIO_SYMBOL_MARKER]) * count / (count - 1)));
	nats[KIND_0] = (float)log((double)((p[0] + p[2]) * count / bit_count));
	nats[KIND_1] = (float)log((double)((p[1] + p[3]) * count / bit_count));
	for (unsigned second = 0; second < RADIO_FRAME_SECONDS; second++) {
		const uint64_t first =
			(number + RADIO_FRAME_SECONDS - second) % RADIO_FRAME_SECONDS;

		alignment->nats[first] =
			KEEP * alignment->nats[first] + nats[alignment->kinds[second]];
	}
}

unsigned alignment_find(const struct alignment *alignment, float *margin_nats_out)
{
	unsigned best = 0;
	float next = -1e30F;

	for (unsigned i = 1; i < RADIO_FRAME_SECONDS; i++) {
		if (alignment->nats[i] > alignment->nats[best])
			best = i;
	}
	for (unsigned i = 0; i < RADIO_FRAME_SECONDS; i++) {
		if (i != best && alignment->nats[i] > next)
			next = alignment->nats[i];
	}
	*margin_nats_out = alignment->nats[best] - next;
	return best;
}

void alignment_shift(struct alignment *alignment, int seconds)
{
	float shifted[RADIO_FRAME_SECONDS];

	for (int i = 0; i < RADIO_FRAME_SECONDS; i++)
		shifted[(i + seconds + RADIO_FRAME_SECONDS) % RADIO_FRAME_SECONDS] =
			alignment->nats[i];
	memcpy(alignment->nats, shifted, sizeof shifted);
}

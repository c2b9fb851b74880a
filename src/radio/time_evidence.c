/* SPDX-License-Identifier: MIT */
#include "radio/time_evidence.h"

#include <math.h>

float time_evidence_nats(float chance)
{
	return (float)log((double)chance);
}

bool time_evidence_is_odd(unsigned bits)
{
	bits ^= bits >> 8;
	bits ^= bits >> 4;
	return 0x6996 >> (bits & 15) & 1;
}

/* The chance of a symbol when some are replaced by noise. */
float time_evidence_chance(const struct time_search *search, const struct search_minute *minute,
                           unsigned second, unsigned symbol)
{
	if (!(search->station->symbol_mask >> symbol & 1))
		return 0;
	return (1 - minute->doubt) * minute->chances[second][symbol] +
	       minute->doubt * search->even_chance;
}

static void weigh_bits(const struct time_search *search, struct search_minute *minute,
                       unsigned second)
{
	float p[RADIO_SYMBOL_COUNT], even;
	float(*bits)[2] = minute->bit_nats[second];

	for (unsigned s = 0; s < RADIO_SYMBOL_COUNT; s++)
		p[s] = time_evidence_chance(search, minute, second, s);
	even = (p[0] + p[1] + p[2] + p[3]) / 2;
	bits[RADIO_A][0] = time_evidence_nats((p[0] + p[2]) / even);
	bits[RADIO_A][1] = time_evidence_nats((p[1] + p[3]) / even);
	if (!(search->station->symbol_mask >> RADIO_SYMBOL_B & 1))
		return;
	bits[RADIO_B][0] = time_evidence_nats((p[0] + p[1]) / even);
	bits[RADIO_B][1] = time_evidence_nats((p[2] + p[3]) / even);
}

static float field_nats(const struct time_search *search, const struct search_minute *minute,
                        enum radio_field_kind kind, unsigned value)
{
	const struct radio_field *field = &search->station->fields[kind];
	float sum = 0;

	for (unsigned i = 0; i < field->bit_count; i++)
		sum += minute->bit_nats[field->bits[i].second][RADIO_A]
		                       [search->code[kind][value] >> i & 1];
	return sum;
}

/* Parities over the time of day alone join the tables of minute, hour or both. */
static void weigh_time_parities(const struct time_search *search, struct search_minute *minute)
{
	for (unsigned i = 0; i < search->station->parity_count; i++) {
		const struct radio_parity *parity = &search->station->parities[i];
		const float *bit = minute->bit_nats[parity->second][parity->stream];

		if (parity->field_mask & ~TIME_FIELDS)
			continue;
		if (parity->field_mask == TIME_FIELDS) {
			for (unsigned odd = 0; odd < 2; odd++)
				minute->time_parity_nats[odd] += bit[odd ^ parity->is_odd];
		} else if (parity->field_mask == 1U << RADIO_MINUTE) {
			for (unsigned v = 0; v < 60; v++)
				minute->minute_nats[v] +=
					bit[search->odd[RADIO_MINUTE][v] ^ parity->is_odd];
		} else {
			for (unsigned v = 0; v < 24; v++)
				minute->hour_nats[v] +=
					bit[search->odd[RADIO_HOUR][v] ^ parity->is_odd];
		}
	}
}

float time_evidence_flag_nats(const struct search_minute *minute, struct radio_flag flag,
                              bool value)
{
	return flag.second == 0 ? 0 : minute->bit_nats[flag.second][flag.stream][value];
}

void time_evidence_weigh(const struct time_search *search, struct search_minute *minute)
{
	const struct radio_station *station = search->station;

	for (unsigned second = 0; second < RADIO_FRAME_SECONDS; second++)
		weigh_bits(search, minute, second);
	for (unsigned v = 0; v < 60; v++)
		minute->minute_nats[v] = field_nats(search, minute, RADIO_MINUTE, v);
	for (unsigned v = 0; v < 24; v++)
		minute->hour_nats[v] = field_nats(search, minute, RADIO_HOUR, v);
	minute->time_parity_nats[0] = minute->time_parity_nats[1] = 0;
	weigh_time_parities(search, minute);
	for (unsigned summer = 0; summer < 2; summer++)
		minute->summer_nats[summer] =
			time_evidence_flag_nats(minute, station->summer, summer) +
			time_evidence_flag_nats(minute, station->not_summer, !summer);
}

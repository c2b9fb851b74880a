/* SPDX-License-Identifier: MIT */
#include "radio/pulse_shape.h"

#include "testing/check.h"

static void draw(const struct radio_station *station, unsigned symbol, float *shares)
{
	for (unsigned c = 0; c < station->cell_count; c++)
		shares[c] = (float)(station->shape_of[symbol] >> c & 1);
}

TEST(pulse_shape, knows_each_symbol_of_each_station)
{
	for (unsigned i = 0; i < RADIO_STATION_COUNT; i++) {
		for (unsigned s = 0; s < RADIO_SYMBOL_COUNT; s++) {
			float shares[RADIO_CELLS_MAX];
			struct pulse_shape shape;

			if (!(radio_stations[i]->symbol_mask >> s & 1))
				continue;
			draw(radio_stations[i], s, shares);
			shape = pulse_shape_judge(radio_stations[i], shares);
			CHECK_EQ(pulse_shape_likeliest(&shape), s);
			CHECK(shape.chances[s] > 0.99F);
			CHECK(shape.presence > 0.99F);
		}
	}
}

TEST(pulse_shape, says_nothing_of_a_dead_or_stuck_signal)
{
	for (unsigned i = 0; i < RADIO_STATION_COUNT; i++) {
		for (unsigned level = 0; level < 2; level++) {
			const float all = (float)level;
			const float shares[RADIO_CELLS_MAX] = { all, all, all, all, all };
			const struct pulse_shape shape =
				pulse_shape_judge(radio_stations[i], shares);

			if (radio_stations[i] == &radio_station_dcf77 && level == 0)
				continue; /* no pulse is its marker */
			CHECK(shape.presence < 0.5F);
			CHECK(shape.chances[pulse_shape_likeliest(&shape)] < 0.7F);
		}
	}
}

TEST(pulse_shape, doubts_a_second_between_two_symbols)
{
	const float shares[RADIO_CELLS_MAX] = { 1, 0.5F, 0, 0, 0 }; /* 150 ms */
	const struct pulse_shape shape = pulse_shape_judge(&radio_station_msf, shares);

	CHECK_NEAR((double)shape.chances[RADIO_SYMBOL_0], 0.5, 0.01);
	CHECK_NEAR((double)shape.chances[RADIO_SYMBOL_A], 0.5, 0.01);
}

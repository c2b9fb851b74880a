/* SPDX-License-Identifier: MIT */
#include "radio/station.h"

#include <string.h>

#define FIELD_BIT(kind_) ((uint16_t)(1 << (kind_)))
#define SECOND(n_)       (UINT64_C(1) << (n_))
#define SEVEN_MARKERS                                                                              \
	(SECOND(0) | SECOND(9) | SECOND(19) | SECOND(29) | SECOND(39) | SECOND(49) | SECOND(59))
#define ONE_STREAM 0x13 /* symbols 0, A, marker */

const struct radio_station radio_station_msf = {
	.name = "msf",
	.title = "MSF, Anthorn, 60 kHz",
	.cell_count = 5,
	.cell_end_ms = { 100, 200, 300, 500, 1000 },
	.cell_weight = { 12, 6, 6, 6, 12 },
	.noise_agreement = 0.5F,
	.shape_of = { 0x01, 0x03, 0x05, 0x07, 0x0f },
	.symbol_mask = 0x1f,
	.marker_mask = SECOND(0),
	.fields = {
		[RADIO_YEAR] = { 8, { { 17, 80 }, { 18, 40 }, { 19, 20 }, { 20, 10 },
		                      { 21, 8 }, { 22, 4 }, { 23, 2 }, { 24, 1 } } },
		[RADIO_MONTH] = { 5, { { 25, 10 }, { 26, 8 }, { 27, 4 }, { 28, 2 }, { 29, 1 } } },
		[RADIO_DAY] = { 6, { { 30, 20 }, { 31, 10 }, { 32, 8 }, { 33, 4 }, { 34, 2 },
		                     { 35, 1 } } },
		[RADIO_WEEKDAY] = { 3, { { 36, 4 }, { 37, 2 }, { 38, 1 } } },
		[RADIO_HOUR] = { 6, { { 39, 20 }, { 40, 10 }, { 41, 8 }, { 42, 4 }, { 43, 2 },
		                      { 44, 1 } } },
		[RADIO_MINUTE] = { 7, { { 45, 40 }, { 46, 20 }, { 47, 10 }, { 48, 8 }, { 49, 4 },
		                        { 50, 2 }, { 51, 1 } } },
	},
	.parity_count = 4,
	.parities = {
		{ 54, RADIO_B, true, FIELD_BIT(RADIO_YEAR), "year" },
		{ 55, RADIO_B, true, FIELD_BIT(RADIO_MONTH) | FIELD_BIT(RADIO_DAY), "month and day" },
		{ 56, RADIO_B, true, FIELD_BIT(RADIO_WEEKDAY), "weekday" },
		{ 57, RADIO_B, true, FIELD_BIT(RADIO_HOUR) | FIELD_BIT(RADIO_MINUTE), "time" },
	},
	.fixed_count = 8,
	.fixed = {
		{ 52, RADIO_A, false }, { 53, RADIO_A, true }, { 54, RADIO_A, true },
		{ 55, RADIO_A, true }, { 56, RADIO_A, true }, { 57, RADIO_A, true },
		{ 58, RADIO_A, true }, { 59, RADIO_A, false },
	},
	.summer = { 58, RADIO_B },
	.summer_change = { 53, RADIO_B },
	.dut1 = RADIO_DUT1_UNARY,
	.summer_rule = RADIO_SUMMER_EUROPE,
	.is_label_of_next = true,
	.sunday = 0,
	.leap_second = 17,
};

const struct radio_station radio_station_dcf77 = {
	.name = "dcf77",
	.title = "DCF77, Mainflingen, 77.5 kHz",
	.cell_count = 3,
	.cell_end_ms = { 100, 200, 1000 },
	.cell_weight = { 6, 6, 6 },
	.noise_agreement = 0.5F,
	.shape_of = { 0x01, 0x03, 0xff, 0xff, 0x00 },
	.symbol_mask = ONE_STREAM,
	.marker_mask = SECOND(59),
	.fields = {
		[RADIO_MINUTE] = { 7, { { 21, 1 }, { 22, 2 }, { 23, 4 }, { 24, 8 }, { 25, 10 },
		                        { 26, 20 }, { 27, 40 } } },
		[RADIO_HOUR] = { 6, { { 29, 1 }, { 30, 2 }, { 31, 4 }, { 32, 8 }, { 33, 10 },
		                      { 34, 20 } } },
		[RADIO_DAY] = { 6, { { 36, 1 }, { 37, 2 }, { 38, 4 }, { 39, 8 }, { 40, 10 },
		                     { 41, 20 } } },
		[RADIO_WEEKDAY] = { 3, { { 42, 1 }, { 43, 2 }, { 44, 4 } } },
		[RADIO_MONTH] = { 5, { { 45, 1 }, { 46, 2 }, { 47, 4 }, { 48, 8 }, { 49, 10 } } },
		[RADIO_YEAR] = { 8, { { 50, 1 }, { 51, 2 }, { 52, 4 }, { 53, 8 }, { 54, 10 },
		                      { 55, 20 }, { 56, 40 }, { 57, 80 } } },
	},
	.parity_count = 3,
	.parities = {
		{ 28, RADIO_A, false, FIELD_BIT(RADIO_MINUTE), "minute" },
		{ 35, RADIO_A, false, FIELD_BIT(RADIO_HOUR), "hour" },
		{ 58, RADIO_A, false,
		  FIELD_BIT(RADIO_DAY) | FIELD_BIT(RADIO_WEEKDAY) | FIELD_BIT(RADIO_MONTH) |
		          FIELD_BIT(RADIO_YEAR),
		  "date" },
	},
	.fixed_count = 2,
	.fixed = { { 0, RADIO_A, false }, { 20, RADIO_A, true } },
	.summer = { 17, RADIO_A },
	.not_summer = { 18, RADIO_A },
	.summer_change = { 16, RADIO_A },
	.leap_pending = { 19, RADIO_A },
	.summer_rule = RADIO_SUMMER_EUROPE,
	.utc_offset_s = 3600,
	.is_label_of_next = true,
	.sunday = 7,
	.leap_second = 59,
};

const struct radio_station radio_station_wwvb = {
	.name = "wwvb",
	.title = "WWVB, Fort Collins, 60 kHz",
	.cell_count = 4,
	.cell_end_ms = { 200, 500, 800, 1000 },
	.cell_weight = { 12, 6, 6, 12 },
	.noise_agreement = 0.35F,
	.shape_of = { 0x01, 0x03, 0xff, 0xff, 0x07 },
	.symbol_mask = ONE_STREAM,
	.marker_mask = SEVEN_MARKERS,
	.fields = {
		[RADIO_MINUTE] = { 7, { { 1, 40 }, { 2, 20 }, { 3, 10 }, { 5, 8 }, { 6, 4 },
		                        { 7, 2 }, { 8, 1 } } },
		[RADIO_HOUR] = { 6, { { 12, 20 }, { 13, 10 }, { 15, 8 }, { 16, 4 }, { 17, 2 },
		                      { 18, 1 } } },
		[RADIO_YEARDAY] = { 10, { { 22, 200 }, { 23, 100 }, { 25, 80 }, { 26, 40 },
		                          { 27, 20 }, { 28, 10 }, { 30, 8 }, { 31, 4 }, { 32, 2 },
		                          { 33, 1 } } },
		[RADIO_YEAR] = { 8, { { 45, 80 }, { 46, 40 }, { 47, 20 }, { 48, 10 }, { 50, 8 },
		                      { 51, 4 }, { 52, 2 }, { 53, 1 } } },
	},
	.fixed_count = 11,
	.fixed = {
		{ 4, RADIO_A, false }, { 10, RADIO_A, false }, { 11, RADIO_A, false },
		{ 14, RADIO_A, false }, { 20, RADIO_A, false }, { 21, RADIO_A, false },
		{ 24, RADIO_A, false }, { 34, RADIO_A, false }, { 35, RADIO_A, false },
		{ 44, RADIO_A, false }, { 54, RADIO_A, false },
	},
	.leap_year = { 55, RADIO_A },
	.leap_pending = { 56, RADIO_A },
	.summer_today = { 57, RADIO_A },
	.summer_yesterday = { 58, RADIO_A },
	.dut1 = RADIO_DUT1_SIGNED_BCD,
	.summer_rule = RADIO_SUMMER_AMERICA,
	.leap_second = 59,
	.leap_by_dut1 = true,
	.leap_marker = true,
};

const struct radio_station radio_station_jjy = {
	.name = "jjy",
	.title = "JJY, Ohtakadoya-yama 40 kHz and Hagane-yama 60 kHz",
	.pulse_is_high = true,
	.cell_count = 4,
	.cell_end_ms = { 200, 500, 800, 1000 },
	.cell_weight = { 12, 6, 6, 12 },
	.noise_agreement = 0.35F,
	.shape_of = { 0x07, 0x03, 0xff, 0xff, 0x01 },
	.symbol_mask = ONE_STREAM,
	.marker_mask = SEVEN_MARKERS,
	.fields = {
		[RADIO_MINUTE] = { 7, { { 1, 40 }, { 2, 20 }, { 3, 10 }, { 5, 8 }, { 6, 4 },
		                        { 7, 2 }, { 8, 1 } } },
		[RADIO_HOUR] = { 6, { { 12, 20 }, { 13, 10 }, { 15, 8 }, { 16, 4 }, { 17, 2 },
		                      { 18, 1 } } },
		[RADIO_YEARDAY] = { 10, { { 22, 200 }, { 23, 100 }, { 25, 80 }, { 26, 40 },
		                          { 27, 20 }, { 28, 10 }, { 30, 8 }, { 31, 4 }, { 32, 2 },
		                          { 33, 1 } } },
		[RADIO_YEAR] = { 8, { { 41, 80 }, { 42, 40 }, { 43, 20 }, { 44, 10 }, { 45, 8 },
		                      { 46, 4 }, { 47, 2 }, { 48, 1 } } },
		[RADIO_WEEKDAY] = { 3, { { 50, 4 }, { 51, 2 }, { 52, 1 } } },
	},
	.parity_count = 2,
	.parities = {
		{ 36, RADIO_A, false, FIELD_BIT(RADIO_HOUR), "hour" },
		{ 37, RADIO_A, false, FIELD_BIT(RADIO_MINUTE), "minute" },
	},
	.fixed_count = 13,
	.fixed = {
		{ 4, RADIO_A, false }, { 10, RADIO_A, false }, { 11, RADIO_A, false },
		{ 14, RADIO_A, false }, { 20, RADIO_A, false }, { 21, RADIO_A, false },
		{ 24, RADIO_A, false }, { 34, RADIO_A, false }, { 35, RADIO_A, false },
		{ 55, RADIO_A, false }, { 56, RADIO_A, false }, { 57, RADIO_A, false },
		{ 58, RADIO_A, false },
	},
	.leap_pending = { 53, RADIO_A },
	.leap_is_insertion = { 54, RADIO_A },
	.utc_offset_s = 9 * 3600,
	.has_call_sign = true,
	.leap_second = 59,
};

const struct radio_station *const radio_stations[RADIO_STATION_COUNT] = {
	&radio_station_msf,
	&radio_station_dcf77,
	&radio_station_wwvb,
	&radio_station_jjy,
};

const struct radio_station *radio_station_find(const char *name)
{
	for (size_t i = 0; i < RADIO_STATION_COUNT; i++) {
		if (strcmp(radio_stations[i]->name, name) == 0)
			return radio_stations[i];
	}
	return NULL;
}

unsigned radio_symbol_count(unsigned symbol_mask)
{
	unsigned count = 0;

	for (unsigned s = 0; s < RADIO_SYMBOL_COUNT; s++)
		count += symbol_mask >> s & 1;
	return count;
}

bool radio_station_is_marker(const struct radio_station *station, unsigned second)
{
	return station->marker_mask >> second & 1;
}

static unsigned power_of_ten_in(unsigned weight)
{
	return weight >= 100 ? 100 : weight >= 10 ? 10 : 1;
}

unsigned radio_field_encode(const struct radio_field *field, unsigned value)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < field->bit_count; i++) {
		const unsigned ten = power_of_ten_in(field->bits[i].weight);

		if (value / ten % 10 & field->bits[i].weight / ten)
			bits |= 1U << i;
	}
	return bits;
}

unsigned radio_field_decode(const struct radio_field *field, unsigned bits)
{
	unsigned value = 0;

	for (unsigned i = 0; i < field->bit_count; i++)
		value += (bits >> i & 1) * field->bits[i].weight;
	return value;
}

bool radio_station_is_call_sign(const struct radio_station *station, unsigned minute,
                                unsigned second)
{
	if (!station->has_call_sign || (minute != 15 && minute != 45))
		return false;
	return (second >= 40 && second <= 48) || (second >= 50 && second <= 55);
}

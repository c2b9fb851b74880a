/* SPDX-License-Identifier: MIT */
#include "radio/frame.h"

#include <assert.h>
#include <string.h>

#include "timescale/civil.h"

#define DAY_S 86400

bool radio_symbol_bit(unsigned symbol, enum radio_stream stream)
{
	return symbol != RADIO_SYMBOL_MARKER && (symbol >> (stream == RADIO_B) & 1);
}

struct radio_label radio_label_of(const struct radio_station *station, struct utc_time when,
                                  bool is_summer_time)
{
	const int64_t utc_s = when.ns / NS_PER_S - (when.ns % NS_PER_S < 0);
	const int64_t local_s = utc_s + station->utc_offset_s + (is_summer_time ? 3600 : 0);
	const int64_t days = local_s / DAY_S - (local_s % DAY_S < 0);
	const int64_t of_day_s = local_s - days * DAY_S;
	const struct civil_date date = civil_date_of(days);
	const unsigned weekday = civil_weekday(days);

	return (struct radio_label){
		.year = date.year,
		.values = {
			[RADIO_MINUTE] = (uint16_t)(of_day_s / 60 % 60),
			[RADIO_HOUR] = (uint16_t)(of_day_s / 3600),
			[RADIO_YEAR] = (uint16_t)(date.year % 100),
			[RADIO_MONTH] = date.month,
			[RADIO_DAY] = date.day,
			[RADIO_YEARDAY] = (uint16_t)(days - civil_days((struct civil_date){
			                                           date.year, 1, 1 }) + 1),
			[RADIO_WEEKDAY] = (uint16_t)(weekday == 0 ? station->sunday : weekday),
		},
	};
}

struct utc_time radio_label_utc(const struct radio_station *station,
                                const struct radio_label *label, bool is_summer_time)
{
	const uint16_t *v = label->values;
	const struct civil_date first = { label->year, 1, 1 };
	const struct civil_date date = { label->year, (uint8_t)v[RADIO_MONTH],
		                         (uint8_t)v[RADIO_DAY] };
	const int64_t days = station->fields[RADIO_YEARDAY].bit_count > 0
	                             ? civil_days(first) + v[RADIO_YEARDAY] - 1
	                             : civil_days(date);
	const int64_t local_s = days * DAY_S + v[RADIO_HOUR] * 3600 + v[RADIO_MINUTE] * 60;
	const int64_t utc_s = local_s - station->utc_offset_s - (is_summer_time ? 3600 : 0);

	return (struct utc_time){ utc_s * NS_PER_S };
}

static void put(uint8_t *symbols, struct radio_flag at, bool value)
{
	if (at.second > 0 && value)
		symbols[at.second] |= at.stream == RADIO_B ? RADIO_SYMBOL_B : RADIO_SYMBOL_A;
}

static void put_dut1(const struct radio_station *station, int tenths, uint8_t *symbols)
{
	const unsigned size = (unsigned)(tenths < 0 ? -tenths : tenths);

	if (station->dut1 == RADIO_DUT1_UNARY) {
		assert(size <= 8);
		for (unsigned i = 0; i < size; i++)
			symbols[(tenths > 0 ? 1 : 9) + i] |= RADIO_SYMBOL_B;
	} else if (station->dut1 == RADIO_DUT1_SIGNED_BCD) {
		assert(size <= 9);
		symbols[36] = symbols[38] = tenths >= 0;
		symbols[37] = tenths < 0;
		for (unsigned i = 0; i < 4; i++)
			symbols[40 + i] = size >> (3 - i) & 1;
	}
}

static bool parity_of(const struct radio_station *station, const struct radio_parity *parity,
                      const uint8_t *symbols)
{
	bool odd = false;

	for (unsigned kind = 0; kind < RADIO_FIELD_COUNT; kind++) {
		const struct radio_field *field = &station->fields[kind];

		for (unsigned i = 0; (parity->field_mask >> kind & 1) && i < field->bit_count; i++)
			odd ^= radio_symbol_bit(symbols[field->bits[i].second], RADIO_A);
	}
	return odd;
}

static void put_time(const struct radio_station *station, const struct radio_label *label,
                     uint8_t *symbols)
{
	for (unsigned kind = 0; kind < RADIO_FIELD_COUNT; kind++) {
		const struct radio_field *field = &station->fields[kind];
		const unsigned bits = radio_field_encode(field, label->values[kind]);

		for (unsigned i = 0; i < field->bit_count; i++)
			put(symbols, (struct radio_flag){ field->bits[i].second, RADIO_A },
			    bits >> i & 1);
	}
	for (unsigned i = 0; i < station->parity_count; i++) {
		const struct radio_parity *parity = &station->parities[i];

		put(symbols, (struct radio_flag){ parity->second, parity->stream },
		    parity_of(station, parity, symbols) != parity->is_odd);
	}
}

static void put_flags(const struct radio_station *station, const struct radio_label *label,
                      const struct radio_flags *flags, uint8_t *symbols)
{
	for (unsigned i = 0; i < station->fixed_count; i++)
		put(symbols,
		    (struct radio_flag){ station->fixed[i].second, station->fixed[i].stream },
		    station->fixed[i].value);
	put(symbols, station->summer, flags->is_summer_time);
	put(symbols, station->not_summer, !flags->is_summer_time);
	put(symbols, station->summer_change, flags->is_summer_change);
	put(symbols, station->leap_pending, flags->leap != 0);
	put(symbols, station->leap_is_insertion, flags->leap > 0);
	put(symbols, station->leap_year, civil_is_leap_year(label->year));
	put(symbols, station->summer_today, flags->is_summer_at_next_midnight);
	put(symbols, station->summer_yesterday, flags->is_summer_at_midnight);
	put_dut1(station, flags->dut1_tenths, symbols);
}

void radio_frame_encode(const struct radio_station *station, const struct radio_label *label,
                        const struct radio_flags *flags, unsigned length_s,
                        uint8_t symbols_out[RADIO_FRAME_SECONDS_MAX])
{
	uint8_t symbols[RADIO_FRAME_SECONDS_MAX + 1] = { 0 };
	const unsigned at = station->leap_second;

	assert(length_s >= 59 && length_s <= RADIO_FRAME_SECONDS_MAX);
	put_time(station, label, symbols);
	put_flags(station, label, flags, symbols);
	for (unsigned second = 0; second < RADIO_FRAME_SECONDS; second++) {
		if (radio_station_is_call_sign(station, label->values[RADIO_MINUTE], second))
			symbols[second] = RADIO_SYMBOL_0;
		if (radio_station_is_marker(station, second))
			symbols[second] = RADIO_SYMBOL_MARKER;
	}
	if (length_s == 61) {
		memmove(symbols + at + 1, symbols + at, RADIO_FRAME_SECONDS - at);
		symbols[at] = station->leap_marker ? RADIO_SYMBOL_MARKER : RADIO_SYMBOL_0;
	} else if (length_s == 59) {
		memmove(symbols + at - 1, symbols + at, RADIO_FRAME_SECONDS - at);
	}
	memcpy(symbols_out, symbols, RADIO_FRAME_SECONDS_MAX);
}

static uint64_t marker_faults(const struct radio_station *station, const uint8_t *symbols)
{
	uint64_t faults = 0;

	for (unsigned second = 0; second < RADIO_FRAME_SECONDS; second++) {
		const bool is_marker = symbols[second] == RADIO_SYMBOL_MARKER;

		if (is_marker != radio_station_is_marker(station, second))
			faults |= UINT64_C(1) << second;
	}
	return faults;
}

static uint64_t fixed_faults(const struct radio_station *station, const uint8_t *symbols)
{
	uint64_t faults = 0;

	for (unsigned i = 0; i < station->fixed_count; i++) {
		const struct radio_fixed_bit *fixed = &station->fixed[i];

		if (radio_symbol_bit(symbols[fixed->second], fixed->stream) != fixed->value)
			faults |= UINT64_C(1) << fixed->second;
	}
	return faults;
}

static bool has_digit_above_nine(const struct radio_field *field, unsigned bits)
{
	return radio_field_encode(field, radio_field_decode(field, bits)) != bits;
}

/* Is the minute one in which JJY sends its call sign instead of year and weekday? */
static bool is_short(const struct radio_station *station, const struct radio_label *label)
{
	return radio_station_is_call_sign(station, label->values[RADIO_MINUTE], 50);
}

static enum radio_calendar_fault date_fault(const struct radio_station *station,
                                            const struct radio_label *label)
{
	const uint16_t *v = label->values;
	unsigned weekday;
	int64_t days;

	if (station->fields[RADIO_YEARDAY].bit_count > 0) {
		if (v[RADIO_YEARDAY] < 1 ||
		    v[RADIO_YEARDAY] > (civil_is_leap_year(label->year) ? 366 : 365))
			return RADIO_CALENDAR_DATE;
		days = civil_days((struct civil_date){ label->year, 1, 1 }) + v[RADIO_YEARDAY] - 1;
	} else {
		if (v[RADIO_MONTH] < 1 || v[RADIO_MONTH] > 12 || v[RADIO_DAY] < 1 ||
		    v[RADIO_DAY] > civil_month_days(label->year, v[RADIO_MONTH]))
			return RADIO_CALENDAR_DATE;
		days = civil_days((struct civil_date){ label->year, (uint8_t)v[RADIO_MONTH],
		                                       (uint8_t)v[RADIO_DAY] });
	}
	weekday = civil_weekday(days);
	if (station->fields[RADIO_WEEKDAY].bit_count > 0 && !is_short(station, label) &&
	    v[RADIO_WEEKDAY] != (weekday == 0 ? station->sunday : weekday))
		return RADIO_CALENDAR_WEEKDAY;
	return RADIO_CALENDAR_GOOD;
}

static bool flag_at(const uint8_t *symbols, struct radio_flag at)
{
	return radio_symbol_bit(symbols[at.second], at.stream);
}

static enum radio_calendar_fault calendar_fault(const struct radio_station *station,
                                                const uint8_t *symbols,
                                                const struct radio_label *label)
{
	if (label->values[RADIO_MINUTE] > 59 || label->values[RADIO_HOUR] > 23)
		return RADIO_CALENDAR_TIME;
	if (station->not_summer.second > 0 &&
	    flag_at(symbols, station->summer) == flag_at(symbols, station->not_summer))
		return RADIO_CALENDAR_FLAGS;
	if (is_short(station, label))
		return RADIO_CALENDAR_GOOD; /* its date is incomplete */
	return date_fault(station, label);
}

static bool read_field(const struct radio_field *field, const uint8_t *symbols, uint16_t *value_out)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < field->bit_count; i++)
		bits |= (unsigned)radio_symbol_bit(symbols[field->bits[i].second], RADIO_A) << i;
	*value_out = (uint16_t)radio_field_decode(field, bits);
	return !has_digit_above_nine(field, bits);
}

struct radio_frame_faults radio_frame_decode(const struct radio_station *station,
                                             const uint8_t symbols[RADIO_FRAME_SECONDS],
                                             int32_t pivot_year, struct radio_label *label_out)
{
	struct radio_frame_faults faults = { .markers = marker_faults(station, symbols),
		                             .fixed = fixed_faults(station, symbols) };
	struct radio_label label = { 0 };
	bool is_decimal = true;

	for (unsigned kind = 0; kind < RADIO_FIELD_COUNT; kind++)
		is_decimal &= read_field(&station->fields[kind], symbols, &label.values[kind]);
	label.year =
		pivot_year + ((int32_t)label.values[RADIO_YEAR] - pivot_year % 100 + 200) % 100;
	for (unsigned i = 0; i < station->parity_count; i++) {
		const struct radio_parity *parity = &station->parities[i];
		const bool sent = radio_symbol_bit(symbols[parity->second], parity->stream);

		if ((parity_of(station, parity, symbols) ^ sent) != parity->is_odd)
			faults.parities |= (uint8_t)(1U << i);
	}
	faults.calendar =
		is_decimal ? calendar_fault(station, symbols, &label) : RADIO_CALENDAR_DIGIT;
	*label_out = label;
	return faults;
}

bool radio_frame_has_faults(const struct radio_frame_faults *faults)
{
	return faults->markers || faults->fixed || faults->parities ||
	       faults->calendar != RADIO_CALENDAR_GOOD;
}

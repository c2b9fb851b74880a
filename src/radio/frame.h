/* radio/frame: a minute as a station spells it: time, flags <-> 60 symbols, exact bits only.
 * SPDX-License-Identifier: MIT
 *
 * The soft decoder (radio/time_search) does not go through here; this is what the encoder sends and
 * how a minute's bits are shown and faulted to people. */
#pragma once

#include "base/instant.h"
#include "radio/station.h"

/* What else a minute says. */
struct radio_flags {
	bool is_summer_time;   /* in the label */
	bool is_summer_change; /* announced */
	int8_t leap;           /* announced: +1, -1, 0 */
	int8_t dut1_tenths;    /* UT1 - UTC: MSF -8..8, WWVB -9..9 */
	bool is_summer_at_midnight, is_summer_at_next_midnight; /* UTC; WWVB's pair */
};

/* The minute's time as it is spelled: local time of the station. */
struct radio_label {
	int32_t year;
	uint16_t values[RADIO_FIELD_COUNT]; /* by enum radio_field_kind; year of the century */
};

struct radio_label radio_label_of(const struct radio_station *station, struct utc_time when,
                                  bool is_summer_time);

/* The symbols of a minute of length_s 59..61 seconds. */
void radio_frame_encode(const struct radio_station *station, const struct radio_label *label,
                        const struct radio_flags *flags, unsigned length_s,
                        uint8_t symbols_out[RADIO_FRAME_SECONDS_MAX]);

enum radio_calendar_fault {
	RADIO_CALENDAR_GOOD,
	RADIO_CALENDAR_DIGIT,   /* not decimal: a digit above 9 */
	RADIO_CALENDAR_TIME,    /* minute above 59 or hour above 23 */
	RADIO_CALENDAR_DATE,    /* no such month, day or day of the year */
	RADIO_CALENDAR_WEEKDAY, /* not that date's */
	RADIO_CALENDAR_FLAGS,   /* flags that contradict each other */
};

struct radio_frame_faults {
	uint64_t markers; /* bit n: second n should have been a marker, or should not */
	uint64_t fixed;   /* bit n: a constant bit is wrong there */
	uint8_t parities; /* bit i: station->parities[i] fails */
	enum radio_calendar_fault calendar;
};

/* Reads 60 symbols without mercy. The year is the one of label_out->values within 100 years from
 * pivot_year on. label_out is scratch unless there are no faults. */
struct radio_frame_faults radio_frame_decode(const struct radio_station *station,
                                             const uint8_t symbols[RADIO_FRAME_SECONDS],
                                             int32_t pivot_year, struct radio_label *label_out);
bool radio_frame_has_faults(const struct radio_frame_faults *faults);
/* The start of the minute that a faultless label names (this one or the next, as the station does).
 */
struct utc_time radio_label_utc(const struct radio_station *station,
                                const struct radio_label *label, bool is_summer_time);
bool radio_symbol_bit(unsigned symbol, enum radio_stream stream);

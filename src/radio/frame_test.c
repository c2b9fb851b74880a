/* SPDX-License-Identifier: MIT */
#include "radio/frame.h"

#include "base/attributes.h"
#include "testing/check.h"
#include "timescale/civil.h"

/* Minutes spelled by hand from the stations' tables, a letter a second: 0 1 2 3 = A + 2 B, #
 * marker.
 */
static const struct known {
	const struct radio_station *station;
	const char *text, *utc; /* the minute that the frame names */
	struct radio_flags flags;
} known[] = {
	/* 11 July 2017, a Tuesday, 23:20 British summer time; DUT1 +0.3 s. */
	{ &radio_station_msf,
	  "#222"
	  "0000000000000"
	  "00010111"
	  "00111"
	  "010001"
	  "010"
	  "100011"
	  "0100000"
	  "01311330",
	  "2017-07-11T22:20",
	  { .is_summer_time = true, .dut1_tenths = 3 } },
	/* 1 January 2000, a Saturday, 00:00; DUT1 -0.8 s; no summer time. */
	{ &radio_station_msf,
	  "#0000000022222222"
	  "00000000"
	  "00001"
	  "000001"
	  "110"
	  "000000"
	  "0000000"
	  "01333310",
	  "2000-01-01T00:00",
	  { .dut1_tenths = -8 } },
	/* 22 November 2026, a Sunday, 07:31 CET. */
	{ &radio_station_dcf77,
	  "0"
	  "00000000000000"
	  "000101"
	  "1000110"
	  "1"
	  "111000"
	  "1"
	  "010001"
	  "111"
	  "10001"
	  "01100100"
	  "0#",
	  "2026-11-22T06:31",
	  { 0 } },
	/* The example of NIST's chart as the encyclopedias draw it: day 66 of 2008, 07:30, DUT1
	   -0.3 s. */
	{ &radio_station_wwvb,
	  "#01100000#000000111#000000110#011000010#001100000#100001000#",
	  "2008-03-06T07:30",
	  { .dut1_tenths = -3 } },
	/* NICT's example: day 92 of 2004, a Thursday, 17:25 JST. */
	{ &radio_station_jjy,
	  "#01000101#000100111#000001001#001000010#000000100#100000000#",
	  "2004-04-01T08:25",
	  { 0 } },
};

static void read_symbols(const char *text, uint8_t symbols[RADIO_FRAME_SECONDS_MAX])
{
	CHECK_EQ(strlen(text), RADIO_FRAME_SECONDS);
	for (unsigned i = 0; i < RADIO_FRAME_SECONDS; i++)
		symbols[i] = text[i] == '#' ? RADIO_SYMBOL_MARKER : (uint8_t)(text[i] - '0');
}

static void write_symbols(const uint8_t *symbols, unsigned length_s, char *text)
{
	for (unsigned i = 0; i < length_s; i++)
		text[i] = "0123#"[symbols[i]];
	text[length_s] = '\0';
}

TEST(radio_frame, reads_known_minutes)
{
	for (unsigned i = 0; i < ARRAY_COUNT(known); i++) {
		uint8_t symbols[RADIO_FRAME_SECONDS_MAX];
		struct radio_label label;
		struct radio_frame_faults faults;
		struct utc_time utc;

		read_symbols(known[i].text, symbols);
		faults = radio_frame_decode(known[i].station, symbols, 1990, &label);
		CHECK_EQ(faults.markers, 0);
		CHECK_EQ(faults.fixed, 0);
		CHECK_EQ(faults.parities, 0);
		CHECK_EQ(faults.calendar, RADIO_CALENDAR_GOOD);
		CHECK_EQ(civil_time_parse(known[i].utc, &utc), 0);
		CHECK_EQ(
			radio_label_utc(known[i].station, &label, known[i].flags.is_summer_time).ns,
			utc.ns);
	}
}

TEST(radio_frame, spells_known_minutes)
{
	for (unsigned i = 0; i < ARRAY_COUNT(known); i++) {
		uint8_t symbols[RADIO_FRAME_SECONDS_MAX];
		char text[RADIO_FRAME_SECONDS_MAX + 1];
		struct radio_label label;
		struct utc_time utc;

		CHECK_EQ(civil_time_parse(known[i].utc, &utc), 0);
		label = radio_label_of(known[i].station, utc, known[i].flags.is_summer_time);
		radio_frame_encode(known[i].station, &label, &known[i].flags, 60, symbols);
		write_symbols(symbols, 60, text);
		CHECK_TEXT(text, known[i].text);
	}
}

/* Every single wrong symbol in a field that a parity or a constant protects is noticed. */
TEST(radio_frame, notices_any_one_wrong_time_bit_where_parity_guards_it)
{
	for (unsigned i = 0; i < ARRAY_COUNT(known); i++) {
		const struct radio_station *station = known[i].station;
		uint8_t symbols[RADIO_FRAME_SECONDS_MAX];
		struct radio_label label;
		uint16_t guarded = 0;

		for (unsigned j = 0; j < station->parity_count; j++)
			guarded |= station->parities[j].field_mask;
		for (unsigned kind = 0; kind < RADIO_FIELD_COUNT; kind++) {
			for (unsigned j = 0;
			     guarded >> kind & 1 && j < station->fields[kind].bit_count; j++) {
				struct radio_frame_faults faults;

				read_symbols(known[i].text, symbols);
				symbols[station->fields[kind].bits[j].second] ^= RADIO_SYMBOL_A;
				faults = radio_frame_decode(station, symbols, 1990, &label);
				CHECK(faults.parities != 0);
			}
		}
	}
}

static enum radio_calendar_fault calendar_of(const struct radio_station *station, const char *text)
{
	uint8_t symbols[RADIO_FRAME_SECONDS_MAX];
	struct radio_label label;

	read_symbols(text, symbols);
	return radio_frame_decode(station, symbols, 1990, &label).calendar;
}

TEST(radio_frame, knows_what_the_calendar_forbids)
{
	const struct radio_station *wwvb = &radio_station_wwvb, *dcf77 = &radio_station_dcf77;

	/* day 366 of 2007 */
	CHECK_EQ(calendar_of(wwvb, "#01100000#000000111#001100110#011000010#001100000#011100000#"),
	         RADIO_CALENDAR_DATE);
	/* 27:30 */
	CHECK_EQ(calendar_of(wwvb, "#01100000#001000111#000000110#011000010#001100000#100001000#"),
	         RADIO_CALENDAR_TIME);
	/* minute 3 and a digit of 12 */
	CHECK_EQ(calendar_of(wwvb, "#01101100#000000111#000000110#011000010#001100000#100001000#"),
	         RADIO_CALENDAR_DIGIT);
	/* 22 November 2026 as a Saturday */
	CHECK_EQ(calendar_of(dcf77, "000000000000000"
	                            "000101"
	                            "10001101"
	                            "1110001"
	                            "010001"
	                            "011"
	                            "10001"
	                            "01100100"
	                            "1#"),
	         RADIO_CALENDAR_WEEKDAY);
	/* both summer time and winter time */
	CHECK_EQ(calendar_of(dcf77, "000000000000000"
	                            "001101"
	                            "10001101"
	                            "1110001"
	                            "010001"
	                            "111"
	                            "10001"
	                            "01100100"
	                            "0#"),
	         RADIO_CALENDAR_FLAGS);
}

TEST(radio_frame, takes_the_year_from_the_century_it_is_told)
{
	uint8_t symbols[RADIO_FRAME_SECONDS_MAX];
	struct radio_label label;

	read_symbols(known[3].text, symbols); /* year 08 */
	(void)radio_frame_decode(&radio_station_wwvb, symbols, 1990, &label);
	CHECK_EQ(label.year, 2008);
	(void)radio_frame_decode(&radio_station_wwvb, symbols, 2008, &label);
	CHECK_EQ(label.year, 2008);
	(void)radio_frame_decode(&radio_station_wwvb, symbols, 2009, &label);
	CHECK_EQ(label.year, 2108);
}

static void spell(const struct radio_station *station, unsigned length_s, char *text)
{
	const struct radio_label label =
		radio_label_of(station, (struct utc_time){ 1483228740 * NS_PER_S }, false);
	const struct radio_flags flags = { .dut1_tenths = station->dut1 ? 1 : 0 };
	uint8_t symbols[RADIO_FRAME_SECONDS_MAX];

	radio_frame_encode(station, &label, &flags, length_s, symbols);
	write_symbols(symbols, length_s, text);
}

TEST(radio_frame, puts_the_leap_second_where_each_station_does)
{
	char plain[62], leap[62];

	spell(&radio_station_msf, 60, plain); /* one more second 16, the rest follows */
	spell(&radio_station_msf, 61, leap);
	CHECK_EQ(strncmp(leap, plain, 17), 0);
	CHECK_EQ(leap[17], '0');
	CHECK_TEXT(leap + 18, plain + 17);
	spell(&radio_station_wwvb, 61,
	      leap); /* three markers in a row, the next minute's counted */
	CHECK_TEXT(leap + 58, "0##");
	spell(&radio_station_dcf77, 61, leap);
	CHECK_TEXT(leap + 59, "0#");
	spell(&radio_station_jjy, 61, leap);
	CHECK_TEXT(leap + 58, "00#");
	spell(&radio_station_jjy, 59, leap);
	CHECK_TEXT(leap + 57, "0#");
}

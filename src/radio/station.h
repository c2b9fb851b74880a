/* radio/station: what each long-wave time station sends, as data that encoder and decoder share.
 * SPDX-License-Identifier: MIT
 *
 * Sources: MSF, NPL "MSF 60 kHz time and date code"; DCF77, PTB; WWVB, NIST SP 432 (amplitude
 * code); JJY, NICT. A second carries a symbol: bits A and B (B is MSF's alone) or a marker. Each
 * begins with a pulse, whose length or shape is the symbol. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum radio_symbol {
	RADIO_SYMBOL_0,
	RADIO_SYMBOL_A, /* bit A is 1: the only bit that most stations have */
	RADIO_SYMBOL_B,
	RADIO_SYMBOL_AB,
	RADIO_SYMBOL_MARKER,
	RADIO_SYMBOL_COUNT
};

#define RADIO_FRAME_SECONDS     60
#define RADIO_FRAME_SECONDS_MAX 61
#define RADIO_CELLS_MAX         5
#define RADIO_FIELD_BITS_MAX    10
#define RADIO_FIXED_MAX         16
#define RADIO_PARITIES_MAX      4

enum radio_stream { RADIO_A, RADIO_B };

/* What the time of a minute is made of. */
enum radio_field_kind {
	RADIO_MINUTE,
	RADIO_HOUR,
	RADIO_YEAR, /* of the century */
	RADIO_MONTH,
	RADIO_DAY,
	RADIO_YEARDAY,
	RADIO_WEEKDAY, /* in the station's own count */
	RADIO_FIELD_COUNT
};

#define RADIO_FIELD_LIMIT 367 /* all values are below it */

struct radio_field { /* bit_count 0: the station does not send it */
	uint8_t bit_count;
	struct {
		uint8_t second;
		uint8_t weight;       /* 1 2 4 8, 10 20 40 80, 100 200: binary-coded decimal */
	} bits[RADIO_FIELD_BITS_MAX]; /* all in stream A */
};

struct radio_parity {
	uint8_t second;
	enum radio_stream stream;
	bool is_odd;         /* with the parity bit the count of ones is odd */
	uint16_t field_mask; /* bit 1 << enum radio_field_kind */
	const char *name;    /* of what it protects, for people */
};

struct radio_fixed_bit {
	uint8_t second;
	enum radio_stream stream;
	bool value;
};

/* Where flags stand; a second of 0 means that the station does not send it. */
struct radio_flag {
	uint8_t second;
	enum radio_stream stream;
};

enum radio_summer_rule { RADIO_SUMMER_NONE, RADIO_SUMMER_EUROPE, RADIO_SUMMER_AMERICA };
enum radio_dut1_code { RADIO_DUT1_NONE, RADIO_DUT1_UNARY, RADIO_DUT1_SIGNED_BCD };

struct radio_station {
	const char *name;
	const char *title;
	bool pulse_is_high; /* the second begins with the carrier rising (JJY), not falling */
	uint8_t cell_count;
	uint16_t cell_end_ms[RADIO_CELLS_MAX]; /* the second's parts; the last ends at 1000 */
	float cell_weight[RADIO_CELLS_MAX];    /* nats; see radio/pulse_shape */
	float noise_agreement; /* 0..1: lower hears more through spikes and believes more of silence
	                        */
	uint8_t shape_of[RADIO_SYMBOL_COUNT]; /* bit c: pulse during cell c */
	uint8_t symbol_mask;                  /* bit s: symbol s exists */
	uint64_t marker_mask;                 /* bit n: second n is a marker */
	struct radio_field fields[RADIO_FIELD_COUNT];
	uint8_t parity_count;
	struct radio_parity parities[RADIO_PARITIES_MAX];
	uint8_t fixed_count;
	struct radio_fixed_bit fixed[RADIO_FIXED_MAX];
	struct radio_flag summer, not_summer; /* summer time is in force, and its complement */
	struct radio_flag summer_change;      /* it will begin or end soon */
	struct radio_flag leap_pending, leap_is_insertion;
	struct radio_flag leap_year;
	struct radio_flag summer_today,
		summer_yesterday; /* WWVB's pair: at 00:00 UTC, a day later */
	enum radio_dut1_code dut1;
	enum radio_summer_rule summer_rule;
	int32_t utc_offset_s;  /* local minus UTC, in winter */
	bool is_label_of_next; /* the frame says when the next minute begins, not this one */
	bool has_call_sign;    /* JJY: Morse in minutes 15 and 45 from second 40 to 48 */
	uint8_t sunday;        /* the station's number of it: 0 or 7 */
	uint8_t leap_second;   /* one is put in before this second, or the one before left out */
	bool leap_by_dut1;     /* a leap second is left out when DUT1 is positive */
	bool leap_marker;      /* the second that is put in is a marker, else a 0 */
};

#define RADIO_STATION_COUNT 4

extern const struct radio_station radio_station_msf, radio_station_dcf77, radio_station_wwvb,
	radio_station_jjy;
extern const struct radio_station *const radio_stations[RADIO_STATION_COUNT];

/* By name, in lower case; NULL: none of them. "jjy" stands for both 40 and 60 kHz. */
const struct radio_station *radio_station_find(const char *name);

unsigned radio_symbol_count(unsigned symbol_mask);
bool radio_station_is_marker(const struct radio_station *station, unsigned second);
/* The bits of a field's value: bit i for field->bits[i]. */
unsigned radio_field_encode(const struct radio_field *field, unsigned value);
unsigned radio_field_decode(const struct radio_field *field, unsigned bits);
/* Minutes 15 and 45 of JJY: whether this second carries Morse or messages instead of the code. */
bool radio_station_is_call_sign(const struct radio_station *station, unsigned minute,
                                unsigned second);

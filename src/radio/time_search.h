/* radio/time_search: which time the last hour of minutes spells, and how sure that is.
 * SPDX-License-Identifier: MIT
 *
 * Keeps what each symbol of up to an hour of minutes could have been, and asks every time there is
 * (each minute of a day, each date of a century, summer time or not, a change of it within the
 * hour) how well it explains all of them, counting back one minute a minute. One hypothesis must
 * beat all others together, and noise besides, by odds that are told in nats (natural logarithms).
 */
#pragma once

#include "radio/frame.h"

#define TIME_SEARCH_MINUTES_MAX 60
#define TIME_SEARCH_YEARS       100

enum summer_change { SUMMER_STEADY, SUMMER_BEGAN, SUMMER_ENDED };

struct time_guess {
	int64_t days;          /* local date, since 1970-01-01 */
	int32_t minute_of_day; /* local */
	bool is_summer_time;
	enum summer_change change; /* within the hour before the label */
	float time_odds_nats;      /* of the time of day against all others */
	float date_odds_nats;
	float signal_nats; /* of all minutes being this time against being noise */
};

/* How well one minute fits a guess. */
struct minute_fit {
	float signal_nats;      /* against noise with the same mix of symbols */
	float told;             /* symbols that are clear, softly counted */
	float wrong;            /* those of them that are not what they should be */
	unsigned wrong_count;   /* symbols whose likeliest reading is not allowed */
	uint64_t wrong_seconds; /* bit n */
};

struct search_minute {
	int64_t number; /* counts minutes; gaps are gaps */
	float chances[RADIO_FRAME_SECONDS][RADIO_SYMBOL_COUNT];
	float doubt; /* chance that a symbol was replaced by noise, however clear it looks */
	float bit_nats[RADIO_FRAME_SECONDS][2][2]; /* second, stream, value: against even odds */
	float minute_nats[60], hour_nats[24], time_parity_nats[2], summer_nats[2];
};

struct time_search {
	const struct radio_station *station;
	int32_t pivot_year;           /* the first of the hundred years */
	bool summer_change_announced; /* a hint that makes SUMMER_BEGAN and SUMMER_ENDED likelier */
	float summer_prior_nats[2];
	float even_chance; /* of each symbol that the station has */
	uint16_t code[RADIO_FIELD_COUNT][RADIO_FIELD_LIMIT]; /* bits of each value */
	bool odd[RADIO_FIELD_COUNT][RADIO_FIELD_LIMIT];      /* has an odd number of ones */
	unsigned count;                                      /* minutes held, newest last */
	struct search_minute minutes[TIME_SEARCH_MINUTES_MAX];
};

void time_search_init(struct time_search *search, const struct radio_station *station,
                      int32_t pivot_year);
void time_search_clear(struct time_search *search);
/* Adds a minute; drops those that are an hour older. `number` is above that of all before. */
void time_search_add(struct time_search *search, int64_t number,
                     float chances[RADIO_FRAME_SECONDS][RADIO_SYMBOL_COUNT]);
void time_search_drop_newest(struct time_search *search); /* call with count >= 1 */
/* The best time for the newest minute's label. Call with count >= 1. */
struct time_guess time_search_find(struct time_search *search);
/* The `index`th minute under the guess for the newest. */
struct minute_fit time_search_fit(const struct time_search *search, const struct time_guess *guess,
                                  unsigned index);
/* The symbols that the guess allows the `age`-minutes-older minute in each second, as bit masks. */
void time_search_allowed(const struct time_search *search, const struct time_guess *guess,
                         int64_t age, uint8_t allowed_out[RADIO_FRAME_SECONDS]);
/* Summed evidence for a flag in the newest `minutes` minutes: above 0 it is set. */
float time_search_flag_nats(const struct time_search *search, struct radio_flag flag,
                            unsigned minutes);
/* DUT1 in tenths, with its odds against all other values; -INFINITY when the station sends none. */
float time_search_dut1(const struct time_search *search, int *tenths_out);

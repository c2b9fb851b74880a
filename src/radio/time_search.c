/* SPDX-License-Identifier: MIT */
#include "radio/time_search.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "radio/contest.h"
#include "radio/date_search.h"
#include "radio/summer_time.h"
#include "radio/time_evidence.h"
#include "radio/time_label.h"
#include "timescale/civil.h"

#define MINUTES_A_DAY 1440
#define FIRST_DOUBT   0.15F
/* The doubt about all minutes is learned as if 40 symbols had been seen before, of which half a one
 * wrong; that about each of them as if 40 had, as many of them wrong as among all. */
#define PRIOR_WRONG 0.5F
#define PRIOR_COUNT 40.0F
/* Odds against the clocks changing, per hour in which they may; and when it has been announced. */
#define CHANGE_PRIOR_NATS    (-8.0F)
#define ANNOUNCED_PRIOR_NATS (-1.0F)
#define SURE_DATE_NATS       8.0F
#define UNLAWFUL_NATS        (-5.0F)

void time_search_init(struct time_search *search, const struct radio_station *station,
                      int32_t pivot_year)
{
	memset(search, 0, sizeof *search);
	search->station = station;
	search->pivot_year = pivot_year;
	search->even_chance = 1.0F / (float)radio_symbol_count(station->symbol_mask);
	for (unsigned kind = 0; kind < RADIO_FIELD_COUNT; kind++) {
		for (unsigned value = 0; value < RADIO_FIELD_LIMIT; value++) {
			search->code[kind][value] =
				(uint16_t)radio_field_encode(&station->fields[kind], value);
			search->odd[kind][value] = time_evidence_is_odd(search->code[kind][value]);
		}
	}
}

void time_search_clear(struct time_search *search)
{
	search->count = 0;
}

void time_search_add(struct time_search *search, int64_t number,
                     float chances[RADIO_FRAME_SECONDS][RADIO_SYMBOL_COUNT])
{
	unsigned dropped = search->count == TIME_SEARCH_MINUTES_MAX;
	struct search_minute *minute;

	assert(search->count == 0 || number > search->minutes[search->count - 1].number);
	while (dropped < search->count &&
	       search->minutes[dropped].number <= number - TIME_SEARCH_MINUTES_MAX)
		dropped++;
	search->count -= dropped;
	memmove(search->minutes, search->minutes + dropped,
	        search->count * sizeof search->minutes[0]);
	minute = &search->minutes[search->count++];
	memset(minute, 0, sizeof *minute);
	minute->number = number;
	minute->doubt = FIRST_DOUBT;
	memcpy(minute->chances, chances, sizeof minute->chances);
	time_evidence_weigh(search, minute);
}

static bool summer_before(bool is_summer, enum summer_change change, int minute_of_day, int64_t age)
{
	return change != SUMMER_STEADY && age > minute_of_day % 60 ? !is_summer : is_summer;
}

static float time_nats(const struct time_search *search, const struct time_guess *guess)
{
	float sum = 0;

	for (unsigned i = 0; i < search->count; i++) {
		const struct search_minute *minute = &search->minutes[i];
		const int64_t age = time_label_age(search, i);
		const int label = time_label_modulo_day(
			time_label_before(guess->minute_of_day, guess->change, age));
		const bool odd =
			search->odd[RADIO_HOUR][label / 60] ^ search->odd[RADIO_MINUTE][label % 60];

		sum += minute->minute_nats[label % 60] + minute->hour_nats[label / 60] +
		       minute->time_parity_nats[odd] +
		       minute->summer_nats[summer_before(guess->is_summer_time, guess->change,
		                                         guess->minute_of_day, age)];
	}
	return sum;
}

void time_search_drop_newest(struct time_search *search)
{
	assert(search->count >= 1);
	search->count--;
}

/* Europe's clocks change at 01:00 UTC; only in the hour after it can a change lie behind, and only
 * minutes from before it make it another hypothesis than none. */
static enum summer_change possible_change(const struct time_search *search, int minute_of_day,
                                          bool is_summer)
{
	const int base_hour = search->station->utc_offset_s / 3600 + 1;

	if (search->station->summer.second == 0 ||
	    time_label_age(search, 0) <= minute_of_day % 60 ||
	    minute_of_day / 60 != base_hour + is_summer)
		return SUMMER_STEADY;
	return is_summer ? SUMMER_BEGAN : SUMMER_ENDED;
}

/* What all minutes say for each label of the newest, if no clock was changed. */
static void sum_steady(const struct time_search *search, float sums_out[MINUTES_A_DAY])
{
	bool odd_minute[60], odd_hour[24];

	memset(sums_out, 0, MINUTES_A_DAY * sizeof *sums_out);
	for (unsigned v = 0; v < 60; v++)
		odd_minute[v] = search->odd[RADIO_MINUTE][v];
	for (unsigned v = 0; v < 24; v++)
		odd_hour[v] = search->odd[RADIO_HOUR][v];
	for (unsigned i = 0; i < search->count; i++) {
		const struct search_minute *minute = &search->minutes[i];
		unsigned newest = (unsigned)time_label_age(search, i);

		for (unsigned hour = 0; hour < 24; hour++) {
			for (unsigned v = 0; v < 60; v++) {
				sums_out[newest++ % MINUTES_A_DAY] +=
					minute->minute_nats[v] + minute->hour_nats[hour] +
					minute->time_parity_nats[odd_minute[v] ^ odd_hour[hour]];
			}
		}
	}
}

static float log_sum(float a, float b)
{
	const float larger = a > b ? a : b;

	return larger + (float)log(exp((double)(a - larger)) + exp((double)(b - larger)));
}

/* Whether the clocks were changed before it or not, it is the same time now: one contestant. */
static void try_time(const struct time_search *search, float steady, int minute_of_day,
                     bool is_summer, struct contest *contest, struct time_guess *guess)
{
	struct time_guess candidate = {
		.minute_of_day = minute_of_day,
		.is_summer_time = is_summer,
		.change = possible_change(search, minute_of_day, is_summer),
	};
	float score = steady;

	if (candidate.change != SUMMER_STEADY) {
		const float changed = time_nats(search, &candidate) +
		                      (search->summer_change_announced ? ANNOUNCED_PRIOR_NATS
		                                                       : CHANGE_PRIOR_NATS);

		score = log_sum(steady, changed);
		if (changed < steady)
			candidate.change = SUMMER_STEADY;
	}
	if (contest_enter(contest, score)) {
		guess->minute_of_day = minute_of_day;
		guess->is_summer_time = is_summer;
		guess->change = candidate.change;
	}
}

static void find_time(const struct time_search *search, struct time_guess *guess)
{
	const unsigned summers = search->station->summer.second > 0 ? 2 : 1;
	struct contest contest = CONTEST_BEGIN;
	float sums[MINUTES_A_DAY], summer[2];

	sum_steady(search, sums);
	memcpy(summer, search->summer_prior_nats, sizeof summer);
	for (unsigned i = 0; i < search->count; i++) {
		summer[0] += search->minutes[i].summer_nats[0];
		summer[1] += search->minutes[i].summer_nats[1];
	}
	for (int minute = 0; minute < MINUTES_A_DAY; minute++) {
		for (unsigned is_summer = 0; is_summer < summers; is_summer++)
			try_time(search, sums[minute] + summer[is_summer], minute, is_summer,
			         &contest, guess);
	}
	guess->time_odds_nats = contest_odds(&contest);
}

static struct radio_label label_of(const struct radio_station *station, int64_t days,
                                   int minute_of_day)
{
	const int64_t local_s = days * 86400 + minute_of_day * INT64_C(60);

	return radio_label_of(
		station, (struct utc_time){ (local_s - station->utc_offset_s) * NS_PER_S }, false);
}

static uint8_t symbols_with(enum radio_stream stream, bool value)
{
	static const uint8_t masks[2][2] = {
		{ 1 << RADIO_SYMBOL_0 | 1 << RADIO_SYMBOL_B,
		  1 << RADIO_SYMBOL_A | 1 << RADIO_SYMBOL_AB },
		{ 1 << RADIO_SYMBOL_0 | 1 << RADIO_SYMBOL_A,
		  1 << RADIO_SYMBOL_B | 1 << RADIO_SYMBOL_AB },
	};

	return masks[stream][value];
}

static void allow_flag(struct radio_flag flag, bool value, uint8_t *allowed)
{
	if (flag.second > 0)
		allowed[flag.second] &= symbols_with(flag.stream, value);
}

static void allow_time(const struct time_search *search, const struct radio_label *label,
                       uint8_t *allowed)
{
	const struct radio_station *station = search->station;

	for (unsigned kind = 0; kind < RADIO_FIELD_COUNT; kind++) {
		const struct radio_field *field = &station->fields[kind];

		for (unsigned i = 0; i < field->bit_count; i++)
			allowed[field->bits[i].second] &= symbols_with(
				RADIO_A, search->code[kind][label->values[kind]] >> i & 1);
	}
	for (unsigned i = 0; i < station->parity_count; i++) {
		const struct radio_parity *parity = &station->parities[i];
		bool odd = parity->is_odd;

		for (unsigned kind = 0; kind < RADIO_FIELD_COUNT; kind++) {
			if (parity->field_mask >> kind & 1)
				odd ^= search->odd[kind][label->values[kind]];
		}
		allowed[parity->second] &= symbols_with(parity->stream, odd);
	}
	allow_flag(station->leap_year, civil_is_leap_year(label->year), allowed);
}

void time_search_allowed(const struct time_search *search, const struct time_guess *guess,
                         int64_t age, uint8_t allowed_out[RADIO_FRAME_SECONDS])
{
	const struct radio_station *station = search->station;
	const uint8_t bits = station->symbol_mask & (uint8_t) ~(1U << RADIO_SYMBOL_MARKER);
	const struct radio_label label = label_of(
		station, guess->days, time_label_before(guess->minute_of_day, guess->change, age));
	const bool is_summer =
		summer_before(guess->is_summer_time, guess->change, guess->minute_of_day, age);

	memset(allowed_out, bits, RADIO_FRAME_SECONDS);
	for (unsigned i = 0; i < station->fixed_count; i++)
		allowed_out[station->fixed[i].second] &=
			symbols_with(station->fixed[i].stream, station->fixed[i].value);
	allow_time(search, &label, allowed_out);
	allow_flag(station->summer, is_summer, allowed_out);
	allow_flag(station->not_summer, !is_summer, allowed_out);
	for (unsigned second = 0; second < RADIO_FRAME_SECONDS; second++) {
		if (radio_station_is_marker(station, second))
			allowed_out[second] = 1 << RADIO_SYMBOL_MARKER;
		if (radio_station_is_call_sign(station, label.values[RADIO_MINUTE], second))
			allowed_out[second] = station->symbol_mask;
	}
}

/* What noise would do that sends each symbol as often as this minute has it. */
static void mix_of(const struct time_search *search, const struct search_minute *minute,
                   float mix_out[RADIO_SYMBOL_COUNT])
{
	for (unsigned s = 0; s < RADIO_SYMBOL_COUNT; s++) {
		mix_out[s] = 0;
		for (unsigned second = 0; second < RADIO_FRAME_SECONDS; second++)
			mix_out[s] += time_evidence_chance(search, minute, second, s) /
			              RADIO_FRAME_SECONDS;
	}
}

/* 0..1: how much a second says, whatever that is: 0 when all symbols are as likely. */
static float clearness(const struct time_search *search, const float *chances)
{
	const float even = search->even_chance;
	float squares = 0;

	for (unsigned s = 0; s < RADIO_SYMBOL_COUNT; s++)
		squares += chances[s] * chances[s];
	return (squares - even) / (1 - even);
}

struct minute_fit time_search_fit(const struct time_search *search, const struct time_guess *guess,
                                  unsigned index)
{
	const struct search_minute *minute = &search->minutes[index];
	uint8_t allowed[RADIO_FRAME_SECONDS];
	float mix[RADIO_SYMBOL_COUNT];
	struct minute_fit fit = { 0 };

	time_search_allowed(search, guess, time_label_age(search, index), allowed);
	mix_of(search, minute, mix);
	for (unsigned second = 0; second < RADIO_FRAME_SECONDS; second++) {
		const float told = clearness(search, minute->chances[second]);
		float fits = 0, mixed = 0, noise = 0, certain = 0;
		unsigned likeliest = 0;

		if (allowed[second] == search->station->symbol_mask)
			continue; /* anything goes: no evidence */
		for (unsigned s = 0; s < RADIO_SYMBOL_COUNT; s++) {
			const float chance = time_evidence_chance(search, minute, second, s);

			if (allowed[second] >> s & 1) {
				fits += chance * mix[s];
				mixed += mix[s];
				certain += minute->chances[second][s];
			}
			noise += chance * mix[s];
			if (minute->chances[second][s] > minute->chances[second][likeliest])
				likeliest = s;
		}
		fit.signal_nats += time_evidence_nats(fits / mixed / noise);
		fit.told += told;
		fit.wrong += told * (1 - certain);
		if (!(allowed[second] >> likeliest & 1)) {
			fit.wrong_count++;
			fit.wrong_seconds |= UINT64_C(1) << second;
		}
	}
	return fit;
}

/* Each minute is believed as far as it agrees with the best guess, and as all of them do. Seconds
 * that say nothing, as in a fade, are no reason to doubt the others. */
static void learn_doubts(struct time_search *search, const struct time_guess *guess)
{
	struct minute_fit fits[TIME_SEARCH_MINUTES_MAX];
	float told = PRIOR_COUNT, wrong = PRIOR_WRONG;

	for (unsigned i = 0; i < search->count; i++) {
		fits[i] = time_search_fit(search, guess, i);
		told += fits[i].told;
		wrong += fits[i].wrong;
	}
	for (unsigned i = 0; i < search->count; i++) {
		struct search_minute *minute = &search->minutes[i];
		const float doubt =
			(fits[i].wrong + PRIOR_COUNT * wrong / told) / (fits[i].told + PRIOR_COUNT);

		if (fabs((double)(doubt - minute->doubt)) < 0.1 * (double)minute->doubt)
			continue;
		minute->doubt = doubt;
		time_evidence_weigh(search, minute);
	}
}

/* The law says when summer time is in force, and laws change: so it is only a hint, and none on the
 * days of the change. It helps because nothing else protects that bit. */
static void expect_summer(struct time_search *search, const struct time_guess *guess)
{
	const enum radio_summer_rule rule = search->station->summer_rule;
	const struct utc_time morning = { guess->days * 86400 * NS_PER_S };
	const struct utc_time evening = { morning.ns + 86400 * NS_PER_S };
	const bool is_summer = radio_is_summer_time(rule, morning);

	search->summer_prior_nats[0] = search->summer_prior_nats[1] = 0;
	if (guess->date_odds_nats > SURE_DATE_NATS &&
	    is_summer == radio_is_summer_time(rule, evening))
		search->summer_prior_nats[!is_summer] = UNLAWFUL_NATS;
}

struct time_guess time_search_find(struct time_search *search)
{
	struct time_guess guess = { 0 };

	assert(search->count >= 1);
	search->summer_prior_nats[0] = search->summer_prior_nats[1] = 0;
	for (unsigned pass = 0; pass < 2; pass++) {
		find_time(search, &guess);
		date_search_find(search, &guess);
		if (pass == 0) {
			learn_doubts(search, &guess);
			expect_summer(search, &guess);
		}
	}
	guess.signal_nats = 0;
	for (unsigned i = 0; i < search->count; i++)
		guess.signal_nats += time_search_fit(search, &guess, i).signal_nats;
	return guess;
}

float time_search_flag_nats(const struct time_search *search, struct radio_flag flag,
                            unsigned minutes)
{
	float sum = 0;

	for (unsigned i = search->count; flag.second > 0 && i > 0; i--) {
		if (time_label_age(search, i - 1) >= minutes)
			break;
		sum += time_evidence_flag_nats(&search->minutes[i - 1], flag, true) -
		       time_evidence_flag_nats(&search->minutes[i - 1], flag, false);
	}
	return sum;
}

static float dut1_nats(const struct time_search *search, int tenths, bool is_negative)
{
	const int size = tenths < 0 ? -tenths : tenths;
	float sum = 0;

	for (unsigned m = 0; m < search->count; m++) {
		const struct search_minute *minute = &search->minutes[m];

		if (search->station->dut1 == RADIO_DUT1_UNARY) {
			for (int i = 0; i < 8; i++)
				sum += minute->bit_nats[1 + i][RADIO_B][i < tenths] +
				       minute->bit_nats[9 + i][RADIO_B][i < -tenths];
			continue;
		}
		sum += minute->bit_nats[36][RADIO_A][!is_negative] +
		       minute->bit_nats[37][RADIO_A][is_negative] +
		       minute->bit_nats[38][RADIO_A][!is_negative];
		for (int i = 0; i < 4; i++)
			sum += minute->bit_nats[40 + i][RADIO_A][size >> (3 - i) & 1];
	}
	return sum;
}

float time_search_dut1(const struct time_search *search, int *tenths_out)
{
	const int limit = search->station->dut1 == RADIO_DUT1_UNARY ? 8 : 9;
	struct contest contest = CONTEST_BEGIN;

	if (search->station->dut1 == RADIO_DUT1_NONE)
		return -INFINITY;
	for (int tenths = -limit; tenths <= limit; tenths++) {
		float nats = dut1_nats(search, tenths, tenths < 0);

		if (tenths == 0) /* minus nothing is nothing too */
			nats = (float)fmax((double)nats, (double)dut1_nats(search, 0, true));
		if (contest_enter(&contest, nats))
			*tenths_out = tenths;
	}
	return contest_odds(&contest);
}

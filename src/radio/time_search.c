/* SPDX-License-Identifier: MIT */
#include "radio/time_search.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "radio/summer_time.h"
#include "timescale/civil.h"

#define MINUTES_A_DAY 1440
#define FIRST_DOUBT   0.15F
/* The doubt about a minute is learned as if 40 symbols had been seen before, of which 2 wrong. */
#define PRIOR_WRONG 2.0F
#define PRIOR_COUNT 40.0F
/* Odds against the clocks changing, per hour in which they may; and when it has been announced. */
#define CHANGE_PRIOR_NATS    (-8.0F)
#define ANNOUNCED_PRIOR_NATS (-1.0F)
#define SURE_DATE_NATS       8.0F
#define UNLAWFUL_NATS        (-5.0F)

static float nats(float chance)
{
	return (float)log((double)chance);
}

static bool is_odd(unsigned bits)
{
	bits ^= bits >> 8;
	bits ^= bits >> 4;
	return 0x6996 >> (bits & 15) & 1;
}

void time_search_init(struct time_search *search, const struct radio_station *station,
                      int32_t pivot_year)
{
	memset(search, 0, sizeof *search);
	search->station = station;
	search->pivot_year = pivot_year;
	for (unsigned kind = 0; kind < RADIO_FIELD_COUNT; kind++) {
		for (unsigned value = 0; value < RADIO_FIELD_LIMIT; value++) {
			search->code[kind][value] =
				(uint16_t)radio_field_encode(&station->fields[kind], value);
			search->odd[kind][value] = is_odd(search->code[kind][value]);
		}
	}
}

void time_search_clear(struct time_search *search)
{
	search->count = 0;
}

/* The chance of a symbol when some are replaced by noise. */
static float doubted(const struct time_search *search, const struct search_minute *minute,
                     unsigned second, unsigned symbol)
{
	const float noise = 1.0F / (float)radio_symbol_count(search->station->symbol_mask);

	if (!(search->station->symbol_mask >> symbol & 1))
		return 0;
	return (1 - minute->doubt) * minute->chances[second][symbol] + minute->doubt * noise;
}

static void weigh_bits(const struct time_search *search, struct search_minute *minute,
                       unsigned second)
{
	float p[RADIO_SYMBOL_COUNT], even;
	float(*bits)[2] = minute->bit_nats[second];

	for (unsigned s = 0; s < RADIO_SYMBOL_COUNT; s++)
		p[s] = doubted(search, minute, second, s);
	even = (p[0] + p[1] + p[2] + p[3]) / 2;
	bits[RADIO_A][0] = nats((p[0] + p[2]) / even);
	bits[RADIO_A][1] = nats((p[1] + p[3]) / even);
	if (!(search->station->symbol_mask >> RADIO_SYMBOL_B & 1))
		return;
	bits[RADIO_B][0] = nats((p[0] + p[1]) / even);
	bits[RADIO_B][1] = nats((p[2] + p[3]) / even);
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

#define TIME_FIELDS (1U << RADIO_MINUTE | 1U << RADIO_HOUR)

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

static float flag_nats(const struct search_minute *minute, struct radio_flag flag, bool value)
{
	return flag.second == 0 ? 0 : minute->bit_nats[flag.second][flag.stream][value];
}

static void weigh(const struct time_search *search, struct search_minute *minute)
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
		minute->summer_nats[summer] = flag_nats(minute, station->summer, summer) +
		                              flag_nats(minute, station->not_summer, !summer);
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
	weigh(search, minute);
}

static int64_t age_of(const struct time_search *search, unsigned index)
{
	return search->minutes[search->count - 1].number - search->minutes[index].number;
}

/* The label of the minute `age` before, as minutes of the newest label's day; may be negative. */
static int label_before(int minute_of_day, enum summer_change change, int64_t age)
{
	const int label = minute_of_day - (int)age;

	if (change == SUMMER_STEADY || age <= minute_of_day % 60)
		return label;
	return change == SUMMER_BEGAN ? label - 60 : label + 60;
}

static bool summer_before(bool is_summer, enum summer_change change, int minute_of_day, int64_t age)
{
	return change != SUMMER_STEADY && age > minute_of_day % 60 ? !is_summer : is_summer;
}

static int modulo_day(int minute_of_day)
{
	return (minute_of_day + MINUTES_A_DAY) % MINUTES_A_DAY;
}

static float time_nats(const struct time_search *search, const struct time_guess *guess)
{
	float sum = 0;

	for (unsigned i = 0; i < search->count; i++) {
		const struct search_minute *minute = &search->minutes[i];
		const int64_t age = age_of(search, i);
		const int label =
			modulo_day(label_before(guess->minute_of_day, guess->change, age));
		const bool odd =
			search->odd[RADIO_HOUR][label / 60] ^ search->odd[RADIO_MINUTE][label % 60];

		sum += minute->minute_nats[label % 60] + minute->hour_nats[label / 60] +
		       minute->time_parity_nats[odd] +
		       minute->summer_nats[summer_before(guess->is_summer_time, guess->change,
		                                         guess->minute_of_day, age)];
	}
	return sum;
}

/* The best hypothesis so far, and all others together. */
struct contest {
	float best, others; /* nats; exp(others) = sum of exp over the others, relative to best */
};

static bool contest_enter(struct contest *contest, float score)
{
	if (score > contest->best) {
		contest->others =
			(float)((contest->others + 1) * exp((double)(contest->best - score)));
		contest->best = score;
		return true;
	}
	if (score > contest->best - 60)
		contest->others += (float)exp((double)(score - contest->best));
	return false;
}

static float contest_odds(const struct contest *contest)
{
	return contest->others > 0 ? -nats(contest->others) : 60;
}

static void try_time(const struct time_search *search, const struct time_guess *candidate,
                     float prior, struct contest *contest, struct time_guess *guess)
{
	if (contest_enter(contest, prior + time_nats(search, candidate))) {
		guess->minute_of_day = candidate->minute_of_day;
		guess->is_summer_time = candidate->is_summer_time;
		guess->change = candidate->change;
	}
}

/* Europe's clocks change at 01:00 UTC; only in the hour after it can a change lie behind, and only
 * minutes from before it make it another hypothesis than none. */
static void try_changes(const struct time_search *search, int minute_of_day,
                        struct contest *contest, struct time_guess *guess)
{
	const int base_hour = search->station->utc_offset_s / 3600 + 1;
	const float prior =
		search->summer_change_announced ? ANNOUNCED_PRIOR_NATS : CHANGE_PRIOR_NATS;
	struct time_guess candidate = { .minute_of_day = minute_of_day };

	if (age_of(search, 0) <= minute_of_day % 60)
		return;
	if (minute_of_day / 60 == base_hour + 1) {
		candidate.is_summer_time = true;
		candidate.change = SUMMER_BEGAN;
		try_time(search, &candidate, prior, contest, guess);
	} else if (minute_of_day / 60 == base_hour) {
		candidate.change = SUMMER_ENDED;
		try_time(search, &candidate, prior, contest, guess);
	}
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
		unsigned newest = (unsigned)age_of(search, i);

		for (unsigned hour = 0; hour < 24; hour++) {
			for (unsigned v = 0; v < 60; v++) {
				sums_out[newest++ % MINUTES_A_DAY] +=
					minute->minute_nats[v] + minute->hour_nats[hour] +
					minute->time_parity_nats[odd_minute[v] ^ odd_hour[hour]];
			}
		}
	}
}

static void try_steady(float score, int minute_of_day, bool is_summer, struct contest *contest,
                       struct time_guess *guess)
{
	if (contest_enter(contest, score)) {
		guess->minute_of_day = minute_of_day;
		guess->is_summer_time = is_summer;
		guess->change = SUMMER_STEADY;
	}
}

static void find_time(const struct time_search *search, struct time_guess *guess)
{
	const bool has_summer = search->station->summer.second > 0;
	struct contest contest = { .best = -1e30F };
	float sums[MINUTES_A_DAY], summer[2];

	sum_steady(search, sums);
	memcpy(summer, search->summer_prior_nats, sizeof summer);
	for (unsigned i = 0; i < search->count; i++) {
		summer[0] += search->minutes[i].summer_nats[0];
		summer[1] += search->minutes[i].summer_nats[1];
	}
	for (int minute = 0; minute < MINUTES_A_DAY; minute++) {
		try_steady(sums[minute] + summer[0], minute, false, &contest, guess);
		if (!has_summer)
			continue;
		try_steady(sums[minute] + summer[1], minute, true, &contest, guess);
		try_changes(search, minute, &contest, guess);
	}
	guess->time_odds_nats = contest_odds(&contest);
}

/* All minutes of one local day together, as tables over the values of a date. */
struct date_tables {
	bool is_empty;
	float nats[RADIO_FIELD_COUNT][RADIO_FIELD_LIMIT];
	float parity_nats[RADIO_PARITIES_MAX][2];
	float leap_year_nats[2];
};

static bool is_date_field(unsigned kind)
{
	return kind != RADIO_MINUTE && kind != RADIO_HOUR;
}

static void add_minute(const struct time_search *search, const struct search_minute *minute,
                       int label, struct date_tables *tables)
{
	const struct radio_station *station = search->station;
	const bool is_short = radio_station_is_call_sign(station, (unsigned)label % 60, 50);

	tables->is_empty = false;
	for (unsigned kind = 0; kind < RADIO_FIELD_COUNT; kind++) {
		const struct radio_field *field = &station->fields[kind];

		if (!is_date_field(kind) || (is_short && kind != RADIO_YEARDAY))
			continue;
		for (unsigned i = 0; i < field->bit_count; i++) {
			tables->nats[kind][2 * i] += minute->bit_nats[field->bits[i].second][0][0];
			tables->nats[kind][2 * i + 1] +=
				minute->bit_nats[field->bits[i].second][0][1];
		}
	}
	for (unsigned i = 0; i < station->parity_count; i++) {
		const struct radio_parity *parity = &station->parities[i];

		for (unsigned value = 0; value < 2; value++)
			tables->parity_nats[i][value ^ parity->is_odd] +=
				parity->field_mask & ~TIME_FIELDS
					? minute->bit_nats[parity->second][parity->stream][value]
					: 0;
	}
	for (unsigned value = 0; value < 2; value++)
		tables->leap_year_nats[value] += flag_nats(minute, station->leap_year, value);
}

/* From sums for each bit to sums for each value, in place. */
static void spread(const struct time_search *search, struct date_tables *tables)
{
	for (unsigned kind = 0; kind < RADIO_FIELD_COUNT; kind++) {
		float bits[2 * RADIO_FIELD_BITS_MAX];

		memcpy(bits, tables->nats[kind], sizeof bits);
		for (unsigned value = 0; value < RADIO_FIELD_LIMIT; value++) {
			tables->nats[kind][value] = 0;
			for (unsigned i = 0; i < search->station->fields[kind].bit_count; i++)
				tables->nats[kind][value] +=
					bits[2 * i + (search->code[kind][value] >> i & 1)];
		}
	}
}

static float date_nats(const struct time_search *search, const struct date_tables *tables,
                       const struct radio_label *date)
{
	const struct radio_station *station = search->station;
	float sum = tables->leap_year_nats[date->year % 4 == 0 && civil_is_leap_year(date->year)];
	unsigned odd_mask = 0;

	for (unsigned kind = RADIO_YEAR; kind < RADIO_FIELD_COUNT; kind++) {
		sum += tables->nats[kind][date->values[kind]];
		odd_mask |= (unsigned)search->odd[kind][date->values[kind]] << kind;
	}
	for (unsigned i = 0; i < station->parity_count; i++)
		sum += tables->parity_nats[i][is_odd(odd_mask & station->parities[i].field_mask)];
	return sum;
}

static void next_day(const struct radio_station *station, struct radio_label *date)
{
	uint16_t *v = date->values;

	v[RADIO_WEEKDAY] = (uint16_t)(v[RADIO_WEEKDAY] % 7 + 1);
	if (v[RADIO_WEEKDAY] == 7)
		v[RADIO_WEEKDAY] = station->sunday;
	v[RADIO_YEARDAY]++;
	if (++v[RADIO_DAY] <= civil_month_days(date->year, v[RADIO_MONTH]))
		return;
	v[RADIO_DAY] = 1;
	if (++v[RADIO_MONTH] <= 12)
		return;
	v[RADIO_MONTH] = v[RADIO_YEARDAY] = 1;
	date->year++;
	v[RADIO_YEAR] = (uint16_t)(date->year % 100);
}

static void find_date(const struct time_search *search, struct time_guess *guess)
{
	const struct radio_station *station = search->station;
	const int64_t first = civil_days((struct civil_date){ search->pivot_year, 1, 1 });
	struct date_tables tables[2] = { { .is_empty = true }, { .is_empty = true } };
	struct radio_label date = radio_label_of(
		station, (struct utc_time){ (first * 86400 - station->utc_offset_s) * NS_PER_S },
		false);
	struct contest contest = { .best = -1e30F };
	float yesterday = 0;

	for (unsigned i = 0; i < search->count; i++) {
		const int label =
			label_before(guess->minute_of_day, guess->change, age_of(search, i));

		add_minute(search, &search->minutes[i], modulo_day(label), &tables[label < 0]);
	}
	spread(search, &tables[0]);
	spread(search, &tables[1]);
	for (int64_t day = 0; day < TIME_SEARCH_DAYS; day++) {
		if (contest_enter(&contest, date_nats(search, &tables[0], &date) + yesterday))
			guess->days = first + day;
		if (!tables[1].is_empty)
			yesterday = date_nats(search, &tables[1], &date);
		next_day(station, &date);
	}
	guess->date_odds_nats = contest_odds(&contest);
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
		station, guess->days, label_before(guess->minute_of_day, guess->change, age));
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
			mix_out[s] += doubted(search, minute, second, s) / RADIO_FRAME_SECONDS;
	}
}

struct minute_fit time_search_fit(const struct time_search *search, const struct time_guess *guess,
                                  unsigned index)
{
	const struct search_minute *minute = &search->minutes[index];
	uint8_t allowed[RADIO_FRAME_SECONDS];
	float mix[RADIO_SYMBOL_COUNT];
	struct minute_fit fit = { 0 };

	time_search_allowed(search, guess, age_of(search, index), allowed);
	mix_of(search, minute, mix);
	for (unsigned second = 0; second < RADIO_FRAME_SECONDS; second++) {
		float fits = 0, mixed = 0, noise = 0, certain = 0;
		unsigned likeliest = 0;

		if (allowed[second] == search->station->symbol_mask)
			continue; /* anything goes: no evidence */
		for (unsigned s = 0; s < RADIO_SYMBOL_COUNT; s++) {
			const float chance = doubted(search, minute, second, s);

			if (allowed[second] >> s & 1) {
				fits += chance * mix[s];
				mixed += mix[s];
				certain += minute->chances[second][s];
			}
			noise += chance * mix[s];
			if (minute->chances[second][s] > minute->chances[second][likeliest])
				likeliest = s;
		}
		fit.signal_nats += nats(fits / mixed / noise);
		fit.doubt += 1 - certain;
		if (!(allowed[second] >> likeliest & 1)) {
			fit.wrong_count++;
			fit.wrong_seconds |= UINT64_C(1) << second;
		}
	}
	fit.doubt = (fit.doubt + PRIOR_WRONG) / (RADIO_FRAME_SECONDS + PRIOR_COUNT);
	return fit;
}

/* Each minute is believed as far as it agrees with the best guess. */
static void learn_doubts(struct time_search *search, const struct time_guess *guess)
{
	for (unsigned i = 0; i < search->count; i++) {
		struct search_minute *minute = &search->minutes[i];
		const float doubt = time_search_fit(search, guess, i).doubt;

		if (fabs((double)(doubt - minute->doubt)) < 0.1 * (double)minute->doubt)
			continue;
		minute->doubt = doubt;
		weigh(search, minute);
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
		find_date(search, &guess);
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
		if (age_of(search, i - 1) >= minutes)
			break;
		sum += flag_nats(&search->minutes[i - 1], flag, true) -
		       flag_nats(&search->minutes[i - 1], flag, false);
	}
	return sum;
}

static float dut1_nats(const struct time_search *search, int tenths)
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
		sum += minute->bit_nats[36][RADIO_A][tenths >= 0] +
		       minute->bit_nats[37][RADIO_A][tenths < 0] +
		       minute->bit_nats[38][RADIO_A][tenths >= 0];
		for (int i = 0; i < 4; i++)
			sum += minute->bit_nats[40 + i][RADIO_A][size >> (3 - i) & 1];
	}
	return sum;
}

float time_search_dut1(const struct time_search *search, int *tenths_out)
{
	const int limit = search->station->dut1 == RADIO_DUT1_UNARY ? 8 : 9;
	struct contest contest = { .best = -1e30F };

	if (search->station->dut1 == RADIO_DUT1_NONE)
		return -INFINITY;
	for (int tenths = -limit; tenths <= limit; tenths++) {
		if (contest_enter(&contest, dut1_nats(search, tenths)))
			*tenths_out = tenths;
	}
	return contest_odds(&contest);
}

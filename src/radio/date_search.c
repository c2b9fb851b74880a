/* SPDX-License-Identifier: MIT */
#include "radio/date_search.h"

#include <string.h>

#include "radio/contest.h"
#include "radio/time_evidence.h"
#include "radio/time_label.h"
#include "timescale/civil.h"

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
		tables->leap_year_nats[value] +=
			time_evidence_flag_nats(minute, station->leap_year, value);
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
		sum += tables->parity_nats[i][time_evidence_is_odd(
			odd_mask & station->parities[i].field_mask)];
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

static float larger(float a, float b)
{
	return a > b ? a : b;
}

/* What a date can reach at most, whatever its year: by its other fields and the parities. */
static float most_beside_year(const struct time_search *search, const struct date_tables *tables)
{
	float sum = larger(tables->leap_year_nats[0], tables->leap_year_nats[1]);

	for (unsigned kind = 0; kind < RADIO_FIELD_COUNT; kind++) {
		float most = tables->nats[kind][0];

		for (unsigned value = 1; value < RADIO_FIELD_LIMIT; value++)
			most = larger(most, tables->nats[kind][value]);
		sum += is_date_field(kind) && kind != RADIO_YEAR ? most : 0;
	}
	for (unsigned i = 0; i < search->station->parity_count; i++)
		sum += larger(tables->parity_nats[i][0], tables->parity_nats[i][1]);
	return sum;
}

/* All days of a year; those of the year before matter to its first alone. */
static void try_year(const struct time_search *search, const struct date_tables tables[2],
                     int32_t year, struct contest *contest, int64_t *days_out)
{
	const struct radio_station *station = search->station;
	const int64_t first = civil_days((struct civil_date){ year, 1, 1 });
	const int64_t count = civil_is_leap_year(year) ? 366 : 365;
	struct radio_label date = radio_label_of(
		station, (struct utc_time){ (first * 86400 - station->utc_offset_s) * NS_PER_S },
		false);
	struct radio_label eve = radio_label_of(
		station,
		(struct utc_time){ ((first - 1) * 86400 - station->utc_offset_s) * NS_PER_S },
		false);
	float yesterday = tables[1].is_empty ? 0 : date_nats(search, &tables[1], &eve);

	for (int64_t day = 0; day < count; day++) {
		if (contest_enter(contest, date_nats(search, &tables[0], &date) + yesterday))
			*days_out = first + day;
		if (!tables[1].is_empty)
			yesterday = date_nats(search, &tables[1], &date);
		next_day(station, &date);
	}
}

void date_search_find(const struct time_search *search, struct time_guess *guess)
{
	struct date_tables tables[2] = { { .is_empty = true }, { .is_empty = true } };
	struct contest contest = CONTEST_BEGIN;
	float most[TIME_SEARCH_YEARS], beside_year; /* what a date of the year can reach */
	unsigned best = 0;

	for (unsigned i = 0; i < search->count; i++) {
		const int label = time_label_before(guess->minute_of_day, guess->change,
		                                    time_label_age(search, i));

		add_minute(search, &search->minutes[i], time_label_modulo_day(label),
		           &tables[label < 0]);
	}
	spread(search, &tables[0]);
	spread(search, &tables[1]);
	beside_year = most_beside_year(search, &tables[0]) + most_beside_year(search, &tables[1]);
	for (unsigned i = 0; i < ARRAY_COUNT(most); i++) {
		const unsigned year = ((unsigned)search->pivot_year + i) % 100;
		const float here = tables[1].nats[RADIO_YEAR][year];
		const float before = tables[1].nats[RADIO_YEAR][(year + 99) % 100];

		most[i] = beside_year + tables[0].nats[RADIO_YEAR][year] + larger(here, before);
		best = most[i] > most[best] ? i : best;
	}
	try_year(search, tables, search->pivot_year + (int32_t)best, &contest, &guess->days);
	for (unsigned i = 0; i < ARRAY_COUNT(most); i++) {
		if (i != best && most[i] > contest.best - CONTEST_REACH)
			try_year(search, tables, search->pivot_year + (int32_t)i, &contest,
			         &guess->days);
	}
	guess->date_odds_nats = contest_odds(&contest);
}

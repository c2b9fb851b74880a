/* radio/receiver_minute: the verdict on one minute. SPDX-License-Identifier: MIT */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "radio/receiver_state.h"
#include "timescale/civil.h"

/* There are 1440 times of a century of days, and 60 places where a minute may begin: noise that
 * fits one of them by chance must fit so much better than noise usually does (natural logarithm).
 */
#define HYPOTHESES_NATS   22.0F
#define SIGNAL_NATS_MIN   (HYPOTHESES_NATS + 10.0F) /* all minutes together */
#define MINUTE_NATS_MIN   6.0F                      /* the newest alone */
#define EXPECTED_NATS_MIN 3.0F                      /* the same, when it is the time expected */
#define MINUTES_MIN       2
#define LOCK_MINUTES      60
#define PRESENCE_MIN      0.25F
#define BEAT_MIN          0.25F
#define FLAG_NATS         10.0F
#define FLAG_MINUTES      10
#define LEAP_NATS         15.0F /* a false leap second does more harm than a late one */
#define LEAP_MINUTES      20
/* Leap seconds have come every few years, when announced nearly always, else nearly never. */
#define LEAP_PRIOR_NATS    (-7.0F)
#define DELETED_PRIOR_NATS (-10.0F)
#define ANNOUNCED_NATS_MAX 20.0F
#define LENGTH_NATS_MIN    6.0F             /* by which one length must beat the others */
#define OFF_BEAT_NS        (60 * NS_PER_MS) /* pulses farther from the beat are none of the second's */
/* Stamps that are all multiples of so much may be late by as much, and no mean makes that less. */
#define GRID_MIN_US 100
#define GRID_MAX_US 60000 /* above it cells of 100 ms could not be told */

const struct radio_slot *receiver_slot(const struct radio_receiver *receiver, uint64_t number)
{
	return &receiver->readings[receiver->active].history[number % HISTORY_SECONDS];
}

static int shift_of(const struct radio_station *station, unsigned second, unsigned length_s)
{
	return second >= station->leap_second ? (int)length_s - RADIO_FRAME_SECONDS : 0;
}

void receiver_frame_chances(const struct radio_receiver *receiver, uint64_t first_second,
                            unsigned length_s,
                            float chances_out[RADIO_FRAME_SECONDS][RADIO_SYMBOL_COUNT])
{
	const struct radio_station *station = receiver->config.station;

	for (unsigned second = 0; second < RADIO_FRAME_SECONDS; second++) {
		const int at = (int)second + shift_of(station, second, length_s);
		const struct radio_slot *slot =
			receiver_slot(receiver, first_second + (unsigned)at);

		memcpy(chances_out[second], slot->shape.chances, sizeof chances_out[second]);
		if (length_s < RADIO_FRAME_SECONDS && second + 1 == station->leap_second) {
			for (unsigned s = 0; s < RADIO_SYMBOL_COUNT; s++)
				chances_out[second][s] = 0.2F;
		}
	}
}

struct utc_time receiver_marker_utc(const struct radio_receiver *receiver,
                                    const struct time_guess *guess, int64_t age)
{
	const struct radio_station *station = receiver->config.station;
	const int64_t label_s = guess->days * 86400 + (guess->minute_of_day - age) * 60;
	const int64_t utc_s = label_s - station->utc_offset_s - (guess->is_summer_time ? 3600 : 0);

	return (struct utc_time){ (utc_s + (station->is_label_of_next ? 0 : 60)) * NS_PER_S };
}

static int64_t since_lock(const struct radio_receiver *receiver)
{
	return receiver->minute_number - receiver->lock_number;
}

bool receiver_is_locked(const struct radio_receiver *receiver)
{
	return receiver->has_lock && since_lock(receiver) <= LOCK_MINUTES;
}

/* Leap seconds end a UTC month (ITU-R TF.460-6). */
bool receiver_may_leap(const struct radio_receiver *receiver)
{
	int64_t end_s;

	if (!receiver_is_locked(receiver))
		return false;
	end_s = receiver_marker_utc(receiver, &receiver->lock_guess, -since_lock(receiver)).ns /
	        NS_PER_S;
	return end_s % 86400 == 0 && civil_date_of(end_s / 86400).day == 1;
}

static float symbol_nats(const struct radio_receiver *receiver, uint64_t second, uint8_t allowed)
{
	const uint8_t mask = receiver->config.station->symbol_mask;
	const struct radio_slot *slot = receiver_slot(receiver, second);
	const float count = (float)radio_symbol_count(mask);
	float chance = 0;

	for (unsigned s = 0; s < RADIO_SYMBOL_COUNT; s++) {
		if (allowed & mask & 1U << s)
			chance += 0.9F * slot->shape.chances[s] + 0.1F / count;
	}
	return (float)log((double)(chance * count / (float)radio_symbol_count(allowed & mask)));
}

/* How well LEAP_WAIT_SECONDS from the minute's first on fit a minute of that length and the next.
 */
static float length_nats(const struct radio_receiver *receiver, unsigned length_s)
{
	const struct radio_station *station = receiver->config.station;
	const uint64_t first = receiver->first_second;
	uint8_t allowed[RADIO_FRAME_SECONDS];
	float sum = 0;

	time_search_allowed(&receiver->search, &receiver->lock_guess, -since_lock(receiver),
	                    allowed);
	for (unsigned second = 0; second < RADIO_FRAME_SECONDS; second++) {
		const int at = (int)second + shift_of(station, second, length_s);

		if (length_s >= RADIO_FRAME_SECONDS || second + 1 != station->leap_second)
			sum += symbol_nats(receiver, first + (unsigned)at, allowed[second]);
	}
	if (length_s > RADIO_FRAME_SECONDS)
		sum += symbol_nats(receiver, first + station->leap_second,
		                   station->leap_marker ? 1 << RADIO_SYMBOL_MARKER
		                                        : 1 << RADIO_SYMBOL_0);
	time_search_allowed(&receiver->search, &receiver->lock_guess, -since_lock(receiver) - 1,
	                    allowed);
	for (unsigned at = length_s; at < LEAP_WAIT_SECONDS; at++)
		sum += symbol_nats(receiver, first + at, allowed[at - length_s]);
	return sum;
}

static bool is_leap_month(const struct radio_receiver *receiver, const struct time_guess *guess)
{
	const int64_t s = receiver_marker_utc(receiver, guess, 1).ns / NS_PER_S;

	return civil_date_of(s / 86400).month % 3 == 0;
}

unsigned receiver_minute_length(struct radio_receiver *receiver)
{
	const struct radio_station *station = receiver->config.station;
	float announced, nats[3];
	unsigned best = 1;

	receiver->length_is_sure = true;
	if (!receiver_may_leap(receiver))
		return RADIO_FRAME_SECONDS;
	announced = time_search_flag_nats(&receiver->search, station->leap_pending, LEAP_MINUTES);
	announced = (float)fmax(fmin((double)announced, (double)ANNOUNCED_NATS_MAX),
	                        (double)-ANNOUNCED_NATS_MAX);
	nats[0] = length_nats(receiver, 59) + DELETED_PRIOR_NATS + announced;
	nats[1] = length_nats(receiver, 60);
	nats[2] = length_nats(receiver, 61) + LEAP_PRIOR_NATS + announced;
	for (unsigned i = 0; i < 3; i += 2)
		best = nats[i] > nats[best] ? i : best;
	for (unsigned i = 0; i < 3; i++)
		receiver->length_is_sure &= i == best || nats[i] < nats[best] - LENGTH_NATS_MIN;
	return RADIO_FRAME_SECONDS - 1 + best;
}

/* The minute's symbols as received and what is wrong with them, without mercy. */
static void copy_symbols(const struct radio_receiver *receiver, uint64_t first_second,
                         unsigned length_s, struct radio_minute *minute)
{
	const struct radio_station *station = receiver->config.station;
	uint8_t frame[RADIO_FRAME_SECONDS];
	struct radio_label label;
	float presence = 0;

	minute->length_s = (uint8_t)length_s;
	for (unsigned i = 0; i < length_s; i++) {
		const struct radio_slot *slot = receiver_slot(receiver, first_second + i);

		minute->symbols[i] = slot->symbol;
		presence += slot->shape.presence / (float)length_s;
	}
	minute->presence = presence;
	for (unsigned second = 0; second < RADIO_FRAME_SECONDS; second++)
		frame[second] = minute->symbols[(int)second + shift_of(station, second, length_s)];
	minute->faults = radio_frame_decode(station, frame, receiver->config.pivot_year, &label);
}

static bool add_edges(struct radio_receiver *receiver, unsigned length_s)
{
	struct timing_edge edges[MINUTE_TIMING_EDGES_MAX];
	const uint64_t first = receiver->first_second;
	unsigned count = 0;

	for (uint64_t second = first; second < first + length_s; second++) {
		const struct radio_slot *slot = receiver_slot(receiver, second);

		if (slot->has_start && slot->shape.presence > 0.5F)
			edges[count++] = (struct timing_edge){ (int64_t)second, slot->start_ns };
	}
	return minute_timing_add(&receiver->timing, edges, count);
}

static double grid_sd_ns(const struct radio_receiver *receiver)
{
	const double grid_us = (double)receiver->grid_us;

	return grid_us >= GRID_MIN_US && grid_us <= GRID_MAX_US ? grid_us * 1e3 / sqrt(3) : 0;
}

/* Static before a fade's end can have taught a rate that no clock has: then this minute alone
 * counts.
 */
static bool measure(struct radio_receiver *receiver, unsigned length_s, struct radio_minute *minute)
{
	const uint64_t next = receiver->first_second + length_s;
	const int64_t beat_ns = receiver_slot(receiver, next - 1)->base_ns + NS_PER_S;
	double sd_ns;

	if (!add_edges(receiver, length_s))
		return false;
	minute->at.ns = minute_timing_at(&receiver->timing, (int64_t)next, &sd_ns);
	if (llabs(minute->at.ns - beat_ns) > OFF_BEAT_NS) {
		minute_timing_init(&receiver->timing);
		if (!add_edges(receiver, length_s))
			return false;
		minute->at.ns = minute_timing_at(&receiver->timing, (int64_t)next, &sd_ns);
	}
	minute->uncertainty_ns = hypot(sd_ns, grid_sd_ns(receiver));
	minute->rate_ppm = receiver->timing.rate * 1e6;
	minute->edge_sd_ms = (float)(receiver->timing.edge_sd_ns / NS_PER_MS);
	return llabs(minute->at.ns - beat_ns) <= OFF_BEAT_NS;
}

static enum radio_reason reason_of_bits(const struct radio_minute *minute)
{
	if (minute->presence < PRESENCE_MIN)
		return RADIO_REASON_NO_SIGNAL;
	if (minute->faults.markers)
		return RADIO_REASON_MARKERS;
	if (minute->faults.parities)
		return RADIO_REASON_PARITY;
	if (minute->faults.calendar != RADIO_CALENDAR_GOOD)
		return RADIO_REASON_CALENDAR;
	return RADIO_REASON_AMBIGUOUS;
}

static enum radio_reason refusal(const struct radio_receiver *receiver,
                                 const struct time_guess *guess, const struct minute_fit *fit,
                                 const struct radio_minute *minute)
{
	const bool is_expected =
		receiver_is_locked(receiver) &&
		receiver_marker_utc(receiver, &receiver->lock_guess, -since_lock(receiver)).ns ==
			receiver_marker_utc(receiver, guess, 0).ns;

	if ((double)minute->odds_nats < receiver->config.odds_nats ||
	    receiver->search.count < MINUTES_MIN)
		return reason_of_bits(minute);
	if (minute->presence < PRESENCE_MIN)
		return RADIO_REASON_NO_SIGNAL;
	if (receiver_is_locked(receiver) && !is_expected)
		return RADIO_REASON_CONTRADICTION;
	if (!receiver->length_is_sure)
		return RADIO_REASON_AMBIGUOUS;
	if (guess->signal_nats < SIGNAL_NATS_MIN ||
	    fit->signal_nats < (is_expected ? EXPECTED_NATS_MIN : MINUTE_NATS_MIN))
		return minute->faults.markers ? RADIO_REASON_MARKERS : RADIO_REASON_NOISE;
	return RADIO_REASON_NONE;
}

/* Announcements begin and end with an hour, so only the frames of this hour are asked. */
static enum radio_answer answer(const struct radio_receiver *receiver, struct radio_flag flag,
                                const struct time_guess *guess, bool is_leap)
{
	const bool is_next = receiver->config.station->is_label_of_next;
	const unsigned this_hour = (unsigned)(guess->minute_of_day + (is_next ? 59 : 0)) % 60 + 1;
	const unsigned minutes = is_leap ? LEAP_MINUTES : FLAG_MINUTES;
	const float limit = is_leap ? LEAP_NATS : FLAG_NATS;
	const float nats = time_search_flag_nats(&receiver->search, flag,
	                                         this_hour < minutes ? this_hour : minutes);

	return nats > limit ? RADIO_YES : nats < -limit ? RADIO_NO : RADIO_UNKNOWN;
}

/* A leap second ends March, June, September or December; Europe's stations announce it for the
 * month's last hour alone. Anything else is noise in that bit. */
static enum radio_answer leap_answer(const struct radio_receiver *receiver,
                                     const struct time_guess *guess)
{
	const struct radio_station *station = receiver->config.station;
	const enum radio_answer said = answer(receiver, station->leap_pending, guess, true);
	const int64_t s = receiver_marker_utc(receiver, guess, 1).ns / NS_PER_S;

	if (said != RADIO_YES)
		return said;
	if (!is_leap_month(receiver, guess))
		return RADIO_NO;
	return station->summer_rule == RADIO_SUMMER_EUROPE &&
	                       civil_date_of((s + 3600) / 86400).day != 1
	               ? RADIO_NO
	               : RADIO_YES;
}

static void tell_flags(const struct radio_receiver *receiver, const struct time_guess *guess,
                       struct radio_minute *minute)
{
	const struct radio_station *station = receiver->config.station;
	int tenths = 0;

	minute->summer_change = answer(receiver, station->summer_change, guess, false);
	minute->leap_pending = leap_answer(receiver, guess);
	if (station->summer.second > 0)
		minute->summer_time = guess->is_summer_time ? RADIO_YES : RADIO_NO;
	if (station->summer_today.second > 0) {
		const enum radio_answer today =
			answer(receiver, station->summer_today, guess, false);

		minute->summer_time = answer(receiver, station->summer_yesterday, guess, false);
		if (today != RADIO_UNKNOWN && minute->summer_time != RADIO_UNKNOWN)
			minute->summer_change = today != minute->summer_time ? RADIO_YES : RADIO_NO;
	}
	minute->has_dut1 = time_search_dut1(&receiver->search, &tenths) >= FLAG_NATS;
	minute->dut1_tenths = minute->has_dut1 ? (int8_t)tenths : 0;
	if (minute->leap_pending == RADIO_YES) {
		const bool is_deletion = station->leap_is_insertion.second > 0
		                                 ? answer(receiver, station->leap_is_insertion,
		                                          guess, true) != RADIO_YES
		                                 : station->leap_by_dut1 && minute->dut1_tenths > 0;

		minute->leap = is_deletion ? -1 : 1;
	}
}

/* The hour in which a change of summer time is announced makes it likelier. */
static void remember(struct radio_receiver *receiver, const struct time_guess *guess,
                     const struct radio_minute *minute)
{
	receiver->has_lock = true;
	receiver->lock_number = receiver->minute_number;
	receiver->lock_guess = *guess;
	receiver->search.summer_change_announced =
		minute->summer_change == RADIO_YES || guess->change != SUMMER_STEADY;
}

bool receiver_judge_minute(struct radio_receiver *receiver, unsigned length_s)
{
	const bool was_locked = receiver_is_locked(receiver);
	struct radio_minute minute = { .is_aligned = true, .is_inverted = receiver->active == 1 };
	float chances[RADIO_FRAME_SECONDS][RADIO_SYMBOL_COUNT];
	struct time_guess guess;
	struct minute_fit fit;

	receiver_frame_chances(receiver, receiver->first_second, length_s, chances);
	time_search_add(&receiver->search, receiver->minute_number, chances);
	guess = time_search_find(&receiver->search);
	fit = time_search_fit(&receiver->search, &guess, receiver->search.count - 1);
	copy_symbols(receiver, receiver->first_second, length_s, &minute);
	minute.minute_count = (uint8_t)receiver->search.count;
	minute.odds_nats = (float)fmin((double)guess.time_odds_nats, (double)guess.date_odds_nats);
	minute.signal_nats = fit.signal_nats;
	minute.wrong_count = (uint8_t)fit.wrong_count;
	minute.reason = refusal(receiver, &guess, &fit, &minute);
	if (minute.reason == RADIO_REASON_CONTRADICTION) {
		receiver->has_lock = false;
		time_search_clear(&receiver->search);
	} else if (minute.reason == RADIO_REASON_NONE) {
		tell_flags(receiver, &guess, &minute);
		remember(receiver, &guess, &minute);
		if (!was_locked && receiver_may_leap(receiver)) {
			time_search_drop_newest(&receiver->search);
			return false;
		}
	}
	if (!measure(receiver, length_s, &minute) && minute.reason == RADIO_REASON_NONE)
		minute.reason = RADIO_REASON_FEW_EDGES;
	if (minute.reason == RADIO_REASON_NONE) {
		minute.utc = receiver_marker_utc(receiver, &guess, 0);
		minute.verdict = fit.wrong_count > 0 || radio_frame_has_faults(&minute.faults)
		                         ? RADIO_REPAIRED
		                         : RADIO_GOOD;
	}
	receiver->minute = minute;
	return true;
}

void receiver_judge_unaligned(struct radio_receiver *receiver)
{
	const struct radio_slots *slots = &receiver->readings[receiver->active].slots;
	struct radio_minute minute = { .reason = RADIO_REASON_NO_MARKER,
		                       .is_inverted = receiver->active == 1 };

	copy_symbols(receiver, slots->slot_count - RADIO_FRAME_SECONDS, RADIO_FRAME_SECONDS,
	             &minute);
	minute.faults = (struct radio_frame_faults){ 0 };
	if (minute.presence < PRESENCE_MIN)
		minute.reason = RADIO_REASON_NO_SIGNAL;
	else if (slots->share < BEAT_MIN)
		minute.reason = RADIO_REASON_NO_BEAT;
	receiver->minute = minute;
}

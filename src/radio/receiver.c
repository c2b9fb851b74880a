/* SPDX-License-Identifier: MIT */
#include "radio/receiver_state.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ODDS_NATS_DEFAULT   18.0
#define ALIGN_MARGIN_NATS   5.0F
#define REALIGN_MARGIN_NATS 8.0F
#define BACK_MAX_NS         NS_PER_S
#define SILENCE_MAX_NS      (3600 * NS_PER_S)
#define SWITCH_MARGIN       0.15F /* of presence times beat, by which the other polarity must lead */
#define NO_FRAME_SECONDS    60
#define RESTLESS_SECONDS    120 /* without a verdict: noise is aligned to ever anew */
#define SAMPLE_MAX_NS       (60 * NS_PER_MS)

static void start_anew(struct radio_receiver *receiver)
{
	const struct radio_station *station = receiver->config.station;

	receiver->ring.count = 0;
	receiver->grid_us = 0;
	receiver->is_sampled = false;
	for (unsigned i = 0; i < 2; i++) {
		struct reading *reading = &receiver->readings[i];

		radio_slots_init(&reading->slots, station, i == 1);
		alignment_init(&reading->alignment, station);
		reading->beat_changes = 0;
	}
	receiver->is_aligned = false;
	receiver->first_second = receiver->last_verdict_second = 0;
	receiver->has_lock = false;
	time_search_clear(&receiver->search);
	minute_timing_init(&receiver->timing);
}

int radio_receiver_create(const struct radio_config *config, struct radio_receiver **receiver_out)
{
	struct radio_receiver *receiver;

	if (!config->station || config->pivot_year < 1970 || config->pivot_year > 9000 ||
	    !(config->odds_nats >= 0))
		return -EINVAL;
	receiver = calloc(1, sizeof *receiver);
	if (!receiver)
		return -ENOMEM;
	receiver->config = *config;
	if (config->odds_nats == 0)
		receiver->config.odds_nats = ODDS_NATS_DEFAULT;
	receiver->active = config->polarity == RADIO_POLARITY_INVERTED;
	time_search_init(&receiver->search, config->station, config->pivot_year);
	start_anew(receiver);
	*receiver_out = receiver;
	return 0;
}

void radio_receiver_destroy(struct radio_receiver *receiver)
{
	free(receiver);
}

/* Of a recording that samples the level, nearly all are. */
static bool is_repeated(const struct edge_ring *ring, bool is_high)
{
	return ring->count > 0 &&
	       ring->edges[(ring->count - 1) % EDGE_RING_SIZE].is_high == is_high;
}

static int64_t greatest_divisor(int64_t a, int64_t b)
{
	while (b != 0) {
		const int64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Where the level is sampled, it changed half a sample before, on the average. */
static int64_t change_ns(const struct radio_receiver *receiver, int64_t at_ns)
{
	const int64_t since_ns = at_ns - receiver->sampled_ns;

	return receiver->is_sampled && since_ns >= 0 && since_ns <= SAMPLE_MAX_NS
	               ? at_ns - since_ns / 2
	               : at_ns;
}

void radio_receiver_on_edge(struct radio_receiver *receiver, struct local_time at, bool is_high)
{
	const bool is_sample = is_repeated(&receiver->ring, is_high);

	if (receiver->ring.count > 0 &&
	    (at.ns < receiver->now_ns - BACK_MAX_NS || at.ns > receiver->now_ns + SILENCE_MAX_NS))
		start_anew(receiver);
	if (receiver->ring.count == 0 || at.ns > receiver->now_ns)
		receiver->now_ns = at.ns;
	receiver->grid_us = greatest_divisor((at.ns + 500) / 1000, receiver->grid_us);
	if (!is_repeated(&receiver->ring, is_high))
		edge_ring_add(&receiver->ring, change_ns(receiver, at.ns), is_high);
	receiver->is_sampled = is_sample;
	receiver->sampled_ns = at.ns;
}

void radio_receiver_on_deadline(struct radio_receiver *receiver, struct local_time now)
{
	if (receiver->ring.count == 0)
		return;
	if (now.ns > receiver->now_ns + SILENCE_MAX_NS)
		start_anew(receiver);
	else if (now.ns > receiver->now_ns)
		receiver->now_ns = now.ns;
}

struct local_time radio_receiver_deadline(const struct radio_receiver *receiver)
{
	return (struct local_time){ radio_slots_deadline_ns(
		&receiver->readings[receiver->active].slots, &receiver->ring) };
}

static uint64_t second_count(const struct radio_receiver *receiver)
{
	return receiver->readings[receiver->active].slots.slot_count;
}

/* Loses the numbering of seconds; what is known of the time starts anew. */
static void lose_alignment(struct radio_receiver *receiver)
{
	receiver->is_aligned = false;
	receiver->has_lock = false;
	time_search_clear(&receiver->search);
	minute_timing_init(&receiver->timing);
}

/* Aligns to seconds whose number is `place` modulo 60, and takes in the whole minutes that are
 * still remembered. */
static void align(struct radio_receiver *receiver, unsigned place)
{
	const uint64_t count = second_count(receiver);
	uint64_t first = count > HISTORY_SECONDS ? count - HISTORY_SECONDS : 0;
	float chances[RADIO_FRAME_SECONDS][RADIO_SYMBOL_COUNT];

	lose_alignment(receiver);
	receiver->is_aligned = true;
	first += (place + RADIO_FRAME_SECONDS - first % RADIO_FRAME_SECONDS) % RADIO_FRAME_SECONDS;
	for (; first + RADIO_FRAME_SECONDS < count; first += RADIO_FRAME_SECONDS) {
		receiver_frame_chances(receiver, first, RADIO_FRAME_SECONDS, chances);
		time_search_add(&receiver->search, receiver->minute_number++, chances);
	}
	receiver->first_second = first;
}

static void check_alignment(struct radio_receiver *receiver)
{
	const struct reading *reading = &receiver->readings[receiver->active];
	float margin;
	const unsigned place = alignment_find(&reading->alignment, &margin);

	if (second_count(receiver) < RADIO_FRAME_SECONDS)
		return;
	if (!receiver->is_aligned && margin >= ALIGN_MARGIN_NATS)
		align(receiver, place);
	else if (receiver->is_aligned && margin >= REALIGN_MARGIN_NATS &&
	         place != receiver->first_second % RADIO_FRAME_SECONDS)
		align(receiver, place);
}

static float merit(const struct reading *reading)
{
	return reading->slots.presence * reading->slots.share;
}

static bool reading_take(struct radio_receiver *receiver, unsigned index)
{
	struct reading *reading = &receiver->readings[index];
	const uint64_t number = reading->slots.slot_count;
	struct radio_slot slot;

	if (!radio_slots_take(&reading->slots, &receiver->ring, receiver->now_ns, &slot))
		return false;
	if (reading->slots.beat_changes != reading->beat_changes) {
		reading->beat_changes = reading->slots.beat_changes;
		alignment_init(&reading->alignment, receiver->config.station);
		if (index == receiver->active)
			lose_alignment(receiver);
	}
	reading->history[number % HISTORY_SECONDS] = slot;
	alignment_add(&reading->alignment, receiver->config.station, number, &slot.shape);
	return true;
}

static void follow_other_polarity(struct radio_receiver *receiver)
{
	const unsigned other = !receiver->active;
	uint64_t waited, count;

	while (reading_take(receiver, other))
		;
	if (merit(&receiver->readings[other]) <
	    merit(&receiver->readings[receiver->active]) + SWITCH_MARGIN)
		return;
	waited = second_count(receiver) - receiver->last_verdict_second;
	receiver->active = other;
	lose_alignment(receiver);
	count = second_count(receiver); /* each polarity counts its own */
	receiver->last_verdict_second = count > waited ? count - waited : 0;
}

/* False: the minute may have a leap second, and more of the next must be seen. */
static bool end_minute(struct radio_receiver *receiver)
{
	const unsigned length_s = receiver_minute_length(receiver);

	if (!receiver_judge_minute(receiver, length_s))
		return false;
	receiver->first_second += length_s;
	receiver->minute_number++;
	if (length_s != RADIO_FRAME_SECONDS)
		alignment_shift(&receiver->readings[receiver->active].alignment,
		                (int)length_s - RADIO_FRAME_SECONDS);
	return true;
}

static void check_minute(struct radio_receiver *receiver)
{
	const uint64_t count = second_count(receiver);

	if (receiver->is_aligned && count < receiver->last_verdict_second + RESTLESS_SECONDS) {
		const unsigned needed =
			receiver_may_leap(receiver) ? LEAP_WAIT_SECONDS : RADIO_FRAME_SECONDS;

		if (count < receiver->first_second + needed || !end_minute(receiver))
			return;
	} else if (count >= receiver->last_verdict_second + NO_FRAME_SECONDS) {
		receiver_judge_unaligned(receiver);
	} else {
		return;
	}
	receiver->last_verdict_second = count;
	receiver->has_minute = receiver->minute_is_ready = true;
	receiver->verdict_counts[receiver->minute.verdict]++;
}

static struct radio_second describe(const struct radio_receiver *receiver, uint64_t number)
{
	const struct radio_slot *slot = receiver_slot(receiver, number);

	return (struct radio_second){
		.second = receiver->is_aligned && number >= receiver->first_second
		                  ? (int32_t)(number - receiver->first_second)
		                  : -1,
		.symbol = slot->symbol,
		.chance = slot->shape.chances[slot->symbol],
		.presence = slot->shape.presence,
		.width_ms = slot->width_ms,
		.began = { slot->base_ns },
	};
}

bool radio_receiver_take(struct radio_receiver *receiver, struct radio_event *event_out)
{
	uint64_t number;

	if (receiver->minute_is_ready) {
		receiver->minute_is_ready = false;
		event_out->kind = RADIO_EVENT_MINUTE;
		event_out->minute = receiver->minute;
		return true;
	}
	number = second_count(receiver);
	if (!reading_take(receiver, receiver->active))
		return false;
	check_alignment(receiver);
	event_out->kind = RADIO_EVENT_SECOND;
	event_out->second = describe(receiver, number);
	check_minute(receiver);
	if (receiver->config.polarity == RADIO_POLARITY_AUTO)
		follow_other_polarity(receiver);
	return true;
}

static void shift_slots(struct radio_slots *slots, int64_t step_ns)
{
	slots->base_ns += step_ns;
	slots->pulse_began_ns += step_ns;
	slots->pulse_ended_ns += step_ns;
	for (unsigned i = 0; i < 16; i++) {
		slots->pulses[i].began_ns += step_ns;
		slots->pulses[i].ended_ns += step_ns;
	}
	second_phase_shift(&slots->phase, step_ns);
}

void radio_receiver_on_clock_stepped(struct radio_receiver *receiver, int64_t step_ns)
{
	receiver->now_ns += step_ns;
	receiver->sampled_ns += step_ns;
	for (unsigned i = 0; i < EDGE_RING_SIZE; i++)
		receiver->ring.edges[i].at_ns += step_ns;
	for (unsigned i = 0; i < 2; i++) {
		shift_slots(&receiver->readings[i].slots, step_ns);
		for (unsigned j = 0; j < HISTORY_SECONDS; j++) {
			receiver->readings[i].history[j].start_ns += step_ns;
			receiver->readings[i].history[j].base_ns += step_ns;
		}
	}
	for (unsigned i = 0; i < receiver->timing.count; i++)
		receiver->timing.points[i].at_ns += step_ns;
}

struct radio_status radio_receiver_status(const struct radio_receiver *receiver)
{
	const struct reading *reading = &receiver->readings[receiver->active];
	const uint64_t count = second_count(receiver);
	struct radio_status status = {
		.station = receiver->config.station,
		.is_locked = receiver_is_locked(receiver),
		.is_aligned = receiver->is_aligned,
		.is_inverted = receiver->active == 1,
		.second = -1,
		.presence = reading->slots.presence,
		.beat = reading->slots.share,
		.good_count = receiver->verdict_counts[RADIO_GOOD],
		.repaired_count = receiver->verdict_counts[RADIO_REPAIRED],
		.refused_count = receiver->verdict_counts[RADIO_REFUSED],
		.has_minute = receiver->has_minute,
		.minute = receiver->minute,
	};

	if (receiver->is_aligned && count >= receiver->first_second) {
		status.second = (int32_t)(count - receiver->first_second);
		for (int32_t i = 0; i < status.second && i < RADIO_FRAME_SECONDS_MAX; i++)
			status.symbols[i] =
				receiver_slot(receiver, receiver->first_second + (uint64_t)i)
					->symbol;
	}
	return status;
}

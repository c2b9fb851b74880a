/* SPDX-License-Identifier: MIT */
#include "radio/slots.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ACQUIRE_NS     (10 * NS_PER_S)
#define LATE_NS        (80 * NS_PER_MS) /* after its end a second is judged: edges may be late */
#define GLITCH_NS      (15 * NS_PER_MS) /* shorter pulses and gaps are no pulses */
#define NEAR_NS        (60 * NS_PER_MS) /* a pulse that begins so close to the beat is the second's */
#define GUARD_NS       (20 * NS_PER_MS) /* of each cell is left out at both ends */
#define STEER_MAX_NS   (3 * NS_PER_MS)
#define AWAY_NS        (100 * NS_PER_MS)
#define AWAY_COUNT_MAX 12
#define PRESENCE_GAIN  0.03F
#define FLAT_SHARE     0.01F /* of a second: less pulse than that, or less gap, is none */

static uint64_t oldest(const struct edge_ring *ring)
{
	return ring->count > EDGE_RING_SIZE ? ring->count - EDGE_RING_SIZE : 0;
}

static int64_t at(const struct edge_ring *ring, uint64_t index)
{
	return ring->edges[index % EDGE_RING_SIZE].at_ns;
}

static bool is_high(const struct edge_ring *ring, uint64_t index)
{
	return ring->edges[index % EDGE_RING_SIZE].is_high;
}

void edge_ring_add(struct edge_ring *ring, int64_t at_ns, bool high)
{
	if (ring->count > 0 && at_ns < at(ring, ring->count - 1))
		at_ns = at(ring, ring->count - 1);
	ring->edges[ring->count % EDGE_RING_SIZE].at_ns = at_ns;
	ring->edges[ring->count % EDGE_RING_SIZE].is_high = high;
	ring->count++;
}

void radio_slots_init(struct radio_slots *slots, const struct radio_station *station,
                      bool is_inverted)
{
	memset(slots, 0, sizeof *slots);
	slots->station = station;
	slots->pulse_is_high = station->pulse_is_high != is_inverted;
}

/* A pulse is known when it has ended and was no glitch; a short gap does not end it. */
static void finish_pulse(struct radio_slots *slots)
{
	const unsigned index = slots->pulse_count % 16;

	if (slots->pulse_ended_ns - slots->pulse_began_ns < GLITCH_NS)
		return;
	slots->pulses[index].began_ns = slots->pulse_began_ns;
	slots->pulses[index].ended_ns = slots->pulse_ended_ns;
	slots->pulse_count++;
	second_phase_add(&slots->phase, slots->pulse_began_ns);
}

static void scan_edge(struct radio_slots *slots, int64_t at_ns, bool into_pulse)
{
	if (into_pulse == slots->in_pulse)
		return;
	slots->in_pulse = into_pulse;
	if (!into_pulse) {
		slots->pulse_ended_ns = at_ns;
		return;
	}
	if (slots->pulse_ended_ns > slots->pulse_began_ns) {
		const int64_t gap_ns = at_ns - slots->pulse_ended_ns;

		if (gap_ns < GLITCH_NS) { /* goes on, unless what came before was but a spike */
			if (slots->pulse_ended_ns - slots->pulse_began_ns < gap_ns)
				slots->pulse_began_ns = at_ns;
			return;
		}
		finish_pulse(slots);
	}
	slots->pulse_began_ns = at_ns;
}

static void scan(struct radio_slots *slots, const struct edge_ring *ring, int64_t until_ns)
{
	if (slots->scanned_count < oldest(ring))
		slots->scanned_count = oldest(ring);
	for (; slots->scanned_count < ring->count && at(ring, slots->scanned_count) < until_ns;
	     slots->scanned_count++)
		scan_edge(slots, at(ring, slots->scanned_count),
		          is_high(ring, slots->scanned_count) == slots->pulse_is_high);
	if (!slots->in_pulse && slots->pulse_ended_ns > slots->pulse_began_ns &&
	    until_ns - slots->pulse_ended_ns > GLITCH_NS) {
		finish_pulse(slots);
		slots->pulse_began_ns = slots->pulse_ended_ns;
	}
}

static int64_t difference_within_second(int64_t a_ns, int64_t b_ns)
{
	int64_t difference = (a_ns - b_ns) % NS_PER_S;

	if (difference < 0)
		difference += NS_PER_S;
	return difference > NS_PER_S / 2 ? difference - NS_PER_S : difference;
}

static int64_t limited(int64_t value, int64_t limit)
{
	return value > limit ? limit : value < -limit ? -limit : value;
}

/* Takes the first seconds' edges, all at once, to find the beat before anything is judged. */
static bool begin(struct radio_slots *slots, const struct edge_ring *ring, int64_t now_ns)
{
	struct second_phase_peak peak;
	int64_t first_ns;

	if (ring->count == 0)
		return false;
	first_ns = at(ring, oldest(ring));
	if (now_ns < first_ns + ACQUIRE_NS)
		return false;
	scan(slots, ring, first_ns + ACQUIRE_NS);
	peak = second_phase_find(&slots->phase);
	slots->base_ns = first_ns + difference_within_second(peak.phase_ns, first_ns);
	if (slots->base_ns < first_ns - NEAR_NS)
		slots->base_ns += NS_PER_S;
	slots->slot_edge = oldest(ring);
	for (unsigned i = 0; i < 16 && i < slots->pulse_count; i++)
		pulse_stretch_add(
			&slots->stretch, slots->station,
			(int32_t)((slots->pulses[i].ended_ns - slots->pulses[i].began_ns) /
		                  NS_PER_MS));
	slots->pulse_count = 0; /* found again, second by second */
	memset(&slots->phase, 0, sizeof slots->phase);
	slots->scanned_count = oldest(ring);
	slots->in_pulse = false;
	slots->pulse_began_ns = slots->pulse_ended_ns = 0;
	slots->is_running = true;
	return true;
}

static float pulse_share(const struct radio_slots *slots, const struct edge_ring *ring,
                         int64_t from_ns, int64_t to_ns)
{
	uint64_t i = slots->slot_edge;
	int64_t since_ns = from_ns, sum_ns = 0;
	bool in_pulse = i > oldest(ring)  ? is_high(ring, i - 1) == slots->pulse_is_high
	                : i < ring->count ? is_high(ring, i) != slots->pulse_is_high
	                                  : false;

	for (; i < ring->count && at(ring, i) < to_ns; i++) {
		if (at(ring, i) > since_ns) {
			sum_ns += in_pulse ? at(ring, i) - since_ns : 0;
			since_ns = at(ring, i);
		}
		in_pulse = is_high(ring, i) == slots->pulse_is_high;
	}
	sum_ns += in_pulse ? to_ns - since_ns : 0;
	return (float)sum_ns / (float)(to_ns - from_ns);
}

static bool has_blank_symbol(const struct radio_station *station)
{
	for (unsigned s = 0; s < RADIO_SYMBOL_COUNT; s++) {
		if (station->symbol_mask >> s & 1 && station->shape_of[s] == 0)
			return true;
	}
	return false;
}

/* A level that does not change in a second is no symbol of any station, but for DCF77's missing
 * pulse, of which there are never two in a row. */
static bool is_dead(struct radio_slots *slots, const struct edge_ring *ring)
{
	const float share = pulse_share(slots, ring, slots->base_ns, slots->base_ns + NS_PER_S);
	const bool was_blank = slots->was_blank, is_full = share > 1 - FLAT_SHARE;

	slots->was_blank = share < FLAT_SHARE;
	return is_full || (slots->was_blank && (was_blank || !has_blank_symbol(slots->station)));
}

/* May a pulse begin with this cell, other than the second's own? */
static bool may_begin(const struct radio_station *station, unsigned cell)
{
	for (unsigned s = 0; s < RADIO_SYMBOL_COUNT && cell > 0; s++) {
		if (station->symbol_mask >> s & 1 && (station->shape_of[s] >> (cell - 1) & 3) == 2)
			return true;
	}
	return false;
}

/* Where the cell begins: pulses end late by the stretch, and begin on time. */
static int64_t cell_begin_ns(const struct radio_slots *slots, unsigned cell, bool is_end)
{
	const struct radio_station *station = slots->station;
	int64_t stretch_ns = pulse_stretch_ms(&slots->stretch) * NS_PER_MS;

	if (cell == 0)
		return slots->base_ns;
	if (cell == station->cell_count)
		stretch_ns = 0;
	else if (may_begin(station, cell) && is_end == (stretch_ns > 0))
		stretch_ns = 0;
	return slots->base_ns + station->cell_end_ms[cell - 1] * NS_PER_MS + stretch_ns;
}

static void judge(struct radio_slots *slots, const struct edge_ring *ring, struct radio_slot *slot)
{
	const struct radio_station *station = slots->station;
	float shares[RADIO_CELLS_MAX];

	for (unsigned c = 0; c < station->cell_count; c++) {
		const int64_t from_ns = cell_begin_ns(slots, c, false);
		const int64_t to_ns = cell_begin_ns(slots, c + 1, true);
		const int64_t guard_ns =
			to_ns - from_ns < 4 * GUARD_NS ? (to_ns - from_ns) / 4 : GUARD_NS;

		/* a cell that the stretch leaves nothing of tells nothing */
		shares[c] =
			to_ns - from_ns < GUARD_NS
				? 0.5F
				: pulse_share(slots, ring, from_ns + guard_ns, to_ns - guard_ns);
	}
	slot->shape = is_dead(slots, ring) ? pulse_shape_nothing(station)
	                                   : pulse_shape_judge(station, shares);
	slot->symbol = (uint8_t)pulse_shape_likeliest(&slot->shape);
}

static void find_start(struct radio_slots *slots, struct radio_slot *slot)
{
	const uint64_t known = slots->pulse_count < 16 ? slots->pulse_count : 16;
	int64_t nearest_ns = NEAR_NS;

	for (uint64_t i = 0; i < known; i++) {
		const int64_t began_ns = slots->pulses[i].began_ns;
		const int64_t away_ns = llabs(began_ns - slots->base_ns);

		if (away_ns >= nearest_ns)
			continue;
		nearest_ns = away_ns;
		slot->has_start = true;
		slot->start_ns = began_ns;
		slot->width_ms = (int32_t)((slots->pulses[i].ended_ns - began_ns) / NS_PER_MS);
	}
	if (slot->has_start)
		pulse_stretch_add(&slots->stretch, slots->station, slot->width_ms);
}

/* Follows the peak of the beginnings; when it stays elsewhere, jumps there. */
static void steer(struct radio_slots *slots)
{
	const struct second_phase_peak peak = second_phase_find(&slots->phase);
	const int64_t error_ns = difference_within_second(peak.phase_ns, slots->base_ns);

	slots->share = peak.share;
	slots->base_ns += NS_PER_S;
	if (peak.weight < 3)
		return;
	if (llabs(error_ns) <= AWAY_NS) {
		slots->away_count = 0;
		slots->base_ns += limited(error_ns / 8, STEER_MAX_NS);
	} else if (++slots->away_count >= AWAY_COUNT_MAX) {
		slots->away_count = 0;
		slots->base_ns += error_ns;
		slots->beat_changes++;
	}
}

int64_t radio_slots_deadline_ns(const struct radio_slots *slots, const struct edge_ring *ring)
{
	if (slots->is_running)
		return slots->base_ns + NS_PER_S + LATE_NS;
	return ring->count == 0 ? INT64_MAX : at(ring, oldest(ring)) + ACQUIRE_NS;
}

bool radio_slots_take(struct radio_slots *slots, const struct edge_ring *ring, int64_t now_ns,
                      struct radio_slot *slot_out)
{
	struct radio_slot slot = { 0 };

	if (!slots->is_running && !begin(slots, ring, now_ns))
		return false;
	if (now_ns < slots->base_ns + NS_PER_S + LATE_NS)
		return false;
	scan(slots, ring, slots->base_ns + NS_PER_S + LATE_NS);
	if (slots->slot_edge < oldest(ring))
		slots->slot_edge = oldest(ring);
	while (slots->slot_edge < ring->count && at(ring, slots->slot_edge) < slots->base_ns)
		slots->slot_edge++;
	slot.base_ns = slots->base_ns;
	judge(slots, ring, &slot);
	find_start(slots, &slot);
	slots->presence += PRESENCE_GAIN * (slot.shape.presence - slots->presence);
	second_phase_forget(&slots->phase);
	steer(slots);
	slots->slot_count++;
	*slot_out = slot;
	return true;
}

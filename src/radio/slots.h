/* radio/slots: edges of the carrier -> one symbol a second. SPDX-License-Identifier: MIT
 *
 * Finds the beat of the seconds, follows it, and judges each second's shape. It never stops:
 * through a fade it counts on, so that the seconds keep their numbers. Two of them, one for each
 * polarity, may read the same ring of edges. */
#pragma once

#include "base/instant.h"
#include "radio/pulse_shape.h"
#include "radio/pulse_stretch.h"
#include "radio/second_phase.h"

#define EDGE_RING_SIZE                                                                             \
	4096 /* power of two; at least 12 s of the worst noise that is still a signal */

struct edge_ring {
	struct {
		int64_t at_ns;
		bool is_high;
	} edges[EDGE_RING_SIZE];
	uint64_t count; /* ever added; the newest EDGE_RING_SIZE are kept */
};

struct radio_slot {
	struct pulse_shape shape;
	uint8_t symbol;   /* the likeliest, enum radio_symbol */
	bool has_start;   /* a pulse began close to where it should */
	int64_t start_ns; /* when, by the edge clock */
	int64_t base_ns;  /* where the second was taken to begin */
	int32_t width_ms; /* of that pulse; 0 = no pulse */
};

struct radio_slots {
	const struct radio_station *station;
	bool pulse_is_high;
	bool is_running;       /* base_ns and slot_count mean something */
	int64_t base_ns;       /* beginning of the next second */
	uint64_t slot_count;   /* seconds delivered */
	uint64_t beat_changes; /* times that the beat was found elsewhere: seconds lost their
	                          numbers */
	unsigned away_count;   /* seconds in a row that the peak is elsewhere */
	struct pulse_stretch stretch;
	bool was_blank; /* the last second had no pulse */
	float presence; /* 0..1, of the last minute or so */
	float share;    /* of the pulses that begin on the beat */
	struct second_phase phase;
	uint64_t scanned_count; /* edges seen by the search for pulses */
	uint64_t slot_edge;     /* first edge that may matter to the next second */
	bool in_pulse;
	int64_t pulse_began_ns, pulse_ended_ns;
	struct {
		int64_t began_ns, ended_ns;
	} pulses[16]; /* the last ones; index pulse_count % 16 */
	uint64_t pulse_count;
};

void edge_ring_add(struct edge_ring *ring, int64_t at_ns, bool is_high);
void radio_slots_init(struct radio_slots *slots, const struct radio_station *station,
                      bool is_inverted);
/* When the next second can be judged; INT64_MAX before the first edge. */
int64_t radio_slots_deadline_ns(const struct radio_slots *slots, const struct edge_ring *ring);
/* Judges the next second if its time has come. `now_ns`: no edge before it is still to come. */
bool radio_slots_take(struct radio_slots *slots, const struct edge_ring *ring, int64_t now_ns,
                      struct radio_slot *slot_out);

/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "sim/world.h"

/* FNV-1a, 64 bits: not for enemies, only to compare two runs. */
static void hash_bytes(uint64_t *hash, const void *bytes, size_t count)
{
	const uint8_t *at = bytes;

	while (count-- > 0)
		*hash = (*hash ^ *at++) * UINT64_C(0x100000001b3);
}

static void print_event(const struct simulation *world, uint32_t node, const char *what,
                        const char *name, const double *numbers, size_t count)
{
	char line[400];
	struct text text = text_into(line, sizeof line);

	text_fixed(&text, (double)world->now_ns * 1e-9, 9);
	text_char(&text, ' ');
	text_add(&text, world->scenario->nodes[node].name);
	text_char(&text, ' ');
	text_add(&text, what);
	if (name) {
		text_char(&text, ' ');
		text_add(&text, name);
	}
	for (size_t i = 0; i < count; i++) {
		text_char(&text, ' ');
		text_scientific(&text, numbers[i], 9);
	}
	world->options.trace.line(world->options.trace.to, line);
}

void record_event(struct simulation *world, uint32_t node, const char *what, const char *name,
                  const double *numbers, size_t count)
{
	const int64_t head[] = { world->now_ns, node };

	hash_bytes(&world->hash, head, sizeof head);
	hash_bytes(&world->hash, what, strlen(what));
	if (name)
		hash_bytes(&world->hash, name, strlen(name));
	hash_bytes(&world->hash, numbers, count * sizeof *numbers);
	if (world->options.trace.line)
		print_event(world, node, what, name, numbers, count);
}

static const char *const trace_words[] = {
	[TRACE_MEASUREMENT] = "measured",
	[TRACE_STATISTICS] = "estimates",
	[TRACE_TRACKING] = "tracks",
	[TRACE_SOURCE_SELECTED] = "selects",
	[TRACE_NO_MAJORITY] = "sees-no-majority",
	[TRACE_NO_SELECTABLE] = "has-no-selectable",
	[TRACE_FALSETICKER] = "calls-falseticker",
	[TRACE_SOURCE_ONLINE] = "source-online",
	[TRACE_SOURCE_OFFLINE] = "source-offline",
	[TRACE_SOURCE_REPLACED] = "source-replaced",
	[TRACE_SOURCE_RESOLVED] = "source-resolved",
	[TRACE_RESOLVE_FAILED] = "resolve-failed",
	[TRACE_KISS] = "kissed-by",
	[TRACE_IMPLAUSIBLE] = "finds-implausible",
	[TRACE_CLOCK_WRONG] = "clock-wrong",
	[TRACE_CLOCK_STEPPED] = "clock-stepped",
	[TRACE_CLOCK_TOUCHED] = "clock-touched",
	[TRACE_MACHINE_STOPPED] = "machine-stopped",
	[TRACE_CLOCK_JUMPED] = "clock-jumped",
	[TRACE_CLOCK_REFUSED] = "clock-refused",
	[TRACE_CHANGE_TOO_BIG] = "change-too-big",
	[TRACE_BOUND_CONTRADICTION] = "bound-contradicted-by",
	[TRACE_LEAP_PASSED] = "leap-passed",
	[TRACE_TAI_LEARNT] = "tai-learnt",
	[TRACE_NUMBERS_AMBIGUOUS] = "cannot-be-numbered",
	[TRACE_NUMBERS_DOUBTED] = "doubts-its-numbers",
	[TRACE_LEAP] = "leap",
};

void record_trace(void *to, const struct trace_event *event)
{
	struct world_node *node = to;
	double numbers[6] = { event->numbers[0], event->numbers[1] };
	size_t count = 2;

	if (event->kind == TRACE_MEASUREMENT) {
		numbers[0] = event->measurement.offset_s;
		numbers[1] = event->measurement.delay_s;
		numbers[2] = event->measurement.is_good;
		count = 3;
	} else if (event->kind == TRACE_STATISTICS) {
		numbers[0] = event->statistics.offset_s;
		numbers[1] = event->statistics.offset_sd_s;
		numbers[2] = event->statistics.frequency;
		numbers[3] = event->statistics.skew;
		count = 4;
	} else if (event->kind == TRACE_TRACKING) {
		numbers[0] = event->tracking.offset_s;
		numbers[1] = event->tracking.error_max_s;
		numbers[2] = event->tracking.frequency_ppm;
		numbers[3] = event->tracking.combined_count;
		numbers[4] = event->tracking.is_synchronised;
		count = 5;
	}
	record_event(node->world, (uint32_t)(node - node->world->nodes),
	             event->kind < ARRAY_COUNT(trace_words) && trace_words[event->kind]
	                     ? trace_words[event->kind]
	                     : "event",
	             event->name, numbers, count);
}

void record_csv_heading(struct simulation *world)
{
	if (world->options.csv.line)
		world->options.csv.line(world->options.csv.to,
		                        "time_s,node,error_s,bound_s,synchronised,offset_s,"
		                        "offset_sd_s,oscillator_ppm,correction_ppm,rate_error_ppm,"
		                        "clock_ns,tai_offset_s,smoothing_s");
}

void record_csv(struct simulation *world, uint32_t index)
{
	const struct world_node *node = &world->nodes[index];
	const struct node_status *status = &node->status;
	char line[300];
	struct text text = text_into(line, sizeof line);
	const double numbers[] = { (double)status->offset_ns * 1e-9, status->offset_sd_s,
		                   oscillator_rate(&node->clock.oscillator) * 1e6,
		                   node->clock.frequency * 1e6,
		                   kept_clock_rate(&node->clock) * 1e6 };

	if (!world->options.csv.line)
		return;
	text_fixed(&text, (double)world->now_ns * 1e-9, 6);
	text_char(&text, ',');
	text_add(&text, node->plan->name);
	text_char(&text, ',');
	text_scientific(&text, node->error_s, 6);
	text_char(&text, ',');
	if (status->bound_ns < INT64_MAX) /* unknown: an empty field */
		text_scientific(&text, (double)status->bound_ns * 1e-9, 6);
	text_add(&text, status->is_synchronised ? ",1" : ",0");
	for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
		text_char(&text, ',');
		text_scientific(&text, numbers[i], 6);
	}
	text_char(&text, ',');
	text_s64(&text, node->clock.local_ns);
	text_char(&text, ',');
	text_s64(&text, node->clock.tai_offset_s);
	text_char(&text, ',');
	text_scientific(&text, status->smoothing.offset_s, 6);
	world->options.csv.line(world->options.csv.to, line);
}

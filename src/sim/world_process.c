/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "sim/world.h"
#include "timescale/leap_learnt.h"
#include "wire/drift_file.h"
#include "wire/rtc_file.h"

#define PRECISION_S    1e-7 /* of reading a clock by a system call */
#define TICKS_START_NS (INT64_C(1000) * NS_PER_S)

void world_process_save(struct world_node *node, const struct action *save)
{
	struct saved_file *file = &node->files[save->save.file];

	file->length_bytes = save->save.length_bytes;
	memcpy(file->bytes, save->save.bytes, file->length_bytes);
	file->bytes[file->length_bytes] = '\0';
}

/* "3 0\n"; the machine is not started anew here. */
static void read_spent(const struct saved_file *file, struct node_setup *setup)
{
	char line[OUTBOX_STATE_MAX + 1];
	uint64_t updates = 0, ignored = 0;
	char *second;

	memcpy(line, file->bytes, sizeof line);
	line[strcspn(line, "\n")] = '\0';
	second = strchr(line, ' ');
	if (!second)
		return;
	*second++ = '\0';
	if (text_parse_u64(line, UINT32_MAX, &updates) == 0 &&
	    text_parse_u64(second, UINT32_MAX, &ignored) == 0)
		setup->spent = (struct node_spent){ (uint32_t)updates, (uint32_t)ignored };
}

/* As the daemon reads them. */
static void read_files(struct world_node *node, struct node_setup *setup)
{
	const struct saved_file *drift = &node->files[STATE_FILE_DRIFT];
	const struct saved_file *time = &node->files[STATE_FILE_TIME];
	char line[OUTBOX_STATE_MAX + 1];
	struct drift_file values;
	int64_t second;

	setup->has_drift = drift_file_decode(drift->bytes, drift->length_bytes, &values) == 0;
	if (setup->has_drift) {
		setup->drift_ppm = values.frequency_ppm;
		setup->drift_skew_ppm = values.skew_ppm;
	}
	memcpy(line, time->bytes, sizeof line);
	line[strcspn(line, "\n")] = '\0';
	if (text_parse_s64(line, 0, INT64_MAX / NS_PER_S, &second) == 0) {
		node->saved_s = second;
		if (second * NS_PER_S > setup->plausible.floor.ns)
			setup->plausible.floor.ns = second * NS_PER_S;
	}
	read_spent(&node->files[STATE_FILE_SPENT], setup);
	setup->lateness_text = node->files[STATE_FILE_LATENESS].bytes;
}

static int create_node(struct world_node *node)
{
	const struct simulation *world = node->world;
	struct leap_table table =
		world->scenario->is_leap_listed ? world->leap_table : world->old_leap_table;
	struct node_setup setup = {
		.config = node->plan->config,
		.rng = &node->rng,
		.trace = { .emit = record_trace, .to = node },
		.plausible = { .floor = world->scenario->built },
		.leap_table = &table,
		.has_leap_clock = true,
		.watch_ns = world->scenario->watch_ns,
		.precision_s = fmax(PRECISION_S, node->plan->clock.granularity_s),
	};

	struct rtc_file rtc;

	read_files(node, &setup);
	world_rtc_on_process(node, &setup, &rtc);
	(void)!leap_learnt_read(node->files[STATE_FILE_LEAP].bytes, &table);
	return node_create(&setup, kept_clock_read(&node->clock), &node->node);
}

int world_process_create(struct simulation *world, uint32_t index, struct rng *seeds)
{
	struct world_node *node = &world->nodes[index];
	const struct scenario_node *plan = &world->scenario->nodes[index];
	/* always drawn, so that one node's kind changes nothing for the next */
	const uint64_t clock_seed = rng_u64(seeds), node_seed = rng_u64(seeds);

	node->world = world;
	node->plan = plan;
	node->ideal = plan->ideal;
	node->due_ns = node->restart_ns = NEVER_NS;
	node->margin_min = INFINITY;
	if (plan->is_ideal)
		return 0;
	rng_init_seed(&node->rng, node_seed);
	kept_clock_init(&node->clock, &plan->clock, world->scenario->start,
	                TICKS_START_NS * (index + 1), clock_seed);
	node->last_local_ns = INT64_MIN;
	world_rtc_create(node);
	return create_node(node);
}

void world_process_destroy(struct world_node *node)
{
	node_destroy(node->node);
	node->node = NULL;
}

void world_process_end(struct simulation *world, uint32_t index, int64_t duration_ns)
{
	struct world_node *node = &world->nodes[index];

	if (node->is_ended)
		return;
	world_process_destroy(node);
	memset(node->ports, 0, sizeof node->ports);
	node->restart_ns = world->now_ns + duration_ns;
}

void world_process_begin(struct simulation *world, uint32_t index)
{
	struct world_node *node = &world->nodes[index];
	const double numbers[] = { ++node->crashes_count };

	node->restart_ns = NEVER_NS;
	memset(node->budgets, 0, sizeof node->budgets);
	record_event(world, index, "starts-again", NULL, numbers, ARRAY_COUNT(numbers));
	if (create_node(node) < 0)
		node->is_ended = true;
}

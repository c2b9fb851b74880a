/* "device NODE REFID SETTINGS": what feeds a node's reference clock. SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <string.h>

#include "sim/scenario_reader.h"

#define DEVICE_SETTING(...) SETTING_AT(struct receiver_options, __VA_ARGS__)

static const struct setting_kind device_settings[] = {
	DEVICE_SETTING("offset", UNIT_DURATION, offset_s, -4e9, 4e9),
	DEVICE_SETTING("ramp", UNIT_RATE, ramp, -0.1, 0.1),
	DEVICE_SETTING("interval", UNIT_DURATION, interval_s, 1e-3, 3600),
	DEVICE_SETTING("jitter", UNIT_DURATION, jitter_s, 0, 100),
	DEVICE_SETTING("late", UNIT_DURATION, late_s, 0, 100),
	DEVICE_SETTING("late-jitter", UNIT_DURATION, late_jitter_s, 0, 100),
	DEVICE_SETTING("missing", UNIT_PROBABILITY, missing, 0, 1),
	DEVICE_SETTING("doubled", UNIT_PROBABILITY, doubled, 0, 1),
	DEVICE_SETTING("wrong", UNIT_PROBABILITY, wrong, 0, 1),
	DEVICE_SETTING("torn", UNIT_PROBABILITY, torn, 0, 1),
	DEVICE_SETTING("window", UNIT_DURATION, window_s, 0, 1),
	DEVICE_SETTING("stretch", UNIT_DURATION, stretch_s, -0.05, 0.05),
	DEVICE_SETTING("leap", UNIT_COUNT, leap, 0, 3),
	DEVICE_SETTING("down", UNIT_ON, is_down, 0, 1),
	DEVICE_SETTING("up", UNIT_OFF, is_down, 0, 1),
	{ .word = "step",
	  .unit = UNIT_DURATION,
	  .low = -4e9,
	  .high = 4e9,
	  .is_added = true,
	  .place = offsetof(struct receiver_options, offset_s) },
};

static int take_settings(struct scenario_reader *in, struct words *words,
                         struct settings *settings_out)
{
	return scenario_reader_settings(in, words, device_settings, ARRAY_COUNT(device_settings),
	                                settings_out);
}

static const char *take_refid(struct scenario_reader *in, struct words *words)
{
	const char *refid = words_take(words);

	if (refid && strlen(refid) < REFCLOCK_REFID_SIZE)
		return refid;
	scenario_reader_error(in, "the refid of the node's reference clock is missing", NULL, "");
	return NULL;
}

void scenario_device_parse(struct scenario_reader *in, struct words *words)
{
	struct scenario *scenario = in->scenario;
	struct scenario_device *device = &scenario->devices[scenario->devices_count];
	struct settings settings;
	const char *refid;

	if (scenario->devices_count == SCENARIO_DEVICES_MAX) {
		scenario_reader_error(in, "there is room for 16 devices only", NULL, "");
		return;
	}
	*device = (struct scenario_device){ .options = { .interval_s = 1 }, .line = in->line };
	if (scenario_reader_node(in, words, &device->node) < 0 ||
	    !(refid = take_refid(in, words)) || take_settings(in, words, &settings) < 0)
		return;
	memcpy(device->refid, refid, strlen(refid) + 1);
	settings_apply(&settings, &device->options);
	scenario->devices_count++;
}

int scenario_device_event(struct scenario_reader *in, struct words *words,
                          struct script_event *event)
{
	const struct scenario *scenario = in->scenario;
	const char *refid;
	uint32_t node;

	event->kind = SCRIPT_DEVICE;
	if (scenario_reader_node(in, words, &node) < 0 || !(refid = take_refid(in, words)))
		return -EINVAL;
	for (uint32_t i = 0; i < scenario->devices_count; i++) {
		if (scenario->devices[i].node == node &&
		    strcmp(scenario->devices[i].refid, refid) == 0) {
			event->a = i;
			return take_settings(in, words, &event->settings);
		}
	}
	return scenario_reader_error(in, "there is no device ", refid, " at this node above");
}

void scenario_device_check(struct scenario_reader *in)
{
	struct scenario *scenario = in->scenario;

	for (size_t i = 0; i < scenario->devices_count; i++) {
		struct scenario_device *device = &scenario->devices[i];
		const struct node_config *config = scenario->nodes[device->node].config;
		bool is_found = false;

		for (uint32_t j = 0; config && j < config->refclocks_count; j++) {
			if (strcmp(config->refclocks[j].refid, device->refid) != 0)
				continue;
			device->refclock = j;
			is_found = true;
		}
		in->line = device->line;
		if (!is_found)
			scenario_reader_error(in, "the node has no refclock with the refid ",
			                      device->refid, "");
	}
}

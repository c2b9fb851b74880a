/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "sim/scenario_reader.h"

static const struct setting_kind clock_change_settings[] = {
	{ .word = "step",
	  .unit = UNIT_DURATION,
	  .low = -4e9,
	  .high = 4e9,
	  .place = offsetof(struct clock_change, step_s) },
	{ .word = "freq",
	  .unit = UNIT_RATE,
	  .low = -0.1,
	  .high = 0.1,
	  .place = offsetof(struct clock_change, frequency) },
	{ .word = "rate",
	  .unit = UNIT_RATE,
	  .low = -0.1,
	  .high = 0.1,
	  .place = offsetof(struct clock_change, rate) },
};

static int parse_ideal_change(struct scenario_reader *in, struct words *words,
                              struct script_event *event)
{
	if (scenario_reader_node(in, words, &event->a) < 0)
		return -EINVAL;
	if (!in->scenario->nodes[event->a].is_ideal)
		return scenario_reader_error(in, "", in->scenario->nodes[event->a].name,
		                             " is no ideal server; say clock, link or pause");
	return scenario_ideal_settings(in, words, &event->settings);
}

static int parse_node_of_ours(struct scenario_reader *in, struct words *words,
                              struct script_event *event)
{
	if (scenario_reader_node(in, words, &event->a) < 0)
		return -EINVAL;
	if (in->scenario->nodes[event->a].is_ideal)
		return scenario_reader_error(in, "", in->scenario->nodes[event->a].name,
		                             " is an ideal server; say server or link");
	return 0;
}

static int parse_what(struct scenario_reader *in, struct words *words, struct script_event *event)
{
	if (words_take_if(words, "link"))
		return scenario_link_parse(in, words, event);
	if (words_take_if(words, "server")) {
		event->kind = SCRIPT_IDEAL;
		return parse_ideal_change(in, words, event);
	}
	if (words_take_if(words, "device"))
		return scenario_device_event(in, words, event);
	if (words_take_if(words, "clock")) {
		event->kind = SCRIPT_CLOCK;
		if (parse_node_of_ours(in, words, event) < 0)
			return -EINVAL;
		return scenario_reader_settings(in, words, clock_change_settings,
		                                ARRAY_COUNT(clock_change_settings),
		                                &event->settings);
	}
	if (words_take_if(words, "pause")) {
		event->kind = SCRIPT_PAUSE;
		if (parse_node_of_ours(in, words, event) < 0)
			return -EINVAL;
		return scenario_reader_duration(in, words, "pause", &event->duration_ns);
	}
	if (words_take_if(words, "crash")) {
		event->kind = SCRIPT_CRASH;
		if (parse_node_of_ours(in, words, event) < 0)
			return -EINVAL;
		return scenario_reader_duration(in, words, "crash", &event->duration_ns);
	}
	event->is_on = words_take_if(words, "suspend");
	if (event->is_on || words_take_if(words, "stop")) {
		event->kind = SCRIPT_SUSPEND;
		if (parse_node_of_ours(in, words, event) < 0)
			return -EINVAL;
		return scenario_reader_duration(in, words, event->is_on ? "suspend" : "stop",
		                                &event->duration_ns);
	}
	if (words_take_if(words, "dns")) {
		event->kind = SCRIPT_DNS;
		event->is_on = words_take_if(words, "up");
		if (event->is_on || words_take_if(words, "down"))
			return 0;
		return scenario_reader_error(in, "dns needs up or down", NULL, "");
	}
	event->kind = SCRIPT_ONLINE;
	event->is_on = words_take_if(words, "online");
	if (event->is_on || words_take_if(words, "offline"))
		return parse_node_of_ours(in, words, event);
	return scenario_reader_error(
		in,
		"after the time comes one of link, server, device, clock, pause, crash, "
		"suspend, stop, dns, online, offline",
		NULL, "");
}

void scenario_event_parse(struct scenario_reader *in, struct words *words)
{
	struct scenario *scenario = in->scenario;
	struct script_event event = { .a = SCENARIO_NODE_NONE, .b = SCENARIO_NODE_NONE };
	int64_t at_ns = 0;

	if (scenario->events_count == SCENARIO_EVENTS_MAX) {
		scenario_reader_error(in, "there is room for 128 events only", NULL, "");
		return;
	}
	if (scenario_reader_duration(in, words, "at", &at_ns) < 0 ||
	    parse_what(in, words, &event) < 0)
		return;
	event.at_ns = at_ns;
	scenario->events[scenario->events_count++] = event;
}

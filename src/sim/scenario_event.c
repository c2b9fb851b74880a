/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "sim/scenario_reader.h"

#define LINK_SETTING(word_, unit_, member_, low_, high_)                                           \
	{                                                                                          \
		.word = word_, .unit = unit_, .place = offsetof(struct path_options, member_),     \
		.low = low_, .high = high_                                                         \
	}

const struct setting_kind scenario_link_settings[] = {
	LINK_SETTING("base", UNIT_DURATION, base_s, 0, 1000),
	{ .word = "jitter",
	  .unit = UNIT_LAW,
	  .low = 0,
	  .high = 1000,
	  .place = offsetof(struct path_options, jitter_s),
	  .law_place = offsetof(struct path_options, law) },
	LINK_SETTING("asymmetry", UNIT_PROBABILITY, asymmetry, -1, 1),
	LINK_SETTING("loss", UNIT_PROBABILITY, loss, 0, 1),
	LINK_SETTING("duplicate", UNIT_PROBABILITY, duplicate, 0, 1),
	LINK_SETTING("reorder", UNIT_PROBABILITY, reorder, 0, 1),
	LINK_SETTING("reorder-delay", UNIT_DURATION, reorder_delay_s, 0, 1e5),
	LINK_SETTING("burst-every", UNIT_DURATION, burst_every_s, 0, 1e9),
	LINK_SETTING("burst-for", UNIT_DURATION, burst_for_s, 1e-3, 1e9),
	LINK_SETTING("burst-jitter", UNIT_DURATION, burst_jitter_s, 0, 1000),
	LINK_SETTING("burst-loss", UNIT_PROBABILITY, burst_loss, 0, 1),
	LINK_SETTING("up-every", UNIT_DURATION, up_every_s, 0, 1e9),
	LINK_SETTING("up-for", UNIT_DURATION, up_for_s, 0, 1e9),
	LINK_SETTING("down", UNIT_ON, is_down, 0, 1),
	LINK_SETTING("up", UNIT_OFF, is_down, 0, 1),
};
const size_t scenario_link_settings_count = ARRAY_COUNT(scenario_link_settings);

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
};

int scenario_link_parse(struct scenario_reader *in, struct words *words,
                        struct script_event *link_out)
{
	*link_out = (struct script_event){ .kind = SCRIPT_LINK };
	if (scenario_reader_node(in, words, &link_out->a) < 0)
		return -EINVAL;
	link_out->is_both_ways = !words_take_if(words, "->");
	if (scenario_reader_node(in, words, &link_out->b) < 0)
		return -EINVAL;
	if (link_out->a == link_out->b)
		return scenario_reader_error(in, "a link needs two nodes", NULL, "");
	return scenario_reader_settings(in, words, scenario_link_settings,
	                                scenario_link_settings_count, &link_out->settings);
}

void scenario_link_apply(const struct script_event *link, struct path_options *forth,
                         struct path_options *back)
{
	settings_apply(&link->settings, forth);
	if (!link->is_both_ways)
		return;
	settings_apply(&link->settings, back);
	for (size_t i = 0; i < link->settings.count; i++) {
		if (link->settings.list[i].kind->place == offsetof(struct path_options, asymmetry))
			back->asymmetry = -forth->asymmetry; /* longer there is shorter back */
	}
}

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
		"after the time comes one of link, server, device, clock, pause, dns, "
		"online, offline",
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

/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "sim/scenario_reader.h"

#define LINK_SETTING(...) SETTING_AT(struct path_options, __VA_ARGS__)

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
	LINK_SETTING("forge", UNIT_PROBABILITY, forge, 0, 1),
	LINK_SETTING("down", UNIT_ON, is_down, 0, 1),
	LINK_SETTING("up", UNIT_OFF, is_down, 0, 1),
};
const size_t scenario_link_settings_count = ARRAY_COUNT(scenario_link_settings);

#define IDEAL_SETTING(...) SETTING_AT(struct ideal_server_options, __VA_ARGS__)

static const struct setting_kind ideal_settings[] = {
	IDEAL_SETTING("offset", UNIT_DURATION, offset_s, -4e9, 4e9),
	IDEAL_SETTING("date", UNIT_DATE, offset_s, -2.3e9, 8e9),
	IDEAL_SETTING("ramp", UNIT_RATE, ramp, -0.1, 0.1),
	IDEAL_SETTING("stratum", UNIT_COUNT, stratum, 0, 255),
	IDEAL_SETTING("leap", UNIT_COUNT, leap, 0, 3),
	IDEAL_SETTING("delay", UNIT_DURATION, root_delay_s, 0, 60000),
	IDEAL_SETTING("dispersion", UNIT_DURATION, root_dispersion_s, 0, 60000),
	IDEAL_SETTING("down", UNIT_ON, is_down, 0, 1),
	IDEAL_SETTING("up", UNIT_OFF, is_down, 0, 1),
	{ .word = "step",
	  .unit = UNIT_DURATION,
	  .low = -4e9,
	  .high = 4e9,
	  .is_added = true,
	  .place = offsetof(struct ideal_server_options, offset_s) },
};

int scenario_ideal_settings(struct scenario_reader *in, struct words *words,
                            struct settings *settings_out)
{
	return scenario_reader_settings(in, words, ideal_settings, ARRAY_COUNT(ideal_settings),
	                                settings_out);
}

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

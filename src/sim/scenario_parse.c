/* SPDX-License-Identifier: MIT */
#include "sim/scenario_parse.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario_reader.h"

#define LINE_MAX          512
#define WORDS_MAX         48
#define DATE_2026_11_01_S INT64_C(1793491200)
#define DATE_2026_11_22_S INT64_C(1795305600)

#define CLOCK_SETTING(...) SETTING_AT(struct kept_clock_options, __VA_ARGS__)

static const struct setting_kind clock_settings[] = {
	CLOCK_SETTING("offset", UNIT_DURATION, offset_s, -4e9, 4e9),
	CLOCK_SETTING("date", UNIT_DATE, offset_s, -2.3e9, 8e9), /* made an offset later */
	CLOCK_SETTING("freq", UNIT_RATE, oscillator.frequency, -0.1, 0.1),
	CLOCK_SETTING("wander", UNIT_RATE, oscillator.wander, 0, 1e-3),
	CLOCK_SETTING("white", UNIT_RATE, oscillator.white, 0, 1e-3),
	CLOCK_SETTING("temperature", UNIT_RATE, oscillator.temperature, 0, 1e-3),
	CLOCK_SETTING("temperature-period", UNIT_DURATION, oscillator.temperature_period_s, 10,
	              1e9),
	CLOCK_SETTING("granularity", UNIT_DURATION, granularity_s, 1e-9, 1),
};

#define RTC_SETTING(...) SETTING_AT(struct rtc_options, __VA_ARGS__)

static const struct setting_kind rtc_settings[] = {
	RTC_SETTING("offset", UNIT_DURATION, offset_s, -4e9, 4e9),
	RTC_SETTING("date", UNIT_DATE, offset_s, -2.3e9, 8e9), /* made an offset later */
	RTC_SETTING("freq", UNIT_RATE, frequency, -5e-3, 5e-3),
	RTC_SETTING("zone", UNIT_DURATION, zone_s, -86400, 86400),
	RTC_SETTING("taken-as-utc", UNIT_ON, is_taken_as_utc, 0, 1),
	RTC_SETTING("start", UNIT_ON, is_start_wanted, 0, 1),
	RTC_SETTING("untracked", UNIT_ON, is_untracked, 0, 1),
};

/* A date becomes the offset that makes the clock show it at the start. */
static void dates_to_offsets(const struct scenario *scenario, struct settings *settings)
{
	for (size_t i = 0; i < settings->count; i++) {
		if (settings->list[i].kind->unit == UNIT_DATE)
			settings->list[i].value -= (double)(scenario->start.ns / NS_PER_S);
	}
}

static struct scenario_node *add_node(struct scenario_reader *in, struct words *words)
{
	struct scenario *scenario = in->scenario;
	struct scenario_node *node = &scenario->nodes[scenario->nodes_count];
	const char *name = words_take(words);

	if (!name || strlen(name) >= SCENARIO_NAME_SIZE) {
		scenario_reader_error(in, "a name of at most 47 letters is missing", NULL, "");
		return NULL;
	}
	if (scenario_find(scenario, name) != SCENARIO_NODE_NONE) {
		scenario_reader_error(in, "", name, " is named twice; choose another name");
		return NULL;
	}
	if (scenario->nodes_count == SCENARIO_NODES_MAX) {
		scenario_reader_error(in, "there is room for 64 nodes only", NULL, "");
		return NULL;
	}
	memcpy(node->name, name, strlen(name) + 1);
	scenario->nodes_count++;
	return node;
}

static void parse_node(struct scenario_reader *in, struct words *words)
{
	struct scenario_node *node = add_node(in, words);
	struct settings settings;

	if (!node)
		return;
	node->clock = (struct kept_clock_options){ .granularity_s = 1e-9,
		                                   .oscillator.temperature_period_s = 86400 };
	node->config_line = in->line + 1;
	if (scenario_reader_settings(in, words, clock_settings, ARRAY_COUNT(clock_settings),
	                             &settings) < 0)
		return;
	dates_to_offsets(in->scenario, &settings);
	settings_apply(&settings, &node->clock);
}

/* "rtc NODE SETTINGS" */
static void parse_rtc(struct scenario_reader *in, struct words *words)
{
	struct settings settings;
	uint32_t index;

	if (scenario_reader_node(in, words, &index) < 0)
		return;
	if (in->scenario->nodes[index].is_ideal) {
		scenario_reader_error(in, "", in->scenario->nodes[index].name,
		                      " is an ideal server and has no real-time clock");
		return;
	}
	if (scenario_reader_settings(in, words, rtc_settings, ARRAY_COUNT(rtc_settings),
	                             &settings) < 0)
		return;
	dates_to_offsets(in->scenario, &settings);
	in->scenario->nodes[index].has_rtc = true;
	settings_apply(&settings, &in->scenario->nodes[index].rtc);
}

/* "face NAME DURATION" pairs come first: what one client alone is told. */
static void parse_faces(struct scenario_reader *in, struct words *words, struct ideal_server *ideal)
{
	while (words_take_if(words, "face")) {
		struct ideal_server_face face = { 0 };

		if (scenario_reader_node(in, words, &face.client) < 0 ||
		    scenario_reader_value(in, words, "face", UNIT_DURATION, &face.offset_s) < 0)
			return;
		if (ideal->faces_count == IDEAL_SERVER_FACES_MAX) {
			scenario_reader_error(in, "a server has at most 8 faces", NULL, "");
			return;
		}
		ideal->faces[ideal->faces_count++] = face;
	}
}

static void parse_ideal(struct scenario_reader *in, struct words *words)
{
	struct scenario_node *node = add_node(in, words);
	struct settings settings;

	if (!node)
		return;
	node->is_ideal = true;
	node->ideal.options.stratum = 1;
	parse_faces(in, words, &node->ideal);
	if (scenario_ideal_settings(in, words, &settings) < 0)
		return;
	dates_to_offsets(in->scenario, &settings);
	settings_apply(&settings, &node->ideal.options);
}

static void parse_network(struct scenario_reader *in, struct words *words)
{
	struct scenario *scenario = in->scenario;
	struct settings settings;

	if (scenario_reader_settings(in, words, scenario_link_settings,
	                             scenario_link_settings_count, &settings) < 0)
		return;
	settings_apply(&settings, &scenario->network);
	for (size_t i = 0; i < SCENARIO_NODES_MAX * SCENARIO_NODES_MAX; i++) {
		settings_apply(&settings, &scenario->links[i]);
		if (i / SCENARIO_NODES_MAX > i % SCENARIO_NODES_MAX) /* the way back */
			scenario->links[i].asymmetry = -scenario->network.asymmetry;
	}
}

static void parse_link(struct scenario_reader *in, struct words *words)
{
	struct path_options *links = in->scenario->links;
	struct script_event link;

	if (scenario_link_parse(in, words, &link) == 0)
		scenario_link_apply(&link, &links[link.a * SCENARIO_NODES_MAX + link.b],
		                    &links[link.b * SCENARIO_NODES_MAX + link.a]);
}

static void parse_pool(struct scenario_reader *in, struct words *words)
{
	struct scenario *scenario = in->scenario;
	struct scenario_pool *pool = &scenario->pools[scenario->pools_count];
	const char *name = words_take(words);

	if (!name || strlen(name) >= SCENARIO_NAME_SIZE ||
	    scenario->pools_count == SCENARIO_POOLS_MAX) {
		scenario_reader_error(
			in,
			"name needs a short name and the nodes it stands for; there may"
			" be 8 such lines",
			NULL, "");
		return;
	}
	memcpy(pool->name, name, strlen(name) + 1);
	while (words->next < words->count) {
		if (pool->count == SCENARIO_POOL_MAX) {
			scenario_reader_error(in, "a name stands for at most 16 nodes", NULL, "");
			return;
		}
		if (scenario_reader_node(in, words, &pool->members[pool->count]) < 0)
			return;
		pool->count++;
	}
	scenario->pools_count++;
}

static void parse_date_line(struct scenario_reader *in, struct words *words, const char *what,
                            struct utc_time *time_out)
{
	double seconds = 0;

	if (scenario_reader_value(in, words, what, UNIT_DATE, &seconds) == 0)
		time_out->ns = (int64_t)seconds * NS_PER_S;
}

/* "leap insert|delete DAY [listed]": it ends that day. */
static void parse_leap(struct scenario_reader *in, struct words *words)
{
	struct scenario *scenario = in->scenario;
	double day_s = 0;

	if (words_take_if(words, "insert"))
		scenario->leap = 1;
	else if (words_take_if(words, "delete"))
		scenario->leap = -1;
	else
		scenario_reader_error(in, "leap needs insert or delete, and the day that it ends",
		                      NULL, "");
	if (scenario->leap == 0 || scenario_reader_value(in, words, "leap", UNIT_DATE, &day_s) < 0)
		return;
	scenario->is_leap_listed = words_take_if(words, "listed");
	scenario->leap_at_ns = ((int64_t)day_s + 86400 - (scenario->leap < 0)) * NS_PER_S;
}

static void parse_seed(struct scenario_reader *in, struct words *words)
{
	const char *word = words_take(words);

	if (!word || text_parse_u64(word, UINT64_MAX, &in->scenario->seed) < 0)
		scenario_reader_error(in, "seed needs a whole number", NULL, "");
}

/* "assumptions broken [until TIME]" */
static void parse_broken(struct scenario_reader *in, struct words *words)
{
	in->scenario->assumptions_hold_ns = INT64_MAX;
	if (words_take_if(words, "until"))
		(void)!scenario_reader_duration(in, words, "until",
		                                &in->scenario->assumptions_hold_ns);
}

static void parse_words(struct scenario_reader *in, struct words *words)
{
	static const char possible[] =
		" begins no line; possible are duration, start, built, leap, tai, seed, observe, watch, settle, "
		"assumptions broken, network, link, ideal, node, rtc, device, name, at, expect";
	struct scenario *scenario = in->scenario;
	const char *word = words_take(words);
	bool is_known = true;

	if (strcmp(word, "duration") == 0)
		(void)!scenario_reader_duration(in, words, word, &scenario->duration_ns);
	else if (strcmp(word, "observe") == 0)
		(void)!scenario_reader_duration(in, words, word, &scenario->observe_ns);
	else if (strcmp(word, "settle") == 0)
		(void)!scenario_reader_duration(in, words, word, &scenario->settle_ns);
	else if (strcmp(word, "watch") == 0)
		(void)!scenario_reader_duration(in, words, word, &scenario->watch_ns);
	else if (strcmp(word, "start") == 0)
		parse_date_line(in, words, word, &scenario->start);
	else if (strcmp(word, "built") == 0)
		parse_date_line(in, words, word, &scenario->built);
	else if (strcmp(word, "tai") == 0)
		(void)!scenario_reader_value(in, words, word, UNIT_DURATION,
		                             &scenario->tai_offset_s);
	else if (strcmp(word, "seed") == 0)
		parse_seed(in, words);
	else if (strcmp(word, "leap") == 0)
		parse_leap(in, words);
	else if (strcmp(word, "network") == 0)
		parse_network(in, words);
	else if (strcmp(word, "link") == 0)
		parse_link(in, words);
	else if (strcmp(word, "ideal") == 0)
		parse_ideal(in, words);
	else if (strcmp(word, "node") == 0)
		parse_node(in, words);
	else if (strcmp(word, "rtc") == 0)
		parse_rtc(in, words);
	else if (strcmp(word, "device") == 0)
		scenario_device_parse(in, words);
	else if (strcmp(word, "name") == 0)
		parse_pool(in, words);
	else if (strcmp(word, "at") == 0)
		scenario_event_parse(in, words);
	else if (strcmp(word, "expect") == 0)
		scenario_expect_parse(in, words);
	else if (strcmp(word, "assumptions") == 0 && words_take_if(words, "broken"))
		parse_broken(in, words);
	else
		is_known = false;
	if (!is_known)
		scenario_reader_error(in, "", word, possible);
	else if (words->next < words->count && in->errors_count == in->errors_before_count)
		scenario_reader_error(in, "", words->list[words->next],
		                      " is too much in this line");
}

/* Cuts a line into its words; a '#' begins a comment. False when there are too many. */
static bool split(char *line, char *list[WORDS_MAX], size_t *count_out)
{
	static const char blanks[] = " \t\r";

	*count_out = 0;
	line[strcspn(line, "#")] = '\0';
	for (;;) {
		line += strspn(line, blanks);
		if (*line == '\0')
			return true;
		if (*count_out == WORDS_MAX)
			return false;
		list[(*count_out)++] = line;
		line += strcspn(line, blanks);
		if (*line != '\0')
			*line++ = '\0';
	}
}

static void parse_line(struct scenario_reader *in, const char *start, size_t length_bytes)
{
	char line[LINE_MAX];
	char *list[WORDS_MAX];
	struct words words = { .list = list };

	if (length_bytes >= sizeof line || memchr(start, '\0', length_bytes)) {
		scenario_reader_error(in, "a line is too long or holds a zero byte", NULL, "");
		return;
	}
	memcpy(line, start, length_bytes);
	line[length_bytes] = '\0';
	in->errors_before_count = in->errors_count;
	if (!split(line, list, &words.count))
		scenario_reader_error(in, "too many words in one line", NULL, "");
	else if (words.count > 0)
		parse_words(in, &words);
}

static bool is_blank_or_comment(const char *start, size_t length_bytes)
{
	for (size_t i = 0; i < length_bytes; i++) {
		if (start[i] != ' ' && start[i] != '\t' && start[i] != '\r')
			return start[i] == '#';
	}
	return true;
}

/* The first line that says something is the title; indented lines belong to the node above. */
static void take_line(struct scenario_reader *in, const char *text, size_t start, size_t length)
{
	struct scenario *scenario = in->scenario;
	struct scenario_node *last =
		scenario->nodes_count ? &scenario->nodes[scenario->nodes_count - 1] : NULL;

	if (is_blank_or_comment(text + start, length))
		return;
	if (scenario->title[0] == '\0') {
		length = length < SCENARIO_TITLE_SIZE - 1 ? length : SCENARIO_TITLE_SIZE - 1;
		memcpy(scenario->title, text + start, length);
		scenario->title[0] = scenario->title[0] ? scenario->title[0] : '?';
	} else if (text[start] == '\t' || text[start] == ' ') {
		if (!in->is_in_node || !last) {
			scenario_reader_error(
				in,
				"an indented line is a line of chrony.conf and must stand"
				" below a node",
				NULL, "");
			return;
		}
		if (last->config_length == 0) {
			last->config_start = start;
			last->config_line = in->line;
		}
		last->config_length = start + length - last->config_start;
	} else {
		parse_line(in, text + start, length);
		in->is_in_node = length > 5 && strncmp(text + start, "node", 4) == 0;
	}
}

static void take_defaults(struct scenario *scenario)
{
	if (scenario->observe_ns == 0)
		scenario->observe_ns = scenario->duration_ns > 4000 * NS_PER_S
		                               ? scenario->duration_ns / 4000
		                               : NS_PER_S;
	if (scenario->settle_ns < 0)
		scenario->settle_ns = scenario->duration_ns / 2;
}

static void check_whole(struct scenario_reader *in)
{
	const struct scenario *scenario = in->scenario;

	if (scenario->title[0] == '\0')
		scenario_reader_error(in,
		                      "the scenario is empty; it begins with a sentence that says "
		                      "what it shows",
		                      NULL, "");
	else if (scenario->duration_ns <= 0)
		scenario_reader_error(in, "a line such as \"duration 2h\" is missing", NULL, "");
	else if (scenario->duration_ns / (scenario->observe_ns ? scenario->observe_ns : 1) >
	         100000000)
		scenario_reader_error(in, "observe is too short for this duration", NULL, "");
}

static struct scenario *new_scenario(void)
{
	struct scenario *scenario = calloc(1, sizeof *scenario);

	if (!scenario)
		return NULL;
	scenario->links = calloc(SCENARIO_NODES_MAX * SCENARIO_NODES_MAX, sizeof *scenario->links);
	if (!scenario->links) {
		free(scenario);
		return NULL;
	}
	scenario->seed = 1;
	scenario->settle_ns = -1;
	scenario->start.ns = DATE_2026_11_22_S * NS_PER_S;
	scenario->built.ns = DATE_2026_11_01_S * NS_PER_S;
	scenario->network.base_s = 1e-3;
	for (size_t i = 0; i < SCENARIO_NODES_MAX * SCENARIO_NODES_MAX; i++)
		scenario->links[i] = scenario->network;
	return scenario;
}

int scenario_parse(const char *name, const char *text, size_t length_bytes,
                   struct scenario **scenario_out, struct text *errors)
{
	struct scenario_reader in = { .scenario = new_scenario(), .name = name, .errors = errors };
	int error = 0;

	if (!in.scenario)
		return -ENOMEM;
	for (size_t start = 0; start < length_bytes;) {
		const char *end = memchr(text + start, '\n', length_bytes - start);
		const size_t length = end ? (size_t)(end - text) - start : length_bytes - start;

		in.line++;
		take_line(&in, text, start, length);
		start += length + 1;
	}
	take_defaults(in.scenario);
	check_whole(&in);
	for (size_t i = 0; i < in.scenario->nodes_count && error == 0; i++)
		error = scenario_config_parse(&in, text, &in.scenario->nodes[i]);
	if (error == 0) {
		scenario_device_check(&in);
		scenario_expect_check(&in);
	}
	if (error == 0 && in.errors_count > 0)
		error = -EINVAL;
	if (error < 0) {
		scenario_destroy(in.scenario);
		return error;
	}
	*scenario_out = in.scenario;
	return 0;
}

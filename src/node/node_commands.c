/* SPDX-License-Identifier: MIT */
#include "node/node_commands.h"

#include <math.h>
#include <string.h>

#include "node/node_state.h"
#include "ntp/ntp_schedule.h"

#define DELAY_MAX_S  1000.0 /* as in the configuration */
#define STRATUM_MAX  16
#define DISTANCE_MAX 1e6

bool node_choice_is_all(const struct node_choice *choice)
{
	return choice->address.family == ADDRESS_NONE && choice->number == 0 &&
	       choice->reference_id == 0;
}

static bool is_masked(const struct address *address, const struct node_choice *choice)
{
	bool is_same = address->family == choice->address.family;

	for (size_t i = 0; i < sizeof address->bytes; i++)
		is_same &= ((address->bytes[i] ^ choice->address.bytes[i]) &
		            choice->mask.bytes[i]) == 0;
	return is_same;
}

static bool is_chosen(const struct node *node, const struct node_source *source,
                      const struct node_choice *choice)
{
	if (!source->is_used)
		return false;
	if (node_choice_is_all(choice))
		return true;
	if (choice->reference_id != 0)
		return source->refclock &&
		       refclock_options_reference_id(refclock_status(source->refclock).options) ==
		               choice->reference_id;
	if (source->refclock)
		return false;
	if (choice->number != 0)
		return source->address.family == ADDRESS_NONE &&
		       (size_t)(source - node->sources) + 1 == choice->number;
	return choice->address.family != ADDRESS_NONE && is_masked(&source->address, choice);
}

/* The next chosen one from `from` on, or NULL. */
static struct node_source *next_chosen(struct node *node, const struct node_choice *choice,
                                       const struct node_source *from)
{
	for (size_t i = from ? (size_t)(from - node->sources) + 1 : 0; i < node->sources_count;
	     i++) {
		if (is_chosen(node, &node->sources[i], choice))
			return &node->sources[i];
	}
	return NULL;
}

static enum node_outcome outcome(const struct node_choice *choice, unsigned chosen_count)
{
	return chosen_count > 0 || node_choice_is_all(choice) ? NODE_DONE : NODE_NO_SUCH_SOURCE;
}

void node_source_set_online(struct node *node, struct node_source *source, bool is_online,
                            struct instant now)
{
	const struct ntp_client_status client = source->client ? ntp_client_status(source->client)
	                                                       : (struct ntp_client_status){ 0 };

	if (!source->client && !source->refclock) /* when its name has an address it will do so */
		node_lines_own_options(node, source)->offline = !is_online;
	if (!source->client || (client.is_online == is_online && !client.is_visiting &&
	                        !(is_online && client.is_denied)))
		return;
	ntp_client_set_online(source->client, is_online, now.mono);
	trace_emit(&node->trace, &(struct trace_event){ .kind = is_online ? TRACE_SOURCE_ONLINE
	                                                                  : TRACE_SOURCE_OFFLINE,
	                                                .when = now.local,
	                                                .name = node_source_name(node, source),
	                                                .address = source->address });
}

enum node_outcome node_command_set_online(struct node *node, const struct node_choice *choice,
                                          bool is_online, struct instant now, struct outbox *out)
{
	struct node_source *source = NULL;
	unsigned chosen_count = 0;

	while ((source = next_chosen(node, choice, source))) {
		node_source_set_online(node, source, is_online, now);
		chosen_count++;
	}
	node_selection_run(node, now, out);
	return outcome(choice, chosen_count);
}

enum node_outcome node_command_start_burst(struct node *node, const struct node_choice *choice,
                                           unsigned good_count, unsigned total_count,
                                           struct instant now)
{
	struct node_source *source = NULL;
	unsigned chosen_count = 0;

	while ((source = next_chosen(node, choice, source))) {
		if (source->client)
			ntp_client_start_burst(source->client, good_count, total_count, now.mono);
		chosen_count++;
	}
	return outcome(choice, chosen_count);
}

/* ---- options of a source ---- */

static bool is_valid(enum node_source_value which, double value)
{
	switch (which) {
	case NODE_SOURCE_MINPOLL:
	case NODE_SOURCE_MAXPOLL:
		return value >= NTP_SCHEDULE_POLL_MIN && value <= NTP_SCHEDULE_POLL_MAX;
	case NODE_SOURCE_MAXDELAY:
		return value > 0 && value <= DELAY_MAX_S;
	case NODE_SOURCE_POLLTARGET:
		return value >= 1 && value <= 64;
	case NODE_SOURCE_MAXDELAYRATIO:
	case NODE_SOURCE_MAXDELAYDEVRATIO:
		return value >= 0 && isfinite(value);
	case NODE_SOURCE_MINSTRATUM:
		return value >= 0 && value <= STRATUM_MAX;
	case NODE_SOURCE_OFFSET:
		return fabs(value) <= DISTANCE_MAX;
	}
	return false;
}

static void set_value(struct source_options *options, enum node_source_value which, double value)
{
	switch (which) {
	case NODE_SOURCE_MINPOLL:
		options->minpoll_log2_s = (int8_t)value;
		if (options->maxpoll_log2_s < options->minpoll_log2_s)
			options->maxpoll_log2_s = options->minpoll_log2_s;
		break;
	case NODE_SOURCE_MAXPOLL:
		options->maxpoll_log2_s = (int8_t)value;
		if (options->minpoll_log2_s > options->maxpoll_log2_s)
			options->minpoll_log2_s = options->maxpoll_log2_s;
		break;
	case NODE_SOURCE_MAXDELAY:
		options->maxdelay_s = value;
		break;
	case NODE_SOURCE_MAXDELAYDEVRATIO:
		options->maxdelaydevratio = value;
		break;
	case NODE_SOURCE_POLLTARGET:
		options->polltarget = (uint32_t)value;
		break;
	case NODE_SOURCE_MAXDELAYRATIO:
		options->maxdelayratio = value;
		break;
	case NODE_SOURCE_MINSTRATUM:
		options->minstratum = (uint8_t)value;
		break;
	case NODE_SOURCE_OFFSET:
		options->offset_s = value;
		break;
	}
}

static const char *const value_names[] = {
	[NODE_SOURCE_MINPOLL] = "minpoll",
	[NODE_SOURCE_MAXPOLL] = "maxpoll",
	[NODE_SOURCE_MAXDELAY] = "maxdelay",
	[NODE_SOURCE_MAXDELAYRATIO] = "maxdelayratio",
	[NODE_SOURCE_MAXDELAYDEVRATIO] = "maxdelaydevratio",
	[NODE_SOURCE_MINSTRATUM] = "minstratum",
	[NODE_SOURCE_POLLTARGET] = "polltarget",
	[NODE_SOURCE_OFFSET] = "offset",
};

static void tell(const struct node *node, enum trace_kind kind, double number, struct instant now)
{
	trace_emit(&node->trace,
	           &(struct trace_event){ .kind = kind, .when = now.local, .numbers = { number } });
}

void node_source_take_limits(struct node *node, struct node_source *source, struct instant now)
{
	const struct source_options *options = node_source_options(node, source);

	if (source->client)
		ntp_client_set_limits(
			source->client,
			&(struct ntp_client_limits){ .minpoll_log2_s = options->minpoll_log2_s,
		                                     .maxpoll_log2_s = options->maxpoll_log2_s,
		                                     .maxdelay_s = options->maxdelay_s,
		                                     .maxdelayratio = options->maxdelayratio },
			now.mono);
}

enum node_outcome node_command_set_source(struct node *node, const struct node_choice *choice,
                                          enum node_source_value which, double value,
                                          struct instant now)
{
	struct node_source *source = NULL;
	unsigned chosen_count = 0;

	if (!is_valid(which, value))
		return NODE_OUT_OF_RANGE;
	while ((source = next_chosen(node, choice, source))) {
		if (source->refclock && which != NODE_SOURCE_OFFSET)
			continue;
		set_value(node_lines_own_options(node, source), which, value);
		if (source->refclock)
			node_refclocks_set_offset(node, source, value);
		node_source_take_limits(node, source, now);
		trace_emit(&node->trace,
		           &(struct trace_event){ .kind = TRACE_SOURCE_SET,
		                                  .when = now.local,
		                                  .name = node_source_name(node, source),
		                                  .address = source->address,
		                                  .text = value_names[which],
		                                  .numbers = { value } });
		chosen_count++;
	}
	return outcome(choice, chosen_count);
}

enum node_outcome node_command_mark_source(struct node *node, const struct node_choice *choice,
                                           const struct node_selection_marks *which,
                                           const struct node_selection_marks *values,
                                           struct instant now, struct outbox *out)
{
	struct node_source *source = NULL;
	unsigned chosen_count = 0;

	while ((source = next_chosen(node, choice, source))) {
		struct source_options *options = node_lines_own_options(node, source);

		options->noselect = which->noselect ? values->noselect : options->noselect;
		options->prefer = which->prefer ? values->prefer : options->prefer;
		options->trust = which->trust ? values->trust : options->trust;
		options->require = which->require ? values->require : options->require;
		chosen_count++;
	}
	node_selection_run(node, now, out);
	return outcome(choice, chosen_count);
}

/* ---- which sources there are ---- */

enum node_outcome node_command_add_source(struct node *node, const struct source_options *options,
                                          struct instant now)
{
	struct address address;

	for (size_t i = 0; i < node->sources_count; i++) {
		const struct node_source *source = &node->sources[i];

		if (!source->is_used)
			continue;
		if (strcmp(node_source_name(node, source), options->name) == 0 ||
		    (address_parse(options->name, &address) == 0 &&
		     address_is_same_host(&source->address, &address)))
			return NODE_SOURCE_KNOWN;
	}
	return node_lines_add(node, options, now) ? NODE_DONE : NODE_TOO_MANY_SOURCES;
}

enum node_outcome node_command_delete_source(struct node *node, const struct node_choice *choice,
                                             struct instant now, struct outbox *out)
{
	struct node_source *source = next_chosen(node, choice, NULL);

	if (!source || node_choice_is_all(choice))
		return NODE_NO_SUCH_SOURCE;
	node_lines_remove(node, source, out);
	node_selection_run(node, now, out);
	return NODE_DONE;
}

void node_command_reselect(struct node *node, struct instant now, struct outbox *out)
{
	node->system.has_leader = false;
	node_selection_run(node, now, out);
}

void node_command_refresh(struct node *node, struct instant now)
{
	node_lines_refresh(node, now);
}

void node_command_reset_sources(struct node *node, struct instant now, struct outbox *out)
{
	for (size_t i = 0; i < node->sources_count; i++) {
		struct ntp_client *client = node->sources[i].client;

		if (!client || !ntp_client_status(client).is_online)
			continue;
		ntp_client_set_online(client, false, now.mono); /* nothing was ever heard of it */
		ntp_client_set_online(client, true, now.mono);
	}
	node_clock_restart(node, now, out);
}

void node_command_keys_changed(struct node *node, struct instant now)
{
	node_lines_reopen(node, now);
}

/* ---- the clock ---- */

enum node_outcome node_command_step(struct node *node, struct instant now, struct outbox *out)
{
	if (!node->discipline.can_adjust)
		return NODE_CANNOT;
	discipline_step_now(&node->discipline, now, out);
	return NODE_DONE;
}

enum node_outcome node_command_set_makestep(struct node *node, double threshold_s, int32_t limit)
{
	if (!(threshold_s >= 0) || !isfinite(threshold_s))
		return NODE_OUT_OF_RANGE;
	discipline_set_makestep(&node->discipline, threshold_s, limit);
	return NODE_DONE;
}

enum node_outcome node_command_set_maxupdateskew(struct node *node, double limit_ppm)
{
	if (!(limit_ppm >= 0) || !isfinite(limit_ppm))
		return NODE_OUT_OF_RANGE;
	node->discipline.options.maxupdateskew_ppm = limit_ppm;
	return NODE_DONE;
}

enum node_outcome node_command_set_reselectdist(struct node *node, double distance_s,
                                                struct instant now)
{
	if (!(distance_s >= 0) || distance_s > DISTANCE_MAX)
		return NODE_OUT_OF_RANGE;
	node->config.selection.reselectdist_s = distance_s;
	tell(node, TRACE_DISTANCE_SET, distance_s, now);
	return NODE_DONE;
}

enum node_outcome node_command_set_local(struct node *node, const struct local_options *local)
{
	if (local->is_on && (local->stratum < 1 || local->stratum >= STRATUM_MAX ||
	                     !(local->distance_s >= 0) || !(local->activate_s >= 0) ||
	                     !(local->waitsynced_s >= 0) || !(local->waitunsynced_s >= 0)))
		return NODE_OUT_OF_RANGE;
	node->config.local = *local;
	return NODE_DONE;
}

enum node_outcome node_command_shift(struct node *node, double gain_ppm, double ahead_s,
                                     struct instant now, struct outbox *out)
{
	if (!isfinite(gain_ppm) || !(fabs(ahead_s) <= DISTANCE_MAX))
		return NODE_OUT_OF_RANGE;
	if (!node->discipline.can_adjust)
		return NODE_CANNOT;
	discipline_shift(&node->discipline, -gain_ppm * 1e-6, llrint(-ahead_s * 1e9), now, out);
	if (gain_ppm != 0)
		tell(node, TRACE_RATE_SHIFTED, gain_ppm, now);
	if (ahead_s != 0)
		tell(node, TRACE_OFFSET_SHIFTED, ahead_s, now);
	return NODE_DONE;
}

/* ---- clients ---- */

int node_command_allow(struct node *node, const struct access_rule *rule, bool is_all)
{
	return access_add(&node->server.access, rule, is_all);
}

const struct access *node_access(const struct node *node)
{
	return &node->server.access;
}

struct client_table *node_clients(struct node *node)
{
	return node->server.clients;
}

/* SPDX-License-Identifier: MIT */
#include "node/node.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "node/node_commands.h"
#include "node/node_state.h"
#include "ntp/reference_id.h"
#include "timescale/leap_learnt.h"

#define DRIFT_SD_UNKNOWN 1e-4 /* s/s: an ordinary crystal before anything is known */
/* A drift file is never believed more than that: the crystal is colder or older than when it was
 * written. Raised: slower starts; lowered: a start with another rate takes an hour to mend. */
#define DRIFT_SD_MIN 1e-6
#define SKEW_SDS     3.0
/* How soon it is noticed at the latest that somebody else moved the clock. Raised: fewer wake-ups,
 * wrong time is served for longer. */
#define NODE_WATCH_NS NS_PER_S

static void take_drift(struct node *node, const struct node_setup *setup)
{
	node->drift = 0;
	node->drift_sd = DRIFT_SD_UNKNOWN;
	if (setup->has_drift) {
		/* the file's sign: + = the clock gains; ours: + = to be sped up */
		node->drift = -setup->drift_ppm * 1e-6;
		node->drift_sd = fmin(fmax(setup->drift_skew_ppm * 1e-6 / SKEW_SDS, DRIFT_SD_MIN),
		                      DRIFT_SD_UNKNOWN);
	}
}

static uint32_t less(uint32_t whole, uint32_t spent)
{
	return whole > spent ? whole - spent : 0;
}

/* What is left of the budgets; those without an end are not spent. */
static void take_spent(const struct node_setup *setup, struct discipline_options *options)
{
	const struct node_spent *spent = &setup->spent;

	if (options->makestep_limit > 0)
		options->makestep_limit =
			(int32_t)less((uint32_t)options->makestep_limit,
		                      setup->is_makestep_spent ? UINT32_MAX : spent->updates_count);
	options->maxchange_start = less(options->maxchange_start, spent->updates_count);
	if (options->maxchange_ignore > 0)
		options->maxchange_ignore =
			(int32_t)less((uint32_t)options->maxchange_ignore, spent->ignored_count);
}

int node_create(const struct node_setup *setup, struct instant now, struct node **node_out)
{
	const struct node_config *config = setup->config;
	struct discipline_options discipline = config->discipline;
	struct node *node;

	if (!(setup->precision_s > 0) || config->sources_count > NODE_LINES_MAX)
		return -EINVAL;
	node = calloc(1, sizeof *node);
	if (!node)
		return -ENOMEM;
	node->config = *config;
	node->rng = setup->rng;
	node->trace = setup->trace;
	node->traces_selections = setup->traces_selections;
	node->plausible = setup->plausible;
	node->precision_s = setup->precision_s;
	node_on_leap_table(node, setup->leap_table);
	node->has_leap_clock = setup->has_leap_clock;
	node->leap.shown = LEAP_UNSYNCHRONISED;
	node->keys = setup->keys;
	node->server.keys = setup->keys;
	take_drift(node, setup);
	if (setup->lateness_text)
		memcpy(node->lateness_text, setup->lateness_text,
		       strnlen(setup->lateness_text, sizeof node->lateness_text - 1));
	node->spent = setup->spent;
	take_spent(setup, &discipline);
	discipline_init(&node->discipline, &discipline, &node->trace, !setup->is_driftless,
	                node->drift, now);
	smoothing_init(&node->smoothing, &config->discipline.smoothtime);
	node->server.access = config->access;
	node->server.has_signer = config->has_signer;
	node->server.limit = config->ratelimit;
	node->last_failure = SOURCE_STATE_WAITING;
	node->started = now.mono;
	node->wait_until = MONO_TIME_NEVER;
	node->first_asked = MONO_TIME_NEVER;
	node->heard_again = MONO_TIME_NEVER;
	node->save_at = MONO_TIME_NEVER;
	node->initial_end = MONO_TIME_NEVER;
	node->is_restart = setup->is_makestep_spent || setup->spent.updates_count > 0;
	node->manual.is_on = config->manual;
	node->last_event = now;
	node->watch_ns = setup->watch_ns > 0 ? setup->watch_ns : NODE_WATCH_NS;
	node_rtc_init(node, setup, now);
	if (!config->noclientlog && config->clientloglimit_bytes > 0 &&
	    (client_table_create(config->clientloglimit_bytes / 4 * 3, setup->rng,
	                         &node->server.clients) < 0 ||
	     stamp_store_create(config->clientloglimit_bytes / 4, setup->rng,
	                        &node->server.stamps) < 0)) {
		client_table_destroy(node->server.clients);
		free(node);
		return -ENOMEM;
	}
	*node_out = node;
	return 0;
}

void node_destroy(struct node *node)
{
	if (!node)
		return;
	node_lines_destroy(node);
	client_table_destroy(node->server.clients);
	stamp_store_destroy(node->server.stamps);
	free(node);
}

static void start_sources(struct node *node, struct instant now, struct outbox *out)
{
	const struct ntp_server_time own = node_serving_time(node, now);

	node_lines_start(node, now, &own, out);
	node_broadcasts_start(node, now);
	if (node_refclocks_start(node, now) != 0)
		outbox_add(out, ACTION_GIVE_UP);
}

static void select_sources(struct node *node, struct instant now, struct outbox *out)
{
	node_selection_run(node, now, out);
	if (node_initial_is_over(node, now, out))
		start_sources(node, now, out);
}

void node_on_leap_table(struct node *node, const struct leap_table *table)
{
	char learnt[LEAP_LEARNT_TEXT_MAX];
	struct text out = text_into(learnt, sizeof learnt);

	if (node->leap_table)
		leap_learnt_format(&out, node->leap_table);
	if (table)
		node->own_leap_table = *table;
	node->leap_table = table ? &node->own_leap_table : NULL;
	if (table) /* what does not fit is overruled by the table */
		(void)!leap_learnt_read(learnt, node->leap_table);
	node->leap.announced_direction = 0;
}

void node_on_start(struct node *node, struct instant now, struct outbox *out)
{
	discipline_on_start(&node->discipline, out);
	if (!node_initial_start(node, now, out))
		start_sources(node, now, out);
}

void node_on_deadline(struct node *node, struct instant now, struct outbox *out)
{
	const bool is_decision_due = node_lines_deadline(node).ns <= now.mono.ns ||
	                             node_refclocks_deadline(node).ns <= now.mono.ns ||
	                             node->wait_until.ns <= now.mono.ns ||
	                             node_initial_deadline(node).ns <= now.mono.ns;

	node_clock_check(node, now, out);
	node_clock_on_deadline(node, now, out);
	node_rtc_on_deadline(node, now, out);
	node_broadcasts_on_deadline(node, now, out);
	if (is_decision_due) {
		const struct ntp_server_time own = node_serving_time(node, now);

		node_lines_on_deadline(node, now, &own, out);
		node_refclocks_on_deadline(node, now);
		select_sources(node, now, out);
	}
}

struct mono_time node_deadline(const struct node *node)
{
	const struct mono_time deadlines[] = {
		node_clock_deadline(node), node_initial_deadline(node),
		node_lines_deadline(node), node_refclocks_deadline(node),
		node_rtc_deadline(node),   node_broadcasts_deadline(node),
	};
	struct mono_time first = MONO_TIME_NEVER;

	for (size_t i = 0; i < ARRAY_COUNT(deadlines); i++)
		first = mono_time_earlier(first, deadlines[i]);
	return first;
}

/* Peers are known by their address and send to our server's port; nobody becomes one by sending.
 */
static struct node_source *find_source(struct node *node, const struct datagram *datagram)
{
	unsigned mode;

	if (datagram->association != ASSOCIATION_SERVER)
		return datagram->association < node->sources_count
		               ? &node->sources[datagram->association]
		               : NULL;
	mode = datagram->length_bytes > 0 ? datagram->bytes[0] & 7 : 0;
	return mode == NTP_MODE_SYMMETRIC_ACTIVE || mode == NTP_MODE_SYMMETRIC_PASSIVE
	               ? node_lines_peer(node, &datagram->remote)
	               : NULL;
}

void node_trace_refused(const struct node *node, const char *name, const struct datagram *datagram,
                        const char *why, unsigned number)
{
	assert(number < TRACE_REFUSALS_MAX);
	trace_emit(&node->trace, &(struct trace_event){ .kind = TRACE_PACKET_REFUSED,
	                                                .when = datagram->received,
	                                                .name = name,
	                                                .address = datagram->remote,
	                                                .text = why,
	                                                .numbers = { number } });
}

static bool is_refused(enum ntp_server_verdict verdict)
{
	return verdict != NTP_SERVER_ANSWERED && verdict != NTP_SERVER_KISSED &&
	       verdict != NTP_SERVER_SIGNED;
}

static void serve(struct node *node, const struct datagram *datagram, struct instant now,
                  struct outbox *out)
{
	const struct ntp_server_time time = node_serving_to_clients(node, now);
	const enum ntp_server_verdict verdict =
		ntp_server_on_received(&node->server, datagram, &time, now.mono, out);

	if (is_refused(verdict))
		node_trace_refused(node, NULL, datagram, ntp_server_verdict_text(verdict),
		                   NTP_VERDICT_COUNT + (unsigned)verdict);
}

void node_on_received(struct node *node, const struct datagram *datagram, struct instant now,
                      struct outbox *out)
{
	struct node_source *source = find_source(node, datagram);

	node_clock_check(node, now, out);
	if (!source && datagram->association == ASSOCIATION_SERVER)
		serve(node, datagram, now, out);
	else if (!source || !source->client)
		node->stray_count++;
	else if (node_measuring_on_received(node, source, datagram, now, out))
		select_sources(node, now, out);
}

void node_on_refclock(struct node *node, uint32_t refclock, const struct refclock_event *event,
                      struct instant now, struct outbox *out)
{
	node_clock_check(node, now, out);
	node_refclocks_on_event(node, refclock, event, now);
}

void node_on_resolved(struct node *node, uint32_t request, const struct address *addresses,
                      size_t count, struct instant now, struct outbox *out)
{
	if (node_lines_on_resolved(node, request, addresses, count, now, out))
		node_selection_run(node, now, out);
}

void node_on_sent(struct node *node, uint32_t association, struct local_time sent,
                  enum stamp_source stamp)
{
	if (association < node->sources_count && node->sources[association].client)
		ntp_client_on_sent(node->sources[association].client, sent, stamp);
}

void node_on_answered(struct node *node, uint64_t receive_ntp64, struct local_time sent,
                      enum stamp_source stamp)
{
	sent.ns += node_smoothing_shift_ns(node, sent);
	ntp_server_on_sent(&node->server, receive_ntp64, sent, stamp);
}

void node_on_unsigned(struct node *node, uint64_t count)
{
	ntp_server_on_unsigned(&node->server, count);
}

void node_on_not_sent(struct node *node, uint32_t association, struct instant now)
{
	struct node_source *source;

	if (association >= node->sources_count)
		return;
	source = &node->sources[association];
	if (source->client && node_source_options(node, source)->auto_offline)
		node_source_set_online(node, source, false, now);
}

void node_on_temperature(struct node *node, double temperature, double rate_ppm, struct instant now,
                         struct outbox *out)
{
	node_clock_check(node, now, out);
	node_clock_refresh(node, now);
	discipline_set_compensation(&node->discipline, rate_ppm * 1e-6, out);
	trace_emit(&node->trace, &(struct trace_event){ .kind = TRACE_TEMPERATURE,
	                                                .when = now.local,
	                                                .numbers = { temperature, rate_ppm } });
}

void node_seal(const struct node *node, struct send_action *send)
{
	ntp_server_seal(&node->server, send);
}

void node_on_clock_adjusted(struct node *node, const struct clock_adjusted *adjusted,
                            struct instant now, struct outbox *out)
{
	discipline_on_adjusted(&node->discipline, adjusted->at, adjusted->frequency,
	                       adjusted->step_ns, adjusted->error);
	node->last_event = now;
	if (adjusted->step_ns != 0) {
		/* the command that stepped still said how wrong it was before */
		node_clock_refresh(node, now);
		discipline_refresh(&node->discipline, out);
		ntp_server_on_clock_stepped(&node->server);
		node_smoothing_on_step(node, now);
	}
	for (size_t i = 0; adjusted->step_ns != 0 && i < node->sources_count; i++) {
		if (node->sources[i].client)
			ntp_client_on_clock_stepped(node->sources[i].client, now.mono, out);
	}
}

void node_on_clock_disturbed(struct node *node, enum clock_disturbance what, struct instant now,
                             struct outbox *out)
{
	node_clock_on_disturbed(node, what, now, out);
}

void node_on_machine_stopped(struct node *node, int64_t lost_ns, struct instant now,
                             struct outbox *out)
{
	node_clock_on_machine_stopped(node, lost_ns, now, out);
}

struct free_time node_free_time(const struct node *node, struct local_time local)
{
	return timeline_free(&node->discipline.timeline, local);
}

struct local_time node_local_time(const struct node *node, struct free_time free)
{
	return timeline_local(&node->discipline.timeline, free);
}

void node_on_addresses(struct node *node, const struct address *addresses, size_t count)
{
	node->our_count = 0;
	for (size_t i = 0; i < count && node->our_count < NODE_ADDRESSES_MAX; i++) {
		if (!address_is_loopback(&addresses[i]))
			node->our_reference_ids[node->our_count++] = reference_id_of(&addresses[i]);
	}
}

bool node_wants_port(const struct node *node)
{
	return access_has_allowed(&node->server.access) || node_lines_has_peer(node) ||
	       node->config.broadcasts_count > 0;
}

void node_on_exit(struct node *node, struct instant now, struct outbox *out)
{
	discipline_on_exit(&node->discipline, out);
	node_clock_save_drift(node, now, out);
}

void node_command_online(struct node *node, bool is_online, struct instant now, struct outbox *out)
{
	(void)node_command_set_online(node, &(struct node_choice){ .number = 0 }, is_online, now,
	                              out);
}

void node_command_burst(struct node *node, struct instant now, struct outbox *out)
{
	(void)out;
	(void)node_command_start_burst(node, &(struct node_choice){ .number = 0 }, 4, 8, now);
}

void node_command_makestep(struct node *node, struct instant now, struct outbox *out)
{
	discipline_step_now(&node->discipline, now, out);
}

/* The server and pool lines of the configuration, and the associations that grow from them.
 * SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "node/node_state.h"

#define RESOLVE_BACKOFF_MIN_NS (7 * NS_PER_S)
#define RESOLVE_BACKOFF_MAX_NS (3584 * NS_PER_S)
#define OUTBOX_RESERVE         8 /* for what follows in the same event */
/* s/s: how far off true the rate of a steady clock may be before anything is known of it. */
#define DELAY_MIN_S    1e-9 /* maxdelay 0 lets nothing through */
#define STEADY_SD      1e-4
#define UNANSWERED_MAX 8 /* polls in a row, then another address of the name is tried */
#define OUTVOTED_MAX   4 /* measurements in a row: the same */
#define HOLD_NS_MAX    (3584 * NS_PER_S) /* from one replacement to the next, at random */

const struct source_options *node_source_options(const struct node *node,
                                                 const struct node_source *source)
{
	return source->has_own_options ? &source->own_options
	                               : &node->lines[source->line_index].options;
}

struct source_options *node_lines_own_options(struct node *node, struct node_source *source)
{
	struct source_options *options = &node->lines[source->line_index].options;

	if (options->kind != SOURCE_POOL)
		return options;
	if (!source->has_own_options)
		source->own_options = *options;
	source->has_own_options = true;
	return &source->own_options;
}

const char *node_source_name(const struct node *node, const struct node_source *source)
{
	return node_source_options(node, source)->name;
}

struct ntp_client_status node_source_contact(const struct node_source *source)
{
	struct refclock_status status;

	if (source->client)
		return ntp_client_status(source->client);
	assert(source->refclock);
	status = refclock_status(source->refclock);
	return (struct ntp_client_status){ .reach = status.reach,
		                           .poll_log2_s = status.poll_log2_s,
		                           .is_online = true,
		                           .unanswered_count = status.empty_count,
		                           .last_verdict = NTP_GOOD,
		                           .sent_count = status.polls_count,
		                           .received_count = status.samples_count,
		                           .valid_count = status.samples_count,
		                           .good_count = status.measurements_count };
}

static void clear(struct node_source *source)
{
	ntp_client_destroy(source->client);
	refclock_destroy(source->refclock);
	estimator_destroy(source->estimator);
	estimator_destroy(source->steady);
	source->client = NULL;
	source->refclock = NULL;
	source->estimator = NULL;
	source->steady = NULL;
}

/* A fresh slot of this line, without an address yet; NULL when the table is full. */
struct node_source *node_lines_add_source(struct node *node, unsigned line_index)
{
	struct node_source *source = NULL;

	for (size_t i = 0; i < node->sources_count && !source; i++) {
		if (!node->sources[i].is_used)
			source = &node->sources[i];
	}
	if (!source && node->sources_count < NODE_SOURCES_MAX)
		source = &node->sources[node->sources_count++];
	if (source) {
		memset(source, 0, sizeof *source);
		source->is_used = true;
		source->line_index = line_index;
		source->state = SOURCE_STATE_NOT_RESOLVED;
	}
	return source;
}

static bool has_flywheel(const struct node_config *config)
{
	for (size_t i = 0; i < config->refclocks_count; i++) {
		if (config->refclocks[i].is_local)
			return true;
	}
	return false;
}

bool node_lines_new_estimators(const struct node *node, struct node_source *source)
{
	const struct source_options *options = node_source_options(node, source);
	const uint32_t window =
		options->maxsamples > 0 ? options->maxsamples : node->config.maxsamples;
	const struct estimator_config plain = { .window_max = window,
		                                .window_min = options->minsamples,
		                                .precision_s = node->precision_s,
		                                .initial_frequency = node->drift,
		                                .initial_frequency_sd = node->drift_sd };
	const struct estimator_config steady = { .window_max = window,
		                                 .window_min = options->minsamples,
		                                 .precision_s = node->precision_s,
		                                 .initial_frequency_sd = STEADY_SD };

	estimator_destroy(source->estimator);
	estimator_destroy(source->steady);
	source->estimator = source->steady = NULL;
	return estimator_create(&plain, &source->estimator) == 0 &&
	       (source->is_flywheel || !has_flywheel(&node->config) ||
	        estimator_create(&steady, &source->steady) == 0);
}

/* Written, or what the key's code fits in. */
static uint8_t version_of(const struct source_options *options, const struct mac_key *key)
{
	if (options->version != 0)
		return options->version;
	return key ? ntp_keys_version(key) : 4;
}

/* (Re)starts the association at this address. Without the authentication asked for: no client. */
static void open_source(struct node *node, struct node_source *source,
                        const struct address *address, struct instant now)
{
	const unsigned line_index = source->line_index;
	const struct source_options *options = &node->lines[line_index].options;
	const struct mac_key *key = ntp_keys_find(node->keys, options->key_id);
	struct ntp_client_config config = {
		.association = (uint32_t)(source - node->sources),
		.remote = *address,
		.version = version_of(options, key),
		.keys = node->keys,
		.key_id = options->key_id,
		.minpoll_log2_s = options->minpoll_log2_s,
		.maxpoll_log2_s = options->maxpoll_log2_s,
		.iburst = options->iburst,
		.burst = options->burst,
		.is_online = !options->offline,
		.presend_log2_s = options->presend_log2_s,
		.is_peer = options->kind == SOURCE_PEER,
		.is_interleaved = options->xleave,
		.maxdelay_s = fmax(options->maxdelay_s, DELAY_MIN_S),
		.maxdelayratio = options->maxdelayratio,
		.mindelay_s = options->mindelay_s,
		.era_pivot = { node->plausible.floor.ns },
		.rng = node->rng,
	};

	clear(source);
	memset(source, 0, sizeof *source);
	source->is_used = true;
	source->line_index = line_index;
	source->address = *address;
	source->address.port = options->port;
	source->state = SOURCE_STATE_NO_SAMPLES;
	config.remote.port = options->port;
	if ((options->key_id != 0 && !key) || options->nts) {
		source->state = SOURCE_STATE_KEY_MISSING;
		return;
	}
	if (!node_lines_new_estimators(node, source) ||
	    ntp_client_create(&config, now.mono, &source->client) < 0)
		clear(source);
	if (node->first_asked.ns == INT64_MAX)
		node->first_asked = now.mono;
}

static bool is_in_use(const struct node *node, const struct address *address, uint16_t port)
{
	for (size_t i = 0; i < node->sources_count; i++) {
		const struct node_source *source = &node->sources[i];

		if (source->is_used && source->address.port == port &&
		    address_is_same_host(&source->address, address))
			return true;
	}
	return false;
}

static bool is_dead(const struct node_source *source)
{
	struct ntp_client_status status;

	if (source->refclock)
		return false;
	if (!source->client)
		return source->address.family == ADDRESS_NONE;
	status = ntp_client_status(source->client);
	return status.is_denied || (status.is_online && status.unanswered_count >= UNANSWERED_MAX);
}

/* Dead, or others that are asked say another time. */
static bool is_bad(const struct node_source *source)
{
	return is_dead(source) || (source->client && source->outvoted_count >= OUTVOTED_MAX);
}

static bool is_free(const struct node_line *line)
{
	return line->options.name[0] == '\0' && !line->is_pending;
}

static void clear_line(struct node_line *line)
{
	const bool is_pending = line->is_pending;

	memset(line, 0, sizeof *line);
	line->is_pending = is_pending; /* the answer is still to come, and not for another line */
	line->resolve_at = MONO_TIME_NEVER;
}

struct node_line *node_lines_add(struct node *node, const struct source_options *options,
                                 struct instant now)
{
	const unsigned wanted = options->kind == SOURCE_POOL ? options->maxsources : 1;
	struct node_source *source = NULL;
	struct address address;
	unsigned index = 0;

	while (index < node->lines_count && !is_free(&node->lines[index]))
		index++;
	if (index == ARRAY_COUNT(node->lines))
		return NULL;
	if (index == node->lines_count)
		node->lines_count++;
	clear_line(&node->lines[index]);
	node->lines[index].options = *options;
	node->lines[index].backoff_ns = RESOLVE_BACKOFF_MIN_NS;
	node->lines[index].is_name = address_parse(options->name, &address) < 0;
	if (!node->lines[index].is_name) {
		source = node_lines_add_source(node, index);
		if (source)
			open_source(node, source, &address, now);
	} else {
		for (unsigned i = 0; i < wanted; i++) {
			struct node_source *member = node_lines_add_source(node, index);

			source = member ? member : source;
		}
		node->lines[index].resolve_at = now.mono;
	}
	if (source)
		return &node->lines[index];
	clear_line(&node->lines[index]);
	return NULL;
}

void node_lines_start(struct node *node, struct instant now, const struct ntp_server_time *own,
                      struct outbox *out)
{
	node->refreshed = now.mono;
	for (size_t i = 0; i < node->config.sources_count; i++) {
		struct node_line *line = node_lines_add(node, &node->config.sources[i], now);

		if (line)
			line->config_number = (unsigned)i + 1;
	}
	node_lines_on_deadline(node, now, own, out);
}

void node_lines_remove(struct node *node, struct node_source *source, struct outbox *out)
{
	const size_t index = (size_t)(source - node->sources);
	const unsigned line_index = source->line_index;
	bool is_last = true;

	if (source->client)
		outbox_add(out, ACTION_CLOSE)->close_association = (uint32_t)index;
	clear(source);
	memset(source, 0, sizeof *source);
	if (node->system.has_leader && node->system.leader_index == index)
		node->system.has_leader = false;
	for (size_t i = 0; i < node->sources_count; i++)
		is_last &= !node->sources[i].is_used || node->sources[i].line_index != line_index;
	if (is_last)
		clear_line(&node->lines[line_index]);
}

static bool is_named(const struct node_line *line)
{
	return line->options.name[0] != '\0' && line->is_name;
}

static void refresh(struct node_line *line, struct instant now)
{
	if (line->is_pending)
		return;
	line->is_refreshing = true;
	line->resolve_at = now.mono;
}

void node_lines_refresh(struct node *node, struct instant now)
{
	for (size_t i = 0; i < node->lines_count; i++) {
		if (is_named(&node->lines[i]))
			refresh(&node->lines[i], now);
	}
}

/* So often that each name has its turn in the interval. */
static struct mono_time refresh_deadline(const struct node *node)
{
	int64_t count = 0;

	for (size_t i = 0; i < node->lines_count; i++)
		count += is_named(&node->lines[i]);
	if (count == 0 || node->config.refresh_s == 0)
		return MONO_TIME_NEVER;
	return mono_time_after(node->refreshed, node->config.refresh_s * NS_PER_S / count);
}

static void refresh_oldest(struct node *node, struct instant now)
{
	struct node_line *oldest = NULL;

	for (size_t i = 0; i < node->lines_count; i++) {
		struct node_line *line = &node->lines[i];

		if (is_named(line) && (!oldest || line->resolved.ns < oldest->resolved.ns))
			oldest = line;
	}
	if (oldest)
		refresh(oldest, now);
	node->refreshed = now.mono;
}

void node_lines_reopen(struct node *node, struct instant now)
{
	for (size_t i = 0; i < node->sources_count; i++) {
		struct node_source *source = &node->sources[i];
		const struct address address = source->address;

		if (source->is_used && address.family != ADDRESS_NONE && !source->client)
			open_source(node, source, &address, now);
	}
}

static void resolve(struct node *node, size_t line_index, struct instant now, struct outbox *out)
{
	struct node_line *line = &node->lines[line_index];
	struct action *action = outbox_add(out, ACTION_RESOLVE);

	(void)now;
	action->resolve.request = (uint32_t)line_index;
	action->resolve.family = line->options.family;
	memcpy(action->resolve.name, line->options.name, sizeof action->resolve.name);
	line->is_pending = true;
	line->resolve_at = MONO_TIME_NEVER;
}

static void retry_later(struct node_line *line, struct instant now)
{
	line->resolve_at = mono_time_after(now.mono, line->backoff_ns);
	line->backoff_ns *= 2;
	if (line->backoff_ns > RESOLVE_BACKOFF_MAX_NS)
		line->backoff_ns = RESOLVE_BACKOFF_MAX_NS;
}

static bool is_among(const struct address *address, const struct address *addresses, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (address_is_same_host(address, &addresses[i]))
			return true;
	}
	return false;
}

/* Servers of a name are not tried out one after the other at the pace of a short poll. */
static void hold(struct node *node, struct node_line *line, struct instant now)
{
	line->hold_until =
		mono_time_after(now.mono, (int64_t)((double)HOLD_NS_MAX * rng_unit(node->rng)));
}

/* Each address once; slots that wait or whose server is dead take the new ones, and in a refresh
 * those whose server the name no longer means. */
bool node_lines_on_resolved(struct node *node, uint32_t request, const struct address *addresses,
                            size_t count, struct instant now, struct outbox *out)
{
	struct node_line *line;
	size_t next = 0;
	bool is_missing = false, is_refreshing, is_held;

	if (request >= node->lines_count || !node->lines[request].is_pending)
		return false;
	line = &node->lines[request];
	line->is_pending = false;
	line->resolved = now.mono;
	is_refreshing = line->is_refreshing && count > 0;
	line->is_refreshing = false;
	is_held = now.mono.ns < line->hold_until.ns;
	if (line->options.name[0] == '\0')
		return false;                                         /* deleted meanwhile */
	if (count == 0 && line->backoff_ns == RESOLVE_BACKOFF_MIN_NS) /* said once, not each time */
		trace_emit(&node->trace, &(struct trace_event){ .kind = TRACE_RESOLVE_FAILED,
		                                                .when = now.local,
		                                                .name = line->options.name });
	for (size_t i = 0; i < node->sources_count; i++) {
		struct node_source *source = &node->sources[i];
		char text[ADDRESS_TEXT_SIZE];

		if (!source->is_used || source->line_index != request ||
		    !((is_bad(source) && !(source->client && is_held)) ||
		      (is_refreshing && !is_among(&source->address, addresses, count))))
			continue;
		while (next < count && is_in_use(node, &addresses[next], line->options.port))
			next++;
		if (next == count) {
			is_missing = true;
			continue;
		}
		address_format(&addresses[next], text);
		trace_emit(&node->trace,
		           &(struct trace_event){ .kind = source->client ? TRACE_SOURCE_REPLACED
		                                                         : TRACE_SOURCE_RESOLVED,
		                                  .when = now.local,
		                                  .name = line->options.name,
		                                  .text = text,
		                                  .address = source->address });
		if (source->client) {
			outbox_add(out, ACTION_CLOSE)->close_association = (uint32_t)i;
			hold(node, line, now);
		}
		open_source(node, source, &addresses[next], now);
	}
	if (is_missing)
		retry_later(line, now);
	else
		line->backoff_ns = RESOLVE_BACKOFF_MIN_NS;
	return true;
}

/* What does not fit stays due and comes with the next event. */
static bool has_room(const struct outbox *out)
{
	return out->count < OUTBOX_MAX - OUTBOX_RESERVE;
}

struct node_source *node_lines_peer(struct node *node, const struct address *remote)
{
	for (size_t i = 0; i < node->sources_count; i++) {
		struct node_source *source = &node->sources[i];

		if (source->client && node_source_options(node, source)->kind == SOURCE_PEER &&
		    address_is_same(&source->address, remote))
			return source;
	}
	return NULL;
}

bool node_lines_has_peer(const struct node *node)
{
	bool has_peer = false;

	for (size_t i = 0; i < node->lines_count; i++)
		has_peer |= node->lines[i].options.kind == SOURCE_PEER;
	return has_peer;
}

static void make_request(struct node *node, struct node_source *source, struct instant now,
                         const struct ntp_server_time *own, struct outbox *out)
{
	const size_t count = out->count;

	ntp_client_on_deadline(source->client, now, own, out);
	if (out->count > count && out->actions[count].kind == ACTION_SEND)
		memcpy(out->actions[count].send.device, node_source_options(node, source)->device,
		       sizeof out->actions[count].send.device);
}

void node_lines_on_deadline(struct node *node, struct instant now,
                            const struct ntp_server_time *own, struct outbox *out)
{
	for (size_t i = 0; i < node->sources_count && has_room(out); i++) {
		struct node_source *source = &node->sources[i];
		struct node_line *line = &node->lines[source->line_index];

		if (!source->is_used || !source->client)
			continue;
		if (ntp_client_deadline(source->client).ns <= now.mono.ns)
			make_request(node, source, now, own, out);
		if (is_bad(source) && !line->is_pending && line->is_name &&
		    line->resolve_at.ns == INT64_MAX && now.mono.ns >= line->hold_until.ns)
			retry_later(line, now);
	}
	if (refresh_deadline(node).ns <= now.mono.ns)
		refresh_oldest(node, now);
	for (size_t i = 0; i < node->lines_count && has_room(out); i++) {
		if (node->lines[i].resolve_at.ns <= now.mono.ns)
			resolve(node, i, now, out);
	}
}

struct mono_time node_lines_deadline(const struct node *node)
{
	struct mono_time deadline = refresh_deadline(node);

	for (size_t i = 0; i < node->lines_count; i++)
		deadline = mono_time_earlier(deadline, node->lines[i].resolve_at);
	for (size_t i = 0; i < node->sources_count; i++) {
		if (node->sources[i].client)
			deadline = mono_time_earlier(deadline,
			                             ntp_client_deadline(node->sources[i].client));
	}
	return deadline;
}

/* The clock was moved under our feet: every estimate of an offset is void, the oscillator is the
 * same. */
void node_lines_restart_estimates(struct node *node, struct instant now, struct outbox *out)
{
	for (size_t i = 0; i < node->sources_count; i++) {
		struct node_source *source = &node->sources[i];

		if (!node_source_is_live(source))
			continue;
		if (!node_lines_new_estimators(node, source)) {
			clear(source);
			continue;
		}
		truth_interval_reset(&source->truth);
		source->has_measurement = false;
		source->has_news = false;
		source->delays_count = 0;
		source->samples_count = 0;
		memset(&source->filter, 0, sizeof source->filter);
		if (source->refclock) {
			refclock_on_clock_jumped(source->refclock, now.mono);
			continue;
		}
		ntp_client_on_clock_stepped(source->client, now.mono, out);
		ntp_client_start_burst(source->client, 4, 8, now.mono);
	}
}

void node_lines_destroy(struct node *node)
{
	for (size_t i = 0; i < node->sources_count; i++)
		clear(&node->sources[i]);
}

/* Whom to believe. SPDX-License-Identifier: MIT
 *
 * Every source gets a state that says what became of it, and the numbers that decided. In this
 * order: what is wrong with the source by itself; then the vote (a strict majority, or nobody);
 * then the operator's wishes; then combining. RFC 5905 section 11.2. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "estimate/intersection.h"
#include "node/node_state.h"
#include "ntp/reference_id.h"

#define SKEW_SDS     3.0
#define LEADER_SCORE 10.0
/* Of what no statistics of one path can show, as one standard deviation: the share of half the
 * round trip that its asymmetry may be, and of the error that the server itself admits. */
#define ASYMMETRY_SHARE    0.05
#define SERVER_ERROR_SHARE 0.1

static double seconds(int64_t duration_ns)
{
	return (double)duration_ns * 1e-9;
}

static int64_t fastest_delay_ns(const struct node_source *source)
{
	const unsigned count =
		source->delays_count < NODE_RECENT_MAX ? source->delays_count : NODE_RECENT_MAX;
	int64_t fastest_ns = INT64_MAX;

	assert(count > 0);
	for (unsigned i = 0; i < count; i++) {
		if (source->delays_ns[i] < fastest_ns)
			fastest_ns = source->delays_ns[i];
	}
	return fastest_ns > 0 ? fastest_ns : 0;
}

static int64_t smaller(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* The estimate can be off by at most half the fastest round trip (all of it in one direction), what
 * the server admits, three standard deviations, and what the oscillator does meanwhile: the root
 * distance (RFC 5905 section 11.1). The interval of the vote also allows for a rate that is less
 * well known than its statistics say, and is never narrower than what causality proves. */
static void place(const struct node *node, struct node_source *source, struct instant now)
{
	const struct estimate estimate = node_source_estimate(node, source);
	const struct free_time free = timeline_free(&node->discipline.timeline, now.local);
	const double age_s = seconds(now.mono.ns - source->last_good.ns);
	const double clock_error = node->config.discipline.maxclockerror_ppm * 1e-6;
	const double rate_error = node_measuring_rate_error(node, source);
	const double sds = source->refclock ? NODE_NOISE_SDS : SKEW_SDS;
	const double soft_s = sds * estimate_offset_sd_s(&estimate, free) + age_s * clock_error +
	                      node->precision_s + ldexp(1, source->measurement.precision_log2_s);
	const int64_t extra_ns = llrint(fmin(age_s * (rate_error - clock_error), 1e9) * 1e9);
	const int64_t correction_ns = timeline_correction_ns(&node->discipline.timeline, now.local);
	struct truth_interval truth = source->truth;

	source->root_distance_ns = fastest_delay_ns(source) / 2 +
	                           node_measuring_server_error_ns(source) +
	                           llrint(fmin(soft_s, 1e9) * 1e9);
	source->offset_ns = estimate_offset_ns(&estimate, free) + correction_ns;
	source->low_ns = source->offset_ns - source->root_distance_ns - extra_ns;
	source->high_ns = source->offset_ns + source->root_distance_ns + extra_ns;
	if (truth.is_known && free.ns >= truth.at.ns) {
		truth_interval_advance(&truth, free, estimate.frequency, rate_error);
		source->low_ns =
			smaller(source->low_ns, truth_interval_low_ns(&truth) + correction_ns);
		source->high_ns =
			larger(source->high_ns, truth_interval_high_ns(&truth) + correction_ns);
	}
}

static void refuse(struct node_source *source, enum source_state state, double first, double second)
{
	source->state = state;
	source->reason[0] = first;
	source->reason[1] = second;
	source->reason[2] = source->reason[3] = 0;
	source->weight = 0;
}

static bool is_any_answering(const struct node *node)
{
	for (size_t i = 0; i < node->sources_count; i++) {
		if (node_source_is_live(&node->sources[i]) && node->sources[i].has_measurement &&
		    !node->sources[i].is_flywheel && !node->sources[i].is_implausible &&
		    node_source_contact(&node->sources[i]).unanswered_count == 0)
			return true;
	}
	return false;
}

static bool has_gone(const struct node_source *source)
{
	const struct ntp_client_status client = node_source_contact(source);

	return client.unanswered_count >= NODE_UNANSWERED_GONE && client.reach == 0;
}

/* They go all at once: the first to go would leave the others without their majority, although
 * nobody has said anything new. */
static bool have_all_gone(const struct node *node)
{
	if (node_flywheel_at_work(node))
		return false;
	for (size_t i = 0; i < node->sources_count; i++) {
		const struct node_source *source = &node->sources[i];

		if (node_source_is_live(source) && source->has_measurement &&
		    !source->is_flywheel && !source->is_implausible && !has_gone(source))
			return false;
	}
	return true;
}

static void refuse_implausible(const struct node *node, struct node_source *source)
{
	refuse(source, SOURCE_STATE_IMPLAUSIBLE, (double)source->claimed.ns,
	       (double)source->limit.ns);
	source->reason[2] = node->plausible.reason;
	source->reason[3] = source->implausibility;
}

/* What can be said of the source without asking the others. True when it may vote. */
static bool judge_alone(const struct node *node, struct node_source *source, bool is_any_alive,
                        struct instant now)
{
	const struct source_options *options = node_source_options(node, source);
	const struct selection_options *limits = &node->config.selection;
	struct ntp_client_status client;
	double sd_s;

	if (source->address.family == ADDRESS_NONE && !source->refclock)
		return refuse(source, SOURCE_STATE_NOT_RESOLVED, 0, 0), false;
	if (!node_source_is_live(source))
		return refuse(source, SOURCE_STATE_KEY_MISSING, 0, 0), false;
	client = node_source_contact(source);
	if (source->has_measurement)
		place(node, source, now);
	if (client.is_denied)
		return refuse(source, SOURCE_STATE_DENIED, 0, 0), false;
	if (options->noselect)
		return refuse(source, SOURCE_STATE_NOSELECT, 0, 0), false;
	if (source->is_flywheel && source->has_measurement)
		return refuse(source, SOURCE_STATE_FLYWHEEL, client.unanswered_count,
		              node_flywheel_at_work(node) == source),
		       false;
	if (source->is_implausible)
		return refuse_implausible(node, source), false;
	if (source->is_unsynchronised)
		return refuse(source, SOURCE_STATE_UNSYNCHRONISED, 0, 0), false;
	if (source->is_loop)
		return refuse(source, SOURCE_STATE_LOOP, 0, 0), false;
	if (!source->has_measurement)
		return refuse(source,
		              client.is_online ? SOURCE_STATE_NO_SAMPLES : SOURCE_STATE_OFFLINE,
		              client.unanswered_count, (double)client.sent_count),
		       false;
	if (source->measurement.stratum < limits->minstratum ||
	    source->measurement.stratum > limits->maxstratum)
		return refuse(source, SOURCE_STATE_STRATUM, source->measurement.stratum,
		              source->measurement.stratum < limits->minstratum
		                      ? limits->minstratum
		                      : limits->maxstratum),
		       false;
	if ((is_any_alive &&
	     (client.unanswered_count >= NODE_UNANSWERED_STALE || !client.is_online)) ||
	    (has_gone(source) && have_all_gone(node)) ||
	    client.unanswered_count > options->maxunreach_polls)
		return refuse(source, client.is_online ? SOURCE_STATE_STALE : SOURCE_STATE_OFFLINE,
		              client.unanswered_count,
		              (double)(now.mono.ns - source->last_good.ns)),
		       false;
	if (seconds(source->root_distance_ns) > limits->maxdistance_s)
		return refuse(source, SOURCE_STATE_DISTANT, (double)source->root_distance_ns,
		              limits->maxdistance_s * 1e9),
		       false;
	sd_s = estimator_status(source->estimator).residual_sd_s;
	if (sd_s > limits->maxjitter_s)
		return refuse(source, SOURCE_STATE_JITTERY, sd_s * 1e9, limits->maxjitter_s * 1e9),
		       false;
	source->is_orphan = node->config.local.is_on && node->config.local.is_orphan &&
	                    source->measurement.stratum >= node->config.local.stratum;
	source->state = SOURCE_STATE_UNUSED;
	return true;
}

/* ---- the vote ---- */

struct ballot {
	size_t count;
	size_t index[NODE_SOURCES_MAX]; /* of sources */
	struct vote votes[NODE_SOURCES_MAX];
	struct intersection result;
};

static void refuse_all(struct node *node, const struct ballot *ballot, enum source_state state,
                       double first, double second)
{
	for (size_t i = 0; i < ballot->count; i++)
		refuse(&node->sources[ballot->index[i]], state, first, second);
}

static void name_falsetickers(struct node *node, struct ballot *ballot, struct instant now)
{
	const struct intersection *agreed = &ballot->result;
	size_t kept = 0;

	for (size_t i = 0; i < ballot->count; i++) {
		struct node_source *source = &node->sources[ballot->index[i]];

		if (ballot->votes[i].is_agreeing) {
			ballot->index[kept++] = ballot->index[i];
			continue;
		}
		if (source->previous_state != SOURCE_STATE_FALSETICKER) {
			const int64_t off_ns = source->low_ns > agreed->high_ns
			                               ? source->low_ns - agreed->high_ns
			                               : source->high_ns - agreed->low_ns;

			trace_emit(&node->trace,
			           &(struct trace_event){ .kind = TRACE_FALSETICKER,
			                                  .when = now.local,
			                                  .name = node_source_name(node, source),
			                                  .address = source->address,
			                                  .numbers = { (double)off_ns } });
		}
		source->state = SOURCE_STATE_FALSETICKER;
		source->weight = 0;
		source->reason[0] = (double)source->offset_ns;
		source->reason[1] = (double)agreed->low_ns;
		source->reason[2] = (double)agreed->high_ns;
		source->reason[3] = agreed->agreeing_count;
	}
	ballot->count = kept;
}

/* True when a strict majority agrees; the ballot then holds the agreeing ones alone. */
static bool vote(struct node *node, struct ballot *ballot, struct instant now, struct outbox *out)
{
	enum intersection_outcome outcome;

	for (size_t i = 0; i < ballot->count; i++) {
		const struct node_source *source = &node->sources[ballot->index[i]];

		ballot->votes[i] =
			(struct vote){ .low_ns = source->low_ns,
			               .high_ns = source->high_ns,
			               .is_trusted = node_source_options(node, source)->trust };
	}
	outcome = intersection_find(ballot->votes, ballot->count, &ballot->result);
	node->system.agreeing_count = ballot->result.agreeing_count;
	node->system.voters_count = ballot->result.voters_count;
	switch (outcome) {
	case INTERSECTION_FOUND:
		name_falsetickers(node, ballot, now);
		return true;
	case INTERSECTION_NO_VOTES:
		node_clock_lose(node, SOURCE_STATE_NO_SAMPLES, now, out);
		return false;
	case INTERSECTION_TIE:
	case INTERSECTION_NO_MAJORITY:
		break;
	}
	refuse_all(node, ballot,
	           outcome == INTERSECTION_TIE ? SOURCE_STATE_TIE : SOURCE_STATE_NO_MAJORITY,
	           ballot->result.agreeing_count, ballot->result.voters_count);
	node_clock_lose(node, SOURCE_STATE_NO_MAJORITY, now, out);
	return false;
}

/* minsources, require and prefer. */
static bool heed_wishes(struct node *node, struct ballot *ballot, struct instant now,
                        struct outbox *out)
{
	bool is_required = false, is_required_there = false, is_preferred_there = false;
	size_t kept = 0;

	for (size_t i = 0; i < node->lines_count; i++)
		is_required |= node->lines[i].options.require;
	for (size_t i = 0; i < ballot->count; i++) {
		const struct source_options *options =
			node_source_options(node, &node->sources[ballot->index[i]]);

		is_required_there |= options->require;
		is_preferred_there |= options->prefer;
	}
	if (ballot->count < node->config.selection.minsources ||
	    (is_required && !is_required_there)) {
		refuse_all(node, ballot, SOURCE_STATE_MINSOURCES, (double)ballot->count,
		           node->config.selection.minsources);
		node_clock_lose(node, SOURCE_STATE_MINSOURCES, now, out);
		return false;
	}
	for (size_t i = 0; i < ballot->count && is_preferred_there; i++) {
		struct node_source *source = &node->sources[ballot->index[i]];

		if (node_source_options(node, source)->prefer)
			ballot->index[kept++] = ballot->index[i];
		else
			refuse(source, SOURCE_STATE_NOT_PREFERRED, 0, 0);
	}
	if (is_preferred_there)
		ballot->count = kept;
	return true;
}

/* ---- combining ---- */

static double leader_distance_s(const struct node *node, const struct node_source *source)
{
	return seconds(source->root_distance_ns) +
	       source->measurement.stratum * node->config.selection.stratumweight_s;
}

static void tell_leader(struct node *node, struct instant now)
{
	const struct node_source *leader = &node->sources[node->system.leader_index];

	node->system.is_leader_told = true;
	trace_emit(&node->trace, &(struct trace_event){ .kind = TRACE_SOURCE_SELECTED,
	                                                .when = now.local,
	                                                .name = node_source_name(node, leader),
	                                                .address = leader->address });
}

/* The leader gives stratum and reference id to the world; it changes only on clear evidence. */
static void choose_leader(struct node *node, const struct ballot *ballot, struct instant now)
{
	struct node_system *system = &node->system;
	struct node_source *leader =
		system->has_leader ? &node->sources[system->leader_index] : NULL;
	struct node_source *best = NULL;

	if (leader && !(leader->is_used && leader->weight > 0))
		leader = NULL;
	for (size_t i = 0; i < ballot->count; i++) {
		struct node_source *source = &node->sources[ballot->index[i]];

		if (source->weight <= 0 || source == leader)
			continue;
		if (leader && (source->has_news || leader->has_news))
			source->score =
				fmax(1, fmin(source->score, 1e6) * leader_distance_s(node, leader) /
			                        (leader_distance_s(node, source) +
			                         node->config.selection.reselectdist_s));
		if (!best || leader_distance_s(node, source) < leader_distance_s(node, best))
			best = source;
	}
	for (size_t i = 0; leader && i < ballot->count; i++) {
		struct node_source *source = &node->sources[ballot->index[i]];

		if (source != leader && source->weight > 0 && source->score > LEADER_SCORE) {
			leader = NULL;
			best = source;
		}
	}
	if (leader && !system->is_leader_told)
		tell_leader(node, now);
	if (leader || !best)
		return;
	system->leader_index = (size_t)(best - node->sources);
	system->has_leader = true;
	for (size_t i = 0; i < node->sources_count; i++)
		node->sources[i].score = 1;
	tell_leader(node, now);
}

static void combine(struct node *node, struct ballot *ballot, struct instant now)
{
	const struct free_time free = timeline_free(&node->discipline.timeline, now.local);
	struct candidate candidates[NODE_SOURCES_MAX];
	struct node_system *system = &node->system;

	for (size_t i = 0; i < ballot->count; i++) {
		const struct node_source *source = &node->sources[ballot->index[i]];

		candidates[i] = (struct candidate){
			.estimate = node_source_estimate(node, source),
			.root_distance_s = fmax(seconds(source->root_distance_ns), 1e-9),
			.hidden_error_s = ASYMMETRY_SHARE * seconds(fastest_delay_ns(source)) / 2 +
			                  SERVER_ERROR_SHARE *
			                          seconds(node_measuring_server_error_ns(source)) +
			                  1e-9,
		};
	}
	combining_combine(candidates, ballot->count, node->config.selection.combinelimit, free,
	                  &system->estimate);
	system->combined_count = 0;
	for (size_t i = 0; i < ballot->count; i++) {
		struct node_source *source = &node->sources[ballot->index[i]];

		source->weight = candidates[i].weight;
		source->state = candidates[i].weight > 0       ? SOURCE_STATE_COMBINED
		                : candidates[i].is_outlier     ? SOURCE_STATE_OUTLIER
		                : candidates[i].is_too_distant ? SOURCE_STATE_TOO_DISTANT
		                                               : SOURCE_STATE_UNUSED;
		source->reason[0] = (double)source->root_distance_ns;
		source->reason[1] = node->config.selection.combinelimit;
		source->reason[2] = (double)source->offset_ns;
		system->combined_count += candidates[i].weight > 0;
	}
	choose_leader(node, ballot, now);
	node->sources[system->leader_index].state = SOURCE_STATE_SELECTED;
}

static bool is_copied(const struct node *node, const struct node_source *source)
{
	return node_source_options(node, source)->copy && !source->refclock;
}

/* The hull of the vote becomes the interval that holds true time, on the free clock. */
static void publish(struct node *node, const struct ballot *ballot, struct instant now)
{
	const struct free_time free = timeline_free(&node->discipline.timeline, now.local);
	const struct node_source *leader = &node->sources[node->system.leader_index];
	struct node_system *system = &node->system;
	unsigned insert_count = 0, delete_count = 0;

	truth_interval_reset(&system->hull);
	system->hull.at = free;
	system->hull.base_ns = -timeline_correction_ns(&node->discipline.timeline, now.local);
	system->hull.low_ns = (double)ballot->result.hull_low_ns;
	system->hull.high_ns = (double)ballot->result.hull_high_ns;
	system->hull.is_known = true;
	node_doubt_widen(node, ballot->index, ballot->count, &system->hull);
	system->is_known = true;
	system->stratum = (uint8_t)(leader->measurement.stratum + 1);
	if (is_copied(node, leader))
		system->stratum = leader->measurement.stratum;
	system->reference_id = leader->refclock || is_copied(node, leader)
	                               ? leader->measurement.reference_id
	                               : reference_id_of(&leader->address);
	system->root_delay_ns = leader->measurement.root_delay_ns + fastest_delay_ns(leader);
	system->root_dispersion_ns = leader->measurement.root_dispersion_ns;
	system->rate_error = 0;
	system->is_leap_spoken = false;
	for (size_t i = 0; i < ballot->count; i++) {
		const struct node_source *source = &node->sources[ballot->index[i]];
		const enum leap leap = source->measurement.leap;

		if (source->weight > 0)
			system->rate_error =
				fmax(system->rate_error, node_measuring_rate_error(node, source));
		system->is_leap_spoken |= !source->refclock;
		insert_count += leap == LEAP_INSERT;
		delete_count += leap == LEAP_DELETE;
	}
	system->rate_error += node_doubt_rate_error(node, ballot->index, ballot->count);
	system->leap = 2 * insert_count > ballot->count   ? LEAP_INSERT
	               : 2 * delete_count > ballot->count ? LEAP_DELETE
	                                                  : LEAP_NONE;
}

static void choose(struct node *node, struct instant now, struct outbox *out)
{
	const bool is_any_alive = is_any_answering(node);
	struct ballot ballot = { 0 };
	bool is_news = false, is_doubt;

	for (size_t i = 0; i < node->sources_count; i++) {
		struct node_source *source = &node->sources[i];

		source->previous_state = source->state;
		if (source->is_used && judge_alone(node, source, is_any_alive, now))
			ballot.index[ballot.count++] = i;
	}
	ballot.count = node_orphans_leave_out(node, ballot.index, ballot.count);
	if (node_waiting_must_wait(node, now)) {
		refuse_all(node, &ballot, SOURCE_STATE_WAITING, 0, 0);
		return;
	}
	if (!vote(node, &ballot, now, out) || !heed_wishes(node, &ballot, now, out))
		return;
	for (size_t i = 0; i < ballot.count; i++)
		is_news |= node->sources[ballot.index[i]].has_news;
	combine(node, &ballot, now);
	is_news |= node_flywheel_take_news(node);
	is_doubt = node_doubt_take_news(node, ballot.index, ballot.count);
	if (!is_news && !is_doubt)
		return; /* the same exchanges as before prove nothing new */
	publish(node, &ballot, now);
	if (!is_news) { /* all that is known is that less is known */
		node_clock_refresh(node, now);
		discipline_refresh(&node->discipline, out);
		return;
	}
	node_leap_on_estimate(node, now);
	node_clock_follow(node, now, out);
	for (size_t i = 0; i < ballot.count; i++)
		node->sources[ballot.index[i]].has_news = false;
}

static void trace_source(const struct node *node, const struct node_source *source,
                         struct instant now)
{
	const struct source_options *options = node_source_options(node, source);
	const double age_s = (double)(now.mono.ns - source->last_good.ns) * 1e-9;
	struct trace_event event = {
		.kind = TRACE_SELECTION,
		.when = now.local,
		.name = node_source_name(node, source),
		.address = source->address,
		.selection = { .letter = node_source_chrony_letter(source->state),
		               .options = { '-', options->noselect ? 'N' : '-',
		                            options->prefer ? 'P' : '-', options->trust ? 'T' : '-',
		                            options->require ? 'R' : '-' },
		               .score = source->score,
		               .age_s = source->has_measurement ? age_s : INFINITY,
		               .low_s = -(double)source->high_ns * 1e-9,
		               .high_s = -(double)source->low_ns * 1e-9 },
	};

	if (node_source_is_live(source))
		event.selection.reach = node_source_contact(source).reach;
	trace_emit(&node->trace, &event);
}

void node_selection_run(struct node *node, struct instant now, struct outbox *out)
{
	choose(node, now, out);
	for (size_t i = 0; node->traces_selections && i < node->sources_count; i++) {
		if (node->sources[i].is_used)
			trace_source(node, &node->sources[i], now);
	}
}

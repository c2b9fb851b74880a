/* What is done about what was decided: the clock is moved, or let go. SPDX-License-Identifier: MIT
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "node/node_state.h"
#include "timescale/leap_learnt.h"
#include "wire/drift_file.h"

#define SKEW_SDS 3.0
/* Two readings of the machine's clocks that disagree by more: somebody else moved one of them. */
#define JUMP_NS   (5 * NS_PER_MS)
#define JUMP_RATE 1e-3 /* and by this much more for each second between the readings */
/* s/s: the counter of another machine runs at another rate (UAPI.13: some 50 ppm). */
#define OTHER_MACHINE_SD 25e-6
/* Two programs that keep one clock meet each second: told so often. */
#define TOLD_INTERVAL_NS (60 * NS_PER_S)

static double seconds(int64_t duration_ns)
{
	return (double)duration_ns * 1e-9;
}

/* 0, leave it as it is, while the kernel is about to change it itself. */
static int16_t tai_offset_s(const struct node *node, struct local_time now)
{
	const int64_t at_ns = now.ns < node->leap.done_ns ? node->leap.done_ns : now.ns;

	if (!node->leap_table || node->leap.direction != 0)
		return 0;
	return leap_table_tai_offset_s(node->leap_table, (struct utc_time){ at_ns });
}

static int64_t error_estimate_ns(const struct node *node)
{
	return llrint(fmin(sqrt(node->system.estimate.offset_variance), 16) * 1e9);
}

bool node_clock_errors(const struct node *node, struct local_time now, int64_t *max_ns_out,
                       int64_t *estimate_ns_out)
{
	if (!node->is_synchronised)
		return false;
	*max_ns_out = node_bound_ns(node, now);
	*estimate_ns_out = error_estimate_ns(node);
	return true;
}

/* What every command to the clock says beside rate and step. */
void node_clock_refresh(struct node *node, struct instant now)
{
	struct discipline *discipline = &node->discipline;
	const int64_t bound_ns = node_bound_ns(node, now.local);
	const enum leap leap = node_leap_indicator(node, now);

	const bool is_ours = node_leap_mode(node) != LEAPSECMODE_SYSTEM;

	if (leap != node->leap.shown)
		trace_emit(&node->trace,
		           &(struct trace_event){ .kind = TRACE_LEAP,
		                                  .when = now.local,
		                                  .numbers = { leap, node_leap_mode(node) } });
	discipline->is_synchronised = node->is_synchronised;
	discipline->error_max_ns = bound_ns;
	discipline->error_estimate_ns = error_estimate_ns(node);
	node->leap.shown = leap;
	discipline->leap = leap;
	if (node->leap.direction != 0) /* armed stays armed until it is over */
		discipline->leap = node->leap.direction > 0 ? LEAP_INSERT : LEAP_DELETE;
	if (is_ours && discipline->leap != LEAP_UNSYNCHRONISED)
		discipline->leap = LEAP_NONE;
	discipline->tai_offset_s = tai_offset_s(node, now.local);
}

static void trace_tracking(const struct node *node, struct instant now)
{
	const struct discipline *discipline = &node->discipline;
	const struct node_system *system = &node->system;
	const int64_t bound_ns = node_bound_ns(node, now.local);
	const struct trace_event event = {
		.kind = TRACE_TRACKING,
		.when = now.local,
		.name = system->has_leader && node->is_synchronised
		                ? node_source_name(node, &node->sources[system->leader_index])
		                : NULL,
		.address = node->sources[system->leader_index].address,
		.tracking = {
			.stratum = node->is_synchronised ? system->stratum : 0,
			.frequency_ppm = -discipline->frequency * 1e6,
			.skew_ppm = SKEW_SDS * sqrt(system->estimate.frequency_variance) * 1e6,
			.offset_s = -seconds(discipline->last_offset_ns),
			.leap = node_leap_indicator(node, now),
			.combined_count = system->combined_count,
			.offset_sd_s = sqrt(system->estimate.offset_variance),
			.remaining_s = seconds(discipline->last_pending_ns),
			.root_delay_s = seconds(system->root_delay_ns),
			.root_dispersion_s = seconds(node_serving_time(node, now).root_dispersion_ns),
			.error_max_s = bound_ns < INT64_MAX ? seconds(bound_ns) : INFINITY,
			.is_synchronised = node->is_synchronised,
		},
	};

	trace_emit(&node->trace, &event);
}

/* Seconds between the exchanges that move the clock, all that steer it taken together. */
static double update_interval_s(const struct node *node)
{
	const struct node_source *flywheel = node_flywheel_at_work(node);
	double rate_hz = 0;

	for (size_t i = 0; i < node->sources_count; i++) {
		const struct node_source *source = &node->sources[i];

		if (node_source_is_live(source) && (source->weight > 0 || source == flywheel)) {
			const struct ntp_client_status client = node_source_contact(source);
			const double poll_s = ldexp(1, client.poll_log2_s);

			rate_hz += 1 / (client.interval_ns > 0
			                        ? fmin(poll_s, seconds(client.interval_ns))
			                        : poll_s);
		}
	}
	return rate_hz > 0 ? 1 / rate_hz : 1;
}

static void save_spent(const struct node *node, struct outbox *out)
{
	struct action *action = outbox_add(out, ACTION_SAVE);
	struct text text = text_into(action->save.bytes, sizeof action->save.bytes);

	action->save.file = STATE_FILE_SPENT;
	text_u64(&text, node->spent.updates_count);
	text_char(&text, ' ');
	text_u64(&text, node->spent.ignored_count);
	text_char(&text, '\n');
	action->save.length_bytes = (uint16_t)text.length_bytes;
}

/* Before the clock is touched, lest a crash in between buys a step; and only while it matters. */
static void spend_update(struct node *node, struct outbox *out)
{
	const struct discipline_options *options = &node->config.discipline;
	const int64_t limit = options->makestep_limit, start = options->maxchange_start;

	if (node->spent.updates_count >= (limit > start ? limit : start))
		return;
	node->spent.updates_count++;
	save_spent(node, out);
}

void node_clock_follow(struct node *node, struct instant now, struct outbox *out)
{
	struct discipline *discipline = &node->discipline;
	const struct estimate before = discipline->estimate;
	const bool had_estimate = discipline->has_estimate;
	enum discipline_outcome outcome;

	node->is_synchronised = true;
	node->was_synchronised = true;
	node->last_synchronised = now.mono;
	node->last_failure = SOURCE_STATE_SELECTED;
	node->was_near |=
		(double)node_bound_ns(node, now.local) <= node->config.local.activate_s * 1e9;
	node_clock_refresh(node, now);
	spend_update(node, out);
	outcome = discipline_on_estimate(discipline, &node->system.estimate,
	                                 update_interval_s(node), now, out);
	if (outcome == DISCIPLINE_IGNORED) {
		node->spent.ignored_count++;
		save_spent(node, out);
	}
	if (outcome == DISCIPLINE_GAVE_UP)
		outbox_add(out, ACTION_GIVE_UP);
	if (outcome == DISCIPLINE_IGNORED || outcome == DISCIPLINE_GAVE_UP)
		return;
	node_smoothing_on_update(node, had_estimate ? &before : NULL, now);
	node->system.reference =
		(struct utc_time){ now.local.ns + discipline_offset_ns(discipline, now.local) };
	if (node->save_at.ns == INT64_MAX && node->config.discipline.driftfile_interval_s > 0)
		node->save_at = mono_time_after(
			now.mono, node->config.discipline.driftfile_interval_s * NS_PER_S);
	trace_tracking(node, now);
}

static void trace_failure(struct node *node, enum source_state why, struct instant now)
{
	const struct trace_event event = {
		.kind = why == SOURCE_STATE_NO_MAJORITY ? TRACE_NO_MAJORITY : TRACE_NO_SELECTABLE,
		.when = now.local,
		.text = why == SOURCE_STATE_MINSOURCES ? "minsources or require not met"
		                                       : "none usable",
		.numbers = { node->system.agreeing_count, node->system.voters_count },
	};

	node->system.is_leader_told = false;
	trace_emit(&node->trace, &event);
}

/* A vote without a majority, or wishes unmet: nobody may be told a time that is in doubt. Nobody
 * left to ask is different: the clock runs on its own and its bound grows, until that is too wide.
 */
void node_clock_lose(struct node *node, enum source_state why, struct instant now,
                     struct outbox *out)
{
	const int64_t limit_ns = llrint(node->config.selection.maxdistance_s * 1e9);
	const bool may_hold_over = why == SOURCE_STATE_NO_SAMPLES && node->system.is_known &&
	                           node_bound_ns(node, now.local) <= limit_ns;

	node->system.combined_count = 0;
	if (why != node->last_failure && (node->was_synchronised || why != SOURCE_STATE_NO_SAMPLES))
		trace_failure(node, why, now);
	node->last_failure = why;
	if (may_hold_over || !node->is_synchronised)
		return;
	node->is_synchronised = false;
	node_clock_refresh(node, now);
	discipline_refresh(&node->discipline, out);
	trace_tracking(node, now);
}

static void restart(struct node *node, double drift_sd, struct instant now, struct outbox *out)
{
	node->is_synchronised = false;
	node->system.is_known = false;
	truth_interval_reset(&node->system.hull);
	node->drift = node->discipline.frequency;
	node->drift_sd = drift_sd;
	node->started = now.mono;
	node->first_asked = now.mono;
	node_lines_restart_estimates(node, now, out);
	node_clock_refresh(node, now);
	discipline_on_clock_jumped(&node->discipline, out);
}

void node_clock_restart(struct node *node, struct instant now, struct outbox *out)
{
	double sd = node->drift_sd;

	if (node->discipline.has_estimate)
		sd = fmin(sd, fmax(sqrt(node->discipline.estimate.frequency_variance), 1e-7));
	restart(node, sd, now, out);
}

/* By how much more the clock moved since the last event than its oscillator did. */
static int64_t jump_since_ns(const struct node *node, struct instant now)
{
	const struct timeline *timeline = &node->discipline.timeline;
	const int64_t passed_ns = now.mono.ns - node->last_event.mono.ns;

	return timeline_free(timeline, now.local).ns -
	       timeline_free(timeline, node->last_event.local).ns - passed_ns;
}

static void begin_anew(struct node *node, enum trace_kind kind, int64_t jump_ns, struct instant now,
                       struct outbox *out)
{
	trace_emit(&node->trace, &(struct trace_event){ .kind = kind,
	                                                .when = now.local,
	                                                .numbers = { (double)jump_ns } });
	node_clock_restart(node, now, out);
}

bool node_clock_check(struct node *node, struct instant now, struct outbox *out)
{
	const int64_t passed_ns = now.mono.ns - node->last_event.mono.ns;
	const int64_t jump_ns = jump_since_ns(node, now);

	node->last_event = now;
	if (fabs((double)jump_ns) <= (double)JUMP_NS + JUMP_RATE * (double)passed_ns)
		return false;
	if (node_leap_explains(node, now, jump_ns)) {
		node_clock_refresh(node, now);
		discipline_refresh(&node->discipline, out);
		return false;
	}
	begin_anew(node, TRACE_CLOCK_JUMPED, jump_ns, now, out);
	return true;
}

/* The driver also sees the kernel's own leap second. */
void node_clock_on_disturbed(struct node *node, enum clock_disturbance what, struct instant now,
                             struct outbox *out)
{
	const int64_t jump_ns = jump_since_ns(node, now);

	if (node_clock_check(node, now, out) || node_leap_is_near(node, now.local))
		return;
	if (what == CLOCK_DISTURBED_SET) {
		begin_anew(node, TRACE_CLOCK_JUMPED, jump_ns, now, out);
	} else if (node->touched_told.ns == 0 ||
	           now.mono.ns - node->touched_told.ns >= TOLD_INTERVAL_NS) {
		node->touched_told = now.mono;
		begin_anew(node, TRACE_CLOCK_TOUCHED, jump_ns, now, out);
	} else {
		node_clock_restart(node, now, out);
	}
}

void node_clock_on_machine_stopped(struct node *node, int64_t lost_ns, struct instant now,
                                   struct outbox *out)
{
	trace_emit(&node->trace, &(struct trace_event){ .kind = TRACE_MACHINE_STOPPED,
	                                                .when = now.local,
	                                                .numbers = { (double)lost_ns } });
	restart(node, fmax(node->drift_sd, OTHER_MACHINE_SD), now, out);
}

/* Leap seconds that happened and that the table did not hold, so that the next start knows TAI. */
static void save_leap(struct node *node, struct outbox *out)
{
	struct action *action;
	struct text text;

	if (!node->leap_table ||
	    (node->leap_table->learnt_count == 0 && !node->leap.is_learnt_unsaved))
		return;
	node->leap.is_learnt_unsaved = false;
	action = outbox_add(out, ACTION_SAVE);
	action->save.file = STATE_FILE_LEAP;
	text = text_into(action->save.bytes, sizeof action->save.bytes);
	leap_learnt_format(&text, node->leap_table);
	if (text.length_bytes == 0)
		text_char(&text, '\n');
	action->save.length_bytes = (uint16_t)text.length_bytes;
}

/* Only a time that sources agree on: the next start takes it for the least that can be true. */
static void save_time(const struct node *node, struct instant now, struct outbox *out)
{
	struct action *action;
	struct text text;

	if (!node->is_synchronised)
		return;
	action = outbox_add(out, ACTION_SAVE);
	action->save.file = STATE_FILE_TIME;
	text = text_into(action->save.bytes, sizeof action->save.bytes);
	text_s64(&text, now.local.ns / NS_PER_S);
	text_char(&text, '\n');
	action->save.length_bytes = (uint16_t)text.length_bytes;
}

void node_clock_save_drift(struct node *node, struct instant now, struct outbox *out)
{
	struct action *action;
	struct drift_file drift;

	node->save_at =
		node->config.discipline.driftfile_interval_s > 0
			? mono_time_after(now.mono,
	                                  node->config.discipline.driftfile_interval_s * NS_PER_S)
			: MONO_TIME_NEVER;
	node_refclocks_save(node, out);
	save_leap(node, out);
	(void)node_command_write_rtc(node, out);
	if (!node->discipline.has_estimate || node->discipline.updates_count == 0)
		return;
	drift.frequency_ppm = -node->discipline.frequency * 1e6;
	drift.skew_ppm = SKEW_SDS * sqrt(node->discipline.estimate.frequency_variance) * 1e6;
	action = outbox_add(out, ACTION_SAVE);
	action->save.file = STATE_FILE_DRIFT;
	action->save.length_bytes = (uint16_t)drift_file_encode(&drift, action->save.bytes);
	save_time(node, now, out);
}

/* What is left to do about a leap second that the kernel does not carry out. */
static void do_leap(struct node *node, struct instant now, struct outbox *out)
{
	int64_t step_ns = 0;
	const enum node_leap_deed deed = node_leap_on_time(node, now, &step_ns);

	if (deed == NODE_LEAP_NOT_DUE)
		return;
	node_smoothing_on_leap(node, step_ns < 0 ? 1 : -1, now);
	node_clock_refresh(node, now);
	if (deed == NODE_LEAP_STEP)
		discipline_leap(&node->discipline, step_ns, out);
	else if (deed == NODE_LEAP_SLEW)
		discipline_slew_now(&node->discipline, now, out);
	else
		discipline_refresh(&node->discipline, out);
}

void node_clock_on_deadline(struct node *node, struct instant now, struct outbox *out)
{
	do_leap(node, now, out);
	if (node_leap_indicator(node, now) != node->leap.shown) { /* to be armed, or no longer */
		node_clock_refresh(node, now);
		discipline_refresh(&node->discipline, out);
	}
	if (node->discipline.slew_end.ns <= now.mono.ns) {
		node_clock_refresh(node, now);
		discipline_on_deadline(&node->discipline, now.mono, out);
	}
	if (discipline_fallback_deadline(&node->discipline).ns <= now.mono.ns) {
		node->is_synchronised = false;
		node_clock_refresh(node, now);
		discipline_fall_back(&node->discipline, now.mono, out);
		trace_tracking(node, now);
	}
	if (node->discipline.is_refused) /* once a second: it may have been a moment's trouble */
		discipline_refresh(&node->discipline, out);
	if (node->save_at.ns <= now.mono.ns)
		node_clock_save_drift(node, now, out);
}

struct mono_time node_clock_deadline(const struct node *node)
{
	const struct mono_time watch = mono_time_after(node->last_event.mono, node->watch_ns);
	const struct mono_time command = mono_time_earlier(
		mono_time_earlier(discipline_deadline(&node->discipline), node_leap_deadline(node)),
		mono_time_earlier(discipline_fallback_deadline(&node->discipline), node->save_at));

	return mono_time_earlier(mono_time_earlier(watch, command), node->wait_until);
}

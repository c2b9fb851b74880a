/* A leap second, from the last seconds before it to its end. SPDX-License-Identifier: MIT
 *
 * UTC is counted as POSIX does, so UTC itself steps: back over 23:59:59 when a second is inserted,
 * over 23:59:59 when one is deleted. The kept clock shall do the same at its own midnight: the
 * kernel does it if armed (leapsecmode system), or a step command (step), or it is slewed
 * afterwards (slew, ignore). Estimates rest on the free clock and on a count without leap seconds;
 * timeline.leaps_ns turns that into UTC. Near the event nobody's stamps can be trusted, and none
 * are used. */
#include <assert.h>
#include <stdlib.h>

#include "node/node_state.h"
#include "timescale/civil.h"
#include "timescale/leap_choice.h"
#include "timescale/leap_learnt.h"

#define DAY_NS  (86400 * NS_PER_S)
#define NEAR_NS (5 * NS_PER_S) /* measurements this close to the event are discarded */
/* So long before it clients of a smear are told that they will be off: five strata that ask every
 * 1024 s, and some time. */
#define SOON_NS (2 * 3600 * NS_PER_S)
/* The kernel steps by exactly one second; what is seen of it may differ by the time that passed. */
#define JUMP_TOLERANCE_NS (100 * NS_PER_MS)
#define LATE_NS           (2 * NS_PER_S) /* after this the kernel will not do it any more */
/* So long after a leap second that was only announced it can turn out that it did not come. */
#define DOUBT_NS DAY_NS
/* A receiver hears of the leap seconds once in 12.5 minutes; until then it counts on what its
 * firmware knows. Raised: a wrong table is mended later. */
#define CLAIM_NS (900 * NS_PER_S)

static int64_t midnight_after(struct local_time local)
{
	const int64_t into_day_ns = local.ns % DAY_NS;

	return local.ns - into_day_ns + (into_day_ns < 0 ? 0 : DAY_NS);
}

/* The reading at which it happens: midnight, or a second before. */
static int64_t event_ns(const struct node_leap *leap)
{
	return leap->midnight_ns - (leap->direction < 0 ? NS_PER_S : 0);
}

static struct leap_announcement announced(const struct node *node)
{
	return (struct leap_announcement){ .direction = node->system.leap == LEAP_INSERT   ? 1
		                                        : node->system.leap == LEAP_DELETE ? -1
		                                                                           : 0,
		                           .is_spoken = node->system.is_leap_spoken };
}

int node_leap_today(const struct node *node, struct local_time now)
{
	if (node->leap.direction != 0)
		return node->leap.direction;
	if (!node->system.is_known || now.ns < node->leap.done_ns)
		return 0;
	return leap_choice_today(node->leap_table, announced(node), (struct utc_time){ now.ns });
}

enum leap node_leap_indicator(const struct node *node, struct instant now)
{
	const int today = node_leap_today(node, now.local);

	if (!node->is_synchronised)
		return LEAP_UNSYNCHRONISED;
	return today > 0 ? LEAP_INSERT : today < 0 ? LEAP_DELETE : LEAP_NONE;
}

int node_leap_soon(const struct node *node, struct local_time now)
{
	return midnight_after(now) - now.ns < SOON_NS ? node_leap_today(node, now) : 0;
}

static bool is_within(struct local_time local, int64_t midnight_ns)
{
	return midnight_ns != 0 && local.ns > midnight_ns - NS_PER_S - NEAR_NS &&
	       local.ns < midnight_ns + NEAR_NS;
}

bool node_leap_is_near(const struct node *node, struct local_time local)
{
	return (node->leap.direction != 0 && is_within(local, node->leap.midnight_ns)) ||
	       is_within(local, node->leap.done_ns);
}

/* Who moves the kept clock? */
enum leapsecmode node_leap_mode(const struct node *node)
{
	const enum leapsecmode mode = node->config.leapsecmode;

	if (!node->discipline.can_adjust)
		return LEAPSECMODE_IGNORE;
	return mode == LEAPSECMODE_SYSTEM && !node->has_leap_clock ? LEAPSECMODE_STEP : mode;
}

static void tell_learnt(const struct node *node, struct local_time now, const char *source,
                        const char *text)
{
	const struct utc_time utc = { now.ns };
	const struct trace_event event = {
		.kind = TRACE_TAI_LEARNT,
		.when = now,
		.name = source,
		.text = text,
		.numbers = { leap_table_tai_offset_s(node->leap_table, utc) },
	};

	trace_emit(&node->trace, &event);
}

static void save_learnt(struct node *node)
{
	node->leap.is_learnt_unsaved = true;
	node->save_at.ns = 0;
}

/* Only announced, and in no table: from now on it is known, and TAI stays right. */
static void remember(struct node *node, int64_t midnight_s, int direction)
{
	const struct utc_time day = { (midnight_s - 1) * NS_PER_S };

	node->leap.announced_direction = 0;
	if (!node->leap_table || leap_table_upcoming(node->leap_table, day) != 0 ||
	    leap_learnt_add(node->leap_table, midnight_s, direction) != 0)
		return;
	node->leap.announced_direction = direction;
	node->leap.before = node->system.estimate;
	save_learnt(node);
}

/* The estimate does not take part in leap seconds. If UTC did not have this one, then by our count
 * all who tell the time have moved by a second since. */
void node_leap_on_estimate(struct node *node, struct instant now)
{
	struct node_leap *leap = &node->leap;
	const struct free_time free = timeline_free(&node->discipline.timeline, now.local);
	int64_t moved_ns, missing_ns;

	if (leap->announced_direction == 0 || node_leap_is_near(node, now.local))
		return;
	moved_ns = estimate_offset_ns(&node->system.estimate, free) -
	           estimate_offset_ns(&leap->before, free);
	missing_ns = moved_ns - leap->announced_direction * NS_PER_S;
	if (now.local.ns - leap->done_ns > DOUBT_NS) {
		leap->announced_direction = 0;
	} else if (llabs(missing_ns) < JUMP_TOLERANCE_NS) {
		node_smoothing_on_leap(node, -leap->announced_direction, now);
		leap->announced_direction = 0;
		leap_learnt_forget(node->leap_table, 1);
		save_learnt(node);
		tell_learnt(node, now.local, NULL,
		            "the leap second that was announced did not come");
	}
}

void node_leap_on_tai(struct node *node, const struct node_source *source, int16_t tai_offset_s,
                      struct instant now)
{
	struct node_leap *leap = &node->leap;
	const struct utc_time utc = { now.local.ns };
	int error;

	if (!node->leap_table || !node->is_synchronised || leap->direction != 0 ||
	    leap_table_tai_offset_s(node->leap_table, utc) == tai_offset_s ||
	    leap_table_is_vouched_for(node->leap_table, utc)) {
		leap->claimed_tai_s = 0;
		return;
	}
	if (leap->claimed_tai_s != tai_offset_s) {
		leap->claimed_tai_s = tai_offset_s;
		leap->claimed_since = now.mono;
	}
	if (now.mono.ns - leap->claimed_since.ns < CLAIM_NS)
		return;
	leap->claimed_since = now.mono; /* if it cannot be, it is looked at again as late */
	error = leap_learnt_reach(node->leap_table, tai_offset_s, utc);
	if (error != 0)
		return;
	leap->announced_direction = 0;
	save_learnt(node);
	tell_learnt(node, now.local, node_source_name(node, source), NULL);
}

void node_leap_on_number(struct node *node, struct local_time local, struct free_time at,
                         int64_t offset_ns)
{
	if (node->system.is_known &&
	    llabs(offset_ns - estimate_offset_ns(&node->system.estimate, at)) < NS_PER_S / 2)
		node->leap.agreed_ns = local.ns;
}

/* Leap seconds end a quarter (ITU-R TF.460-6, first and second preference). */
static int64_t quarter_began_ns(struct local_time now)
{
	struct civil_date date = civil_date_of(now.ns / DAY_NS);

	date.month = (uint8_t)((date.month - 1) / 3 * 3 + 1);
	date.day = 1;
	return civil_days(date) * DAY_NS;
}

/* MSF says nothing of them, and no more does a receiver that has not yet heard of them. */
static bool is_told_of_leaps(const struct node *node)
{
	for (size_t i = 0; i < node->sources_count; i++) {
		const struct node_source *source = &node->sources[i];

		if (source->is_used && source->weight > 0 &&
		    (!source->refclock || refclock_status(source->refclock).knows_leaps))
			return true;
	}
	return false;
}

bool node_leap_is_doubtful(const struct node *node, struct local_time now)
{
	const int64_t midnight_ns = quarter_began_ns(now);

	return node->leap.agreed_ns != 0 && node->leap.agreed_ns < midnight_ns &&
	       node->leap.done_ns < midnight_ns && !is_told_of_leaps(node) &&
	       (!node->leap_table ||
	        !leap_table_is_vouched_for(node->leap_table, (struct utc_time){ now.ns }));
}

/* From here on UTC is one second less, or more, by our count. */
static void pass(struct node *node, struct instant now)
{
	trace_emit(&node->trace, &(struct trace_event){ .kind = TRACE_LEAP_PASSED,
	                                                .when = now.local,
	                                                .numbers = { node->leap.direction,
	                                                             node_leap_mode(node) } });
	remember(node, node->leap.midnight_ns / NS_PER_S, node->leap.direction);
	node->discipline.timeline.leaps_ns += node->leap.direction * NS_PER_S;
	node->leap.done_ns = node->leap.midnight_ns;
	node->leap.direction = 0;
	node->system.leap = LEAP_NONE;
	for (size_t i = 0; i < node->sources_count; i++)
		node->sources[i].measurement.leap = LEAP_NONE; /* it was about this one */
}

bool node_leap_explains(struct node *node, struct instant now, int64_t jump_ns)
{
	const int64_t step_ns = -node->leap.direction * NS_PER_S;
	const struct local_time at = { event_ns(&node->leap) };
	struct timeline *timeline = &node->discipline.timeline;

	if (node->leap.direction == 0 || jump_ns < step_ns - JUMP_TOLERANCE_NS ||
	    jump_ns > step_ns + JUMP_TOLERANCE_NS || now.local.ns < at.ns + step_ns ||
	    now.local.ns > at.ns + LATE_NS)
		return false;
	timeline_on_adjusted(timeline, at, timeline_frequency(timeline), step_ns);
	pass(node, now);
	return true;
}

static int64_t prepare_ns(struct local_time now)
{
	return midnight_after(now) - NS_PER_S - NEAR_NS;
}

/* Not again once it is done: the second before midnight comes twice. */
static void prepare(struct node *node, struct local_time now)
{
	struct node_leap *leap = &node->leap;
	const int today = node_leap_today(node, now);

	if (leap->direction != 0 || today == 0 || now.ns < prepare_ns(now))
		return;
	leap->direction = today;
	leap->midnight_ns = midnight_after(now);
}

enum node_leap_deed node_leap_on_time(struct node *node, struct instant now, int64_t *step_ns_out)
{
	struct node_leap *leap = &node->leap;
	const enum leapsecmode mode = node_leap_mode(node);

	prepare(node, now.local);
	if (leap->direction == 0 ||
	    now.local.ns < event_ns(leap) + (mode == LEAPSECMODE_SYSTEM ? LATE_NS : 0))
		return NODE_LEAP_NOT_DUE;
	*step_ns_out = -leap->direction * NS_PER_S;
	pass(node, now);
	return mode == LEAPSECMODE_STEP   ? NODE_LEAP_STEP
	       : mode == LEAPSECMODE_SLEW ? NODE_LEAP_SLEW
	                                  : NODE_LEAP_COUNTED;
}

struct mono_time node_leap_deadline(const struct node *node)
{
	const struct instant last = node->last_event;
	const double rate = 1 + timeline_frequency(&node->discipline.timeline);
	int64_t due_ns = event_ns(&node->leap);
	double left_ns;

	if (node->leap.direction == 0 && node_leap_today(node, last.local) == 0)
		return MONO_TIME_NEVER;
	if (node->leap.direction == 0) /* nothing else need happen in the last seconds */
		due_ns = prepare_ns(last.local);
	left_ns = (double)(due_ns - last.local.ns) / rate;
	if (left_ns <= 0) /* the kernel is late: looked at again soon */
		left_ns = 0.1 * NS_PER_S;
	return mono_time_after(last.mono, (int64_t)left_ns + 1);
}

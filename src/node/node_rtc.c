/* SPDX-License-Identifier: MIT */
#include "node/node_rtc.h"

#include <math.h>
#include <stdlib.h>

#include "node/node_state.h"

/* A edge can only be seen late: of so many the one seen earliest counts. */
#define EDGES            4
#define LISTEN_NS        (10 * NS_PER_S) /* no longer, should the device be silent */
#define PERIOD_S         15
#define PERIOD_DOUBLINGS 5 /* of the period, one for each so many samples: */
#define SAMPLES_EACH     4
#define MARGIN_NS        (50 * NS_PER_MS)  /* to be awake in time for setting it */
#define LATE_NS          (100 * NS_PER_MS) /* too late to set it to this second */
#define TRIM_EVERY_NS    (3600 * NS_PER_S) /* by itself, at most */

static struct utc_time true_time(const struct node *node, struct local_time local)
{
	return (struct utc_time){ local.ns + discipline_offset_ns(&node->discipline, local) };
}

static int64_t period_ns(const struct node_rtc *rtc)
{
	const unsigned doublings = rtc->track.samples_count / SAMPLES_EACH;

	return (PERIOD_S * NS_PER_S)
	       << (doublings < PERIOD_DOUBLINGS ? doublings : PERIOD_DOUBLINGS);
}

void node_rtc_init(struct node *node, const struct node_setup *setup, struct instant now)
{
	struct node_rtc *rtc = &node->rtc;

	rtc_track_init(&rtc->track);
	rtc->has_rtc = setup->has_rtc;
	rtc->set_late_ns = setup->rtc_set_late_ns;
	rtc->listen_at = setup->has_rtc ? now.mono : MONO_TIME_NEVER;
	rtc->rest_at = MONO_TIME_NEVER;
	rtc->set_at = MONO_TIME_NEVER;
	if (setup->rtc && setup->rtc->is_valid)
		rtc_track_remember(&rtc->track, setup->rtc->reference, setup->rtc->fast_s,
		                   setup->rtc->gain_ppm * 1e-6);
}

bool node_rtc_is_listening(const struct node *node)
{
	return node->rtc.rest_at.ns != MONO_TIME_NEVER.ns;
}

static void rest(struct node_rtc *rtc, struct mono_time next)
{
	rtc->rest_at = MONO_TIME_NEVER;
	rtc->listen_at = next;
	rtc->edges_count = 0;
}

static void listen(struct node_rtc *rtc, struct mono_time now)
{
	rtc->listen_at = MONO_TIME_NEVER;
	rtc->rest_at = mono_time_after(now, LISTEN_NS);
	rtc->edges_count = 0;
}

static void trace_measurement(const struct node *node, double measured_s, struct instant now)
{
	const struct rtc_track *track = &node->rtc.track;
	const struct utc_time when = true_time(node, now.local);

	trace_emit(&node->trace,
	           &(struct trace_event){
			   .kind = TRACE_RTC_MEASUREMENT,
			   .when = now.local,
			   .rtc = { .fast_s = measured_s,
	                            .is_known = track->is_known,
	                            .known_fast_s =
	                                    track->is_known ? rtc_track_fast_s(track, when) : 0,
	                            .gain_ppm = track->gain * 1e6,
	                            .samples_count = track->samples_count,
	                            .runs_count = track->runs_count,
	                            .period_s = (unsigned)(period_ns(&node->rtc) / NS_PER_S) },
		   });
}

/* The next moment at which the device can be told the second that it shall count from. */
static void plan_setting(struct node *node, struct instant now)
{
	struct node_rtc *rtc = &node->rtc;
	const int64_t into_ns = true_time(node, now.local).ns + MARGIN_NS - rtc->set_late_ns;
	const int64_t rest_ns = NS_PER_S - into_ns % NS_PER_S;

	rtc->set_at = mono_time_after(now.mono, MARGIN_NS + rest_ns);
}

static void set(struct node *node, struct instant now, struct outbox *out)
{
	struct node_rtc *rtc = &node->rtc;
	const int64_t due_ns = true_time(node, now.local).ns - rtc->set_late_ns;
	const int64_t second = (due_ns + NS_PER_S / 2) / NS_PER_S;

	rtc->set_at = MONO_TIME_NEVER;
	if (!node->is_synchronised)
		return;
	if (llabs(due_ns - second * NS_PER_S) > LATE_NS)
		plan_setting(node, now);
	else
		outbox_add(out, ACTION_SET_RTC)->rtc_second = second;
}

enum node_outcome node_command_trim_rtc(struct node *node, struct instant now)
{
	struct node_rtc *rtc = &node->rtc;

	if (!rtc->has_rtc || !node->is_synchronised)
		return NODE_CANNOT;
	rest(rtc, MONO_TIME_NEVER);
	plan_setting(node, now);
	return NODE_DONE;
}

void node_on_rtc_set(struct node *node, int error, struct instant now)
{
	struct node_rtc *rtc = &node->rtc;
	const struct rtc_track *track = &rtc->track;
	const double was_fast_s =
		track->is_known ? rtc_track_fast_s(track, true_time(node, now.local)) : 0;

	trace_emit(&node->trace,
	           &(struct trace_event){ .kind = error ? TRACE_RTC_REFUSED : TRACE_RTC_SET,
	                                  .when = now.local,
	                                  .numbers = { error ? error : was_fast_s } });
	if (error == 0) {
		rtc->sets_count++;
		rtc_track_on_set(&rtc->track);
	}
	rtc->has_been_tried = true;
	rtc->last_tried = now.mono;
	rest(rtc, now.mono);
}

static bool is_trim_due(const struct node *node, struct instant now)
{
	const struct node_rtc *rtc = &node->rtc;
	const double limit_s = node->config.discipline.rtcautotrim_s;

	if (!(limit_s > 0) || !rtc->track.is_known)
		return false;
	if (rtc->has_been_tried && now.mono.ns - rtc->last_tried.ns < TRIM_EVERY_NS)
		return false;
	return fabs(rtc_track_fast_s(&rtc->track, true_time(node, now.local))) > limit_s;
}

void node_on_rtc_edge(struct node *node, const struct node_rtc_edge *edge, struct instant now,
                      struct outbox *out)
{
	struct node_rtc *rtc = &node->rtc;
	const struct utc_time when = true_time(node, now.local);
	const struct rtc_sample sample = {
		.when = when,
		.fast_s = (double)(edge->second.ns - (when.ns - edge->early_ns_max / 2)) * 1e-9,
	};

	(void)out;
	if (!node_rtc_is_listening(node))
		return;
	if (!node->is_synchronised || node_leap_is_near(node, now.local)) {
		rest(rtc, mono_time_after(now.mono, PERIOD_S * NS_PER_S));
		return;
	}
	if (rtc->edges_count == 0 || sample.fast_s > rtc->best.fast_s)
		rtc->best = sample;
	if (++rtc->edges_count < EDGES)
		return;
	rtc_track_on_sample(&rtc->track, &rtc->best);
	trace_measurement(node, rtc->best.fast_s, now);
	rest(rtc, mono_time_after(now.mono, period_ns(rtc)));
	if (is_trim_due(node, now))
		(void)node_command_trim_rtc(node, now);
}

void node_rtc_on_deadline(struct node *node, struct instant now, struct outbox *out)
{
	struct node_rtc *rtc = &node->rtc;

	if (rtc->set_at.ns <= now.mono.ns)
		set(node, now, out);
	if (rtc->rest_at.ns <= now.mono.ns)
		rest(rtc, mono_time_after(now.mono, period_ns(rtc)));
	if (rtc->listen_at.ns <= now.mono.ns) {
		if (node->is_synchronised)
			listen(rtc, now.mono);
		else
			rtc->listen_at = mono_time_after(now.mono, PERIOD_S * NS_PER_S);
	}
}

struct mono_time node_rtc_deadline(const struct node *node)
{
	const struct node_rtc *rtc = &node->rtc;

	return mono_time_earlier(mono_time_earlier(rtc->listen_at, rtc->rest_at), rtc->set_at);
}

enum node_outcome node_command_write_rtc(const struct node *node, struct outbox *out)
{
	const struct rtc_track *track = &node->rtc.track;
	struct rtc_file file = { .is_valid = true, .gain_ppm = track->gain * 1e6 };
	struct action *action;

	if (!node->rtc.has_rtc)
		return NODE_CANNOT;
	if (!track->is_known)
		return NODE_OUT_OF_RANGE;
	file.reference.ns = track->reference.ns / NS_PER_S * NS_PER_S;
	file.fast_s = rtc_track_fast_s(track, file.reference);
	action = outbox_add(out, ACTION_SAVE);
	action->save.file = STATE_FILE_RTC;
	action->save.length_bytes = (uint16_t)rtc_file_encode(&file, action->save.bytes);
	return NODE_DONE;
}

struct node_rtc_status node_rtc_status(const struct node *node)
{
	const struct node_rtc *rtc = &node->rtc;
	const struct rtc_track *track = &rtc->track;

	return (struct node_rtc_status){
		.has_rtc = rtc->has_rtc,
		.is_known = track->is_known,
		.reference = track->reference,
		.fast_s = track->fast_s,
		.gain_ppm = track->gain * 1e6,
		.samples_count = track->samples_count,
		.runs_count = track->runs_count,
		.span_s = rtc_track_span_s(track),
		.period_s = (double)period_ns(rtc) * 1e-9,
		.sets_count = rtc->sets_count,
	};
}

/* SPDX-License-Identifier: MIT */
#include "discipline/discipline.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a slew leaves uncorrected adds to the estimate's own error: it may take so long that this is
 * that share of the variance, but at least half of the time until the next update. Raised: a
 * smoother rate, larger errors (half of the share). Lowered: the rate is spoilt by each correction.
 */
#define SLEW_SHARE_LEAST    (1.0 / 2)
#define SLEW_SHARE_MOST     2.0
#define SLEW_VARIANCE_SHARE 0.1
/* Each update's share in the mean of what updates bring. */
#define NEWS_COUNT 32.0
/* An offset beyond so many standard deviations is no noise that the next exchange may take back: it
 * goes in proportionally less time, down to one second. Raised: large offsets stay longer. Lowered:
 * noise is followed in jerks. */
#define SLEW_NOISE_SDS 4.0
#define SLEW_HASTE_S   1.0
/* After an absence the error has lasted for long, and haste would gain nothing: what the slew may
 * take of the time since the last update, and of intervals. Raised: the clock is wrong for longer
 * after it; lowered: its rate is. */
#define SLEW_ABSENCE_SHARE (1.0 / 32)
#define SLEW_ABSENCE_MOST  4.0
#define SLEW_FLOOR_S       0.01 /* shorter than this a timer's lateness would be the larger error */
/* A clock can be told to run so far off its nominal rate and no further (Linux: the tick's 10 %),
 * frequency and slew together; what is left is a slew's, but never less than this. */
#define CLOCK_REACH        0.1
#define ROOM_LEAST         1e-3
#define CORRTIMERATIO_UNIT 3.0 /* chrony's default: our slew as it is */
#define SKEW_SDS           3.0 /* "skew" is this many standard deviations of the frequency */

void discipline_init(struct discipline *discipline, const struct discipline_options *options,
                     const struct trace_sink *trace, bool can_adjust, double initial_frequency,
                     struct instant now)
{
	memset(discipline, 0, sizeof *discipline);
	discipline->options = *options;
	discipline->trace = *trace;
	discipline->can_adjust = can_adjust;
	discipline->frequency = initial_frequency;
	discipline->slew_end = MONO_TIME_NEVER;
	discipline->steps_left = options->makestep_threshold_s > 0 ? options->makestep_limit : 0;
	discipline->ignores_left = options->maxchange_ignore;
	discipline->leap = LEAP_UNSYNCHRONISED;
	fallback_init(&discipline->fallback);
	timeline_init(&discipline->timeline, now.local);
}

static void command(struct discipline *discipline, int64_t step_ns, struct outbox *out)
{
	struct clock_command *clock;

	if (!discipline->can_adjust)
		return;
	clock = &outbox_add(out, ACTION_ADJUST_CLOCK)->clock;
	clock->frequency = discipline->frequency + discipline->slew + discipline->compensation;
	clock->step_ns = step_ns;
	clock->is_synchronised = discipline->is_synchronised;
	clock->error_max_ns = discipline->error_max_ns;
	clock->error_estimate_ns = discipline->error_estimate_ns;
	clock->leap = discipline->leap;
	clock->tai_offset_s = discipline->tai_offset_s;
}

static void rest(struct discipline *discipline, struct outbox *out)
{
	discipline->slew = 0;
	discipline->slew_end = MONO_TIME_NEVER;
	command(discipline, 0, out);
}

void discipline_on_start(struct discipline *discipline, struct outbox *out)
{
	command(discipline, 0, out);
}

void discipline_refresh(struct discipline *discipline, struct outbox *out)
{
	command(discipline, 0, out);
}

int64_t discipline_offset_ns(const struct discipline *discipline, struct local_time now)
{
	const struct free_time free = timeline_free(&discipline->timeline, now);

	if (!discipline->has_estimate)
		return 0;
	return estimate_offset_ns(&discipline->estimate, free) +
	       timeline_correction_ns(&discipline->timeline, now);
}

/* What the slew of the moment is still to bring: known, and no news when it is found again. Nor is
 * what is known of a clock that we may not touch. */
static int64_t pending_ns(const struct discipline *discipline, struct instant now)
{
	if (!discipline->can_adjust)
		return discipline_offset_ns(discipline, now.local);
	if (discipline->slew_end.ns == MONO_TIME_NEVER.ns)
		return 0;
	return discipline->slew_ns -
	       llrint(discipline->slew * (double)(now.mono.ns - discipline->slew_from.ns));
}

static void emit(const struct discipline *discipline, enum trace_kind kind, struct local_time when,
                 double first, double second)
{
	trace_emit(
		&discipline->trace,
		&(struct trace_event){ .kind = kind, .when = when, .numbers = { first, second } });
}

/* maxchange: is it the last straw? */
static enum discipline_outcome refuse(struct discipline *discipline, int64_t news_ns,
                                      struct local_time when)
{
	const bool is_end = discipline->ignores_left == 0;

	trace_emit(&discipline->trace,
	           &(struct trace_event){
			   .kind = TRACE_CHANGE_TOO_BIG,
			   .when = when,
			   .text = is_end ? "exiting" : "ignored",
			   .numbers = { (double)news_ns,
	                                discipline->options.maxchange_offset_s * 1e9 } });
	discipline->ignores_left -= discipline->ignores_left > 0;
	return is_end ? DISCIPLINE_GAVE_UP : DISCIPLINE_IGNORED;
}

/* maxchange: is this correction beyond what the operator allows? */
static bool is_too_big(const struct discipline *discipline, int64_t offset_ns)
{
	const struct discipline_options *options = &discipline->options;

	return options->maxchange_offset_s > 0 &&
	       discipline->updates_count >= options->maxchange_start &&
	       fabs((double)offset_ns) * 1e-9 > options->maxchange_offset_s;
}

static bool may_step(const struct discipline *discipline, int64_t offset_ns)
{
	return discipline->can_adjust && discipline->steps_left != 0 &&
	       discipline->options.makestep_threshold_s > 0 &&
	       fabs((double)offset_ns) * 1e-9 > discipline->options.makestep_threshold_s;
}

static void set_frequency(struct discipline *discipline, const struct estimate *estimate)
{
	const double limit = discipline->options.maxdrift_ppm * 1e-6;
	const double skew_ppm = SKEW_SDS * sqrt(estimate->frequency_variance) * 1e6;

	if (skew_ppm <= discipline->options.maxupdateskew_ppm)
		discipline->frequency = fmin(fmax(estimate->frequency, -limit), limit);
}

/* Variance of the combined estimate, without what no statistics show. */
static double own_variance_s2(const struct estimate *estimate, struct free_time when)
{
	const double sd_s = estimate_offset_sd_s(estimate, when);

	return fmax(sd_s * sd_s - estimate->hidden_variance, 0);
}

/* A slew that takes n intervals and is planned anew at each update leaves n/2 times the news' mean
 * square uncorrected. */
static double slew_share(const struct discipline *discipline)
{
	const double share = 2 * SLEW_VARIANCE_SHARE * discipline->mean_variance_s2 /
	                     (discipline->mean_square_news_s2 + 1e-30);

	return fmin(fmax(share, SLEW_SHARE_LEAST), SLEW_SHARE_MOST);
}

/* What this estimate says that the last one did not, and how uncertain that one was by now. */
static void note_news(struct discipline *discipline, int64_t news_ns,
                      const struct estimate *estimate, struct free_time when)
{
	const double share = 1.0 / fmin((double)discipline->updates_count, NEWS_COUNT);
	const double news_s = (double)news_ns * 1e-9;

	if (!discipline->has_estimate)
		return;
	discipline->sd_before_s = sqrt(own_variance_s2(&discipline->estimate, when));
	discipline->mean_square_news_s2 +=
		share * (news_s * news_s - discipline->mean_square_news_s2);
	discipline->mean_variance_s2 +=
		share * (own_variance_s2(estimate, when) - discipline->mean_variance_s2);
}

/* Of the slew of the moment, if it was planned beyond the next update and this one did not change
 * much of it. */
static double patient_left_s(const struct discipline *discipline, int64_t offset_ns,
                             double interval_s, struct mono_time now)
{
	double left_s, news_s;

	if (discipline->slew_end.ns == MONO_TIME_NEVER.ns)
		return 0;
	left_s = (double)(discipline->slew_end.ns - now.ns) * 1e-9;
	news_s = (double)offset_ns * 1e-9 - discipline->slew * left_s;
	return left_s > interval_s && fabs(news_s) < fabs((double)offset_ns) * 0.5e-9 ? left_s : 0;
}

static void start_slew(struct discipline *discipline, int64_t offset_ns, double interval_s,
                       struct mono_time now)
{
	const double room = CLOCK_REACH - copysign(1, (double)offset_ns) * discipline->frequency;
	const double limit =
		fmin(discipline->options.maxslewrate_ppm * 1e-6, fmax(room, ROOM_LEAST));
	const double sd_s = discipline->sd_before_s + 1e-9;
	const double offset_s = fabs((double)offset_ns) * 1e-9;
	const double sds = offset_s / sd_s;
	const double absence_s = fmin(discipline->update_interval_s * SLEW_ABSENCE_SHARE,
	                              interval_s * SLEW_ABSENCE_MOST);
	const double left_s = patient_left_s(discipline, offset_ns, interval_s, now);
	double duration_s = fmax(interval_s * slew_share(discipline), fmax(absence_s, left_s));

	if (sds > SLEW_NOISE_SDS)
		duration_s =
			fmin(duration_s, fmax(interval_s * SLEW_SHARE_LEAST * SLEW_NOISE_SDS / sds,
		                              SLEW_HASTE_S));
	duration_s *= discipline->options.corrtimeratio / CORRTIMERATIO_UNIT;
	duration_s = fmax(duration_s, SLEW_FLOOR_S);
	duration_s = fmax(duration_s, offset_s / limit);
	if (offset_ns == 0) {
		discipline->slew = 0;
		discipline->slew_end = MONO_TIME_NEVER;
		return;
	}
	discipline->slew = (double)offset_ns * 1e-9 / duration_s;
	discipline->slew_ns = offset_ns;
	discipline->slew_from = now;
	/* a slew of decades must not overflow: its end is then looked at again after a year */
	discipline->slew_end = mono_time_after(now, llrint(fmin(duration_s, 3e7) * 1e9));
}

/* The long-term mean begins when offsets no longer shrink: the first corrections would be in it for
 * hours. */
static void note_offset(struct discipline *discipline, double offset_s)
{
	const double square_s2 = offset_s * offset_s;

	if (discipline->is_mean_begun)
		discipline->mean_square_offset_s2 +=
			0.1 * (square_s2 - discipline->mean_square_offset_s2);
	else if (discipline->updates_count > 0)
		discipline->is_mean_begun = square_s2 >= discipline->mean_square_offset_s2;
	if (!discipline->is_mean_begun || discipline->updates_count == 0)
		discipline->mean_square_offset_s2 = square_s2;
}

static void note_update(struct discipline *discipline, int64_t offset_ns, int64_t still_ns,
                        struct instant now)
{
	const double offset_s = (double)offset_ns * 1e-9;

	discipline->last_offset_ns = offset_ns;
	discipline->last_pending_ns = still_ns;
	note_offset(discipline, offset_s);
	if (discipline->updates_count > 0) {
		discipline->update_interval_s =
			(double)(now.mono.ns - discipline->last_update.ns) * 1e-9;
		fallback_add(&discipline->fallback, discipline->frequency,
		             discipline->update_interval_s);
	}
	discipline->fallback.used = FALLBACK_NONE;
	discipline->last_update = now.mono;
	discipline->updates_count++;
	if (discipline->options.logchange_s > 0 && fabs(offset_s) > discipline->options.logchange_s)
		emit(discipline, TRACE_CLOCK_WRONG, now.local, (double)offset_ns, 0);
}

static void step(struct discipline *discipline, int64_t offset_ns, struct outbox *out)
{
	discipline->slew = 0;
	discipline->slew_end = MONO_TIME_NEVER;
	discipline->steps_count++;
	discipline->is_stepping = true;
	command(discipline, offset_ns, out);
}

enum discipline_outcome discipline_on_estimate(struct discipline *discipline,
                                               const struct estimate *estimate, double interval_s,
                                               struct instant now, struct outbox *out)
{
	const struct free_time free = timeline_free(&discipline->timeline, now.local);
	const int64_t offset_ns = estimate_offset_ns(estimate, free) +
	                          timeline_correction_ns(&discipline->timeline, now.local);
	const int64_t still_ns = pending_ns(discipline, now);
	const int64_t news_ns = offset_ns - still_ns;
	const bool is_step = may_step(discipline, offset_ns);

	assert(interval_s > 0);
	if (is_too_big(discipline, news_ns))
		return refuse(discipline, news_ns, now.local);
	note_news(discipline, news_ns, estimate, free);
	discipline->estimate = *estimate;
	discipline->has_estimate = true;
	note_update(discipline, news_ns, still_ns, now);
	set_frequency(discipline, estimate);
	discipline->steps_left -= discipline->steps_left > 0;
	if (is_step) {
		step(discipline, offset_ns, out);
		return DISCIPLINE_STEPPED;
	}
	start_slew(discipline, offset_ns, interval_s, now.mono);
	command(discipline, 0, out);
	return DISCIPLINE_UPDATED;
}

void discipline_on_deadline(struct discipline *discipline, struct mono_time now, struct outbox *out)
{
	if (now.ns >= discipline->slew_end.ns)
		rest(discipline, out);
}

struct mono_time discipline_deadline(const struct discipline *discipline)
{
	return discipline->slew_end;
}

struct mono_time discipline_fallback_deadline(const struct discipline *discipline)
{
	const double next_s =
		fallback_next_s(&discipline->fallback, discipline->options.fallbackdrift_min_log2_s,
	                        discipline->options.fallbackdrift_max_log2_s);

	if (next_s < 0 || discipline->updates_count == 0)
		return MONO_TIME_NEVER;
	return mono_time_after(discipline->last_update, llrint(next_s * 1e9));
}

void discipline_fall_back(struct discipline *discipline, struct mono_time now, struct outbox *out)
{
	const int8_t chosen = fallback_choose(discipline->options.fallbackdrift_min_log2_s,
	                                      discipline->options.fallbackdrift_max_log2_s,
	                                      (double)(now.ns - discipline->last_update.ns) * 1e-9);

	if (chosen == FALLBACK_NONE)
		return;
	if (discipline->fallback.means[chosen].seconds > 0)
		discipline->frequency = discipline->fallback.means[chosen].frequency;
	discipline->fallback.used = chosen;
	command(discipline, 0, out);
}

void discipline_on_adjusted(struct discipline *discipline, struct local_time at, double frequency,
                            int64_t step_ns, int error)
{
	const bool is_step = discipline->is_stepping && step_ns != 0;

	discipline->is_stepping = false;
	if (error != 0) {
		if (!discipline->is_refused)
			emit(discipline, TRACE_CLOCK_REFUSED, at, error, 0);
		discipline->is_refused = true;
		discipline->slew = 0;
		discipline->slew_end = MONO_TIME_NEVER;
		return;
	}
	discipline->is_refused = false;
	timeline_on_adjusted(&discipline->timeline, at, frequency - discipline->compensation,
	                     step_ns);
	if (is_step)
		emit(discipline, TRACE_CLOCK_STEPPED, (struct local_time){ at.ns + step_ns },
		     (double)step_ns, 0);
}

void discipline_set_compensation(struct discipline *discipline, double rate, struct outbox *out)
{
	discipline->compensation = rate;
	command(discipline, 0, out);
}

void discipline_step_now(struct discipline *discipline, struct instant now, struct outbox *out)
{
	const int64_t offset_ns = discipline_offset_ns(discipline, now.local);

	if (discipline->can_adjust && discipline->has_estimate && offset_ns != 0)
		step(discipline, offset_ns, out);
}

void discipline_leap(struct discipline *discipline, int64_t step_ns, struct outbox *out)
{
	command(discipline, step_ns, out);
}

void discipline_slew_now(struct discipline *discipline, struct instant now, struct outbox *out)
{
	if (discipline->has_estimate)
		start_slew(discipline, discipline_offset_ns(discipline, now.local), SLEW_HASTE_S,
		           now.mono);
	command(discipline, 0, out);
}

void discipline_set_makestep(struct discipline *discipline, double threshold_s, int32_t limit)
{
	discipline->options.makestep_threshold_s = threshold_s;
	discipline->options.makestep_limit = limit;
	discipline->steps_left = threshold_s > 0 ? limit : 0;
}

void discipline_shift(struct discipline *discipline, double frequency, int64_t offset_ns,
                      struct instant now, struct outbox *out)
{
	const double limit = discipline->options.maxdrift_ppm * 1e-6;

	discipline->frequency = fmin(fmax(discipline->frequency + frequency, -limit), limit);
	if (offset_ns != 0)
		start_slew(discipline, offset_ns, SLEW_HASTE_S / SLEW_SHARE_LEAST, now.mono);
	command(discipline, 0, out);
}

void discipline_on_exit(struct discipline *discipline, struct outbox *out)
{
	rest(discipline, out);
}

void discipline_on_clock_jumped(struct discipline *discipline, struct outbox *out)
{
	discipline->has_estimate = false;
	rest(discipline, out);
}

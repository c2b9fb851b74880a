/* SPDX-License-Identifier: MIT */
#include "refclock/refclock.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "refclock/refclock_filter.h"
#include "refclock/refclock_numbering.h"

/* The first measurements come after so long, then each after twice the time of the one before, so
 * that the clock is set within seconds. */
#define FIRST_POLL_LOG2_S 0
#define RECENT_MAX        3   /* samples of a number-giver that must agree among themselves … */
#define RECENT_SHARE      0.3 /* … to this share of a pulse's interval */
#define PULSE_ERRORS_MAX  4
#define OFFSET_MAX_NS     INT64_C(4000000000000000000) /* sums of two still fit */
/* `offset auto` before anything is learnt, of a driver that says nothing of itself. */
#define AUTO_ERROR_S 0.5

/* A clock that ticks has said something by then. Raised: dead clocks delay the first setting.
 * Lowered: live ones are not heard before it. */
#define AWAITED_NS (4 * NS_PER_S)

struct recent {
	struct free_time at;
	int64_t offset_ns;
};

struct pulse_error {
	struct utc_time pulse;
	double error_s;
};

struct refclock {
	struct refclock_config config;
	const struct refclock_options *options;
	const struct refclock_driver *driver;
	void *state;     /* the driver's; NULL = none */
	bool is_created; /* by the driver: to be destroyed by it */
	struct refclock_filter *filter;
	struct numbering numbering;
	struct refclock_lateness lateness;
	struct recent recent[RECENT_MAX]; /* the newest last */
	unsigned recent_count;
	struct pulse_error pulse_errors[PULSE_ERRORS_MAX];
	unsigned pulse_errors_next;
	struct mono_time deadline;
	struct mono_time began;
	struct mono_time counted; /* when a poll was last counted in `reach` */
	int8_t short_poll_log2_s; /* grows up to the configured one */
	enum leap leap;
	double interval_s; /* between samples, about */
	struct refclock_status status;
};

static double poll_s(const struct refclock *refclock)
{
	return ldexp(1, refclock->short_poll_log2_s);
}

static void begin(struct refclock *refclock, struct mono_time now)
{
	const struct refclock_options *options = refclock->options;

	refclock->short_poll_log2_s =
		options->poll_log2_s < FIRST_POLL_LOG2_S ? options->poll_log2_s : FIRST_POLL_LOG2_S;
	refclock->deadline = mono_time_after(now, llrint(poll_s(refclock) * 1e9));
	refclock->began = refclock->counted = now;
	refclock->recent_count = 0;
	refclock_filter_clear(refclock->filter);
	numbering_init(&refclock->numbering);
}

static struct refclock_lateness configured_lateness(const struct refclock_options *options)
{
	struct refclock_lateness lateness =
		refclock_lateness_unknown(options->driver->lateness_max_s);

	if (refclock_options_is_auto(options)) {
		if (!(lateness.error_s > 0))
			lateness.error_s = AUTO_ERROR_S;
	} else if (fabs(options->offset_s) > 0 || options->delay_s > 1e-6) {
		lateness.error_s = 0; /* somebody has thought about it */
		lateness.offset_s = options->offset_s;
	}
	return lateness;
}

void refclock_on_offset_changed(struct refclock *refclock)
{
	refclock->lateness = configured_lateness(refclock->options);
	refclock->recent_count = 0;
	refclock_filter_clear(refclock->filter);
}

static void destroy_state(struct refclock *refclock)
{
	if (refclock->is_created)
		refclock->driver->destroy(refclock->state);
	refclock->is_created = false;
}

static int create_state(struct refclock *refclock)
{
	const struct refclock_driver *driver = refclock->driver;
	int error;

	if (!driver->create)
		return 0;
	memset(refclock->state, 0, driver->state_size);
	error = driver->create(refclock->state, driver, refclock->config.floor);
	refclock->is_created = error == 0;
	return error;
}

int refclock_create(const struct refclock_config *config, struct instant now,
                    struct refclock **refclock_out)
{
	const struct refclock_driver *driver = config->options->driver;
	struct refclock *refclock;
	int error;

	if (!driver || !(config->precision_s > 0))
		return -EINVAL;
	refclock = calloc(1, sizeof *refclock);
	if (!refclock)
		return -ENOMEM;
	refclock->config = *config;
	refclock->options = config->options;
	refclock->driver = driver;
	error = refclock_filter_create(config->options->filter_count, &refclock->filter);
	if (error == 0 && driver->state_size > 0) {
		refclock->state = calloc(1, driver->state_size);
		if (!refclock->state)
			error = -ENOMEM;
	}
	if (error == 0)
		error = create_state(refclock);
	if (error != 0) {
		refclock_destroy(refclock);
		return error;
	}
	if (driver->init)
		driver->init(refclock->state, &config->options->device, now.local, config->floor);
	refclock->lateness = configured_lateness(config->options);
	refclock->leap = LEAP_UNSYNCHRONISED;
	begin(refclock, now.mono);
	*refclock_out = refclock;
	return 0;
}

void refclock_destroy(struct refclock *refclock)
{
	if (!refclock)
		return;
	destroy_state(refclock);
	refclock_filter_destroy(refclock->filter);
	free(refclock->state);
	free(refclock);
}

static void samples_begin(struct refclock_samples *samples)
{
	samples->count = 0;
	samples->refused_count = 0;
	samples->refusal = NULL;
	samples->has_pulse_error = false;
	samples->tai_offset_s = 0;
}

static void note(struct refclock_status *status, const struct refclock_samples *samples)
{
	status->refused_count += samples->refused_count;
	if (samples->refusal)
		status->refusal = samples->refusal;
	if (samples->tai_offset_s != 0)
		status->tai_offset_s = samples->tai_offset_s;
}

static bool has_state(const struct refclock *refclock)
{
	return !refclock->driver->create || refclock->is_created;
}

void refclock_on_time(struct refclock *refclock, struct free_time now,
                      struct refclock_samples *samples_out)
{
	samples_begin(samples_out);
	if (!refclock->driver->on_time || !has_state(refclock))
		return;
	refclock->driver->on_time(refclock->state, now, samples_out);
	note(&refclock->status, samples_out);
}

void refclock_on_event(struct refclock *refclock, const struct refclock_event *event,
                       struct refclock_samples *samples_out)
{
	const struct refclock_driver *driver = refclock->driver;
	void (*const handlers[])(void *, const struct refclock_event *,
	                         struct refclock_samples *) = {
		[REFCLOCK_SERIAL] = driver->on_serial,   [REFCLOCK_PULSE] = driver->on_edge,
		[REFCLOCK_EDGES] = driver->on_edge,      [REFCLOCK_DATAGRAM] = driver->on_datagram,
		[REFCLOCK_SEGMENT] = driver->on_segment, [REFCLOCK_PHC] = driver->on_phc,
		[REFCLOCK_RTC] = driver->on_rtc,
	};

	samples_begin(samples_out);
	if (event->input != driver->input || !handlers[event->input] || !has_state(refclock))
		return;
	handlers[event->input](refclock->state, event, samples_out);
	note(&refclock->status, samples_out);
}

/* ---- pulses ---- */

/* What this clock, as a number-giver, says at `at`: not if it has been silent for too long, nor if
 * its last samples do not agree among themselves. */
static struct numbering_opinion opinion_of(const struct refclock *giver, struct free_time at,
                                           const struct refclock_options *pulses)
{
	const double interval_s = 1 / pulses->rate_hz;
	struct numbering_opinion opinion = { .is_there = false };
	const struct recent *newest;
	double age_s;

	if (!giver || giver->recent_count < RECENT_MAX)
		return opinion;
	newest = &giver->recent[RECENT_MAX - 1];
	age_s = fabs((double)(at.ns - newest->at.ns) * 1e-9);
	if (age_s > pulses->maxlockage_pulses * interval_s)
		return opinion;
	for (unsigned i = 0; i + 1 < RECENT_MAX; i++) {
		const double apart_s =
			(double)(giver->recent[i].offset_ns - newest->offset_ns) * 1e-9;

		if (fabs(apart_s) > RECENT_SHARE * interval_s)
			return opinion;
	}
	opinion.is_there = true;
	opinion.offset_ns = newest->offset_ns;
	if (!giver->lateness.is_learnt && giver->lateness.error_s > 0 &&
	    giver->driver->lateness_max_s > 0) { /* late, never early */
		opinion.half_s = giver->lateness.error_s / 2;
		opinion.offset_ns += llrint(opinion.half_s * 1e9);
	}
	return opinion;
}

static double pulse_error_s(const struct refclock *refclock, int64_t pulse_ns)
{
	for (unsigned i = 0; i < PULSE_ERRORS_MAX; i++) {
		const struct pulse_error *known = &refclock->pulse_errors[i];
		const int64_t apart_ns = known->pulse.ns - pulse_ns;

		if (known->pulse.ns != 0 && apart_ns > -NS_PER_S / 4 && apart_ns < NS_PER_S / 4)
			return known->error_s;
	}
	return 0;
}

void refclock_on_pulse_error(struct refclock *refclock, struct utc_time pulse, double error_s)
{
	refclock->pulse_errors[refclock->pulse_errors_next] =
		(struct pulse_error){ .pulse = pulse, .error_s = error_s };
	refclock->pulse_errors_next = (refclock->pulse_errors_next + 1) % PULSE_ERRORS_MAX;
}

static enum refclock_verdict number(struct refclock *refclock,
                                    const struct refclock_reading *reading,
                                    const struct refclock_help *help, int64_t *offset_ns)
{
	const struct refclock_options *options = refclock->options;
	const struct numbering_rules rules = { options->rate_hz, options->width_s };
	const struct numbering_opinion clock = { help->has_combined, help->combined_offset_ns,
		                                 help->combined_bound_s };
	const struct numbering_opinion giver = opinion_of(help->giver, reading->at, options);
	const int64_t corrected_ns = *offset_ns;

	refclock->status.is_numbered_alone = !help->is_independent && help->giver;
	switch (numbering_find(&refclock->numbering, &rules, reading->at, corrected_ns, &clock,
	                       &giver, !help->is_independent, offset_ns)) {
	case NUMBERING_DONE:
		*offset_ns += llrint(pulse_error_s(refclock, reading->at.ns + *offset_ns) * 1e9);
		return REFCLOCK_TAKEN;
	case NUMBERING_NOBODY:
		return REFCLOCK_NO_NUMBER;
	case NUMBERING_AMBIGUOUS:
		return REFCLOCK_AMBIGUOUS;
	case NUMBERING_WRONG_EDGE:
		break;
	}
	return REFCLOCK_WRONG_EDGE;
}

/* ---- samples ---- */

static void remember(struct refclock *refclock, struct free_time at, int64_t offset_ns)
{
	if (refclock->recent_count > 0) {
		const double passed_s =
			(double)(at.ns - refclock->recent[RECENT_MAX - 1].at.ns) * 1e-9;

		refclock->interval_s =
			refclock->interval_s > 0 && passed_s < 8 * refclock->interval_s
				? 0.75 * refclock->interval_s + 0.25 * passed_s
			: refclock->interval_s > 0 ? refclock->interval_s
						   : passed_s;
	}
	memmove(refclock->recent, refclock->recent + 1,
	        (RECENT_MAX - 1) * sizeof refclock->recent[0]);
	refclock->recent[RECENT_MAX - 1] = (struct recent){ at, offset_ns };
	if (refclock->recent_count < RECENT_MAX)
		refclock->recent_count++;
}

static enum refclock_verdict judge(struct refclock *refclock,
                                   const struct refclock_reading *reading,
                                   const struct refclock_help *help, int64_t *offset_ns_out)
{
	const struct refclock_options *options = refclock->options;
	const bool is_pulse = reading->is_pulse || refclock_options_is_pulse(options);
	int64_t offset_ns = reading->offset_ns;
	enum refclock_verdict verdict = REFCLOCK_TAKEN;

	if (is_pulse) /* which second it is meant to be says nothing */
		offset_ns %= options->rate_hz >= 1 ? NS_PER_S : llrint(1e9 / options->rate_hz);
	if (offset_ns > OFFSET_MAX_NS || offset_ns < -OFFSET_MAX_NS || reading->at.ns < 0 ||
	    reading->at.ns > 2 * OFFSET_MAX_NS)
		return REFCLOCK_ABSURD;
	if (refclock->recent_count > 0 && reading->at.ns <= refclock->recent[RECENT_MAX - 1].at.ns)
		return REFCLOCK_NOT_LATER;
	offset_ns += llrint(refclock->lateness.offset_s * 1e9);
	if (is_pulse)
		verdict = number(refclock, reading, help, &offset_ns);
	if (verdict == REFCLOCK_TAKEN)
		*offset_ns_out = offset_ns;
	return verdict;
}

enum refclock_verdict refclock_on_reading(struct refclock *refclock,
                                          const struct refclock_reading *reading,
                                          const struct refclock_help *help, int64_t *offset_ns_out)
{
	struct refclock_status *status = &refclock->status;
	int64_t offset_ns = 0;
	const enum refclock_verdict verdict = judge(refclock, reading, help, &offset_ns);

	status->verdict_count[verdict]++;
	status->last_verdict = verdict;
	if (verdict != REFCLOCK_TAKEN)
		return verdict;
	remember(refclock, reading->at, offset_ns);
	refclock_filter_add(refclock->filter,
	                    &(struct refclock_point){ .at = reading->at,
	                                              .offset_ns = offset_ns,
	                                              .window_ns = reading->window_ns,
	                                              .error_s = reading->error_s });
	if (reading->leap != LEAP_UNSYNCHRONISED)
		refclock->leap = reading->leap;
	status->samples_count++;
	status->has_sample = true;
	status->last_offset_ns = offset_ns;
	*offset_ns_out = offset_ns;
	return verdict;
}

/* ---- measurements ---- */

static double precision_s(const struct refclock *refclock)
{
	return refclock->options->precision_s > 0  ? refclock->options->precision_s
	       : refclock->driver->precision_s > 0 ? refclock->driver->precision_s
	                                           : refclock->config.precision_s;
}

static bool measure(struct refclock *refclock, double frequency, double frequency_sd,
                    struct refclock_measurement *measurement_out)
{
	const struct refclock_options *options = refclock->options;
	struct refclock_filtered filtered;
	int64_t delay_ns;

	if (!refclock_filter_take(refclock->filter, frequency, frequency_sd, precision_s(refclock),
	                          &filtered))
		return false;
	refclock_filter_clear(refclock->filter);
	refclock->status.scatter_s = filtered.scatter_s;
	refclock->status.filter_count = (unsigned)filtered.count;
	if (options->maxdispersion_s > 0 && filtered.scatter_s > options->maxdispersion_s)
		return false;
	delay_ns = llrint(options->delay_s * 1e9) + filtered.window_ns;
	*measurement_out = (struct refclock_measurement){
		.exchange = { .at = filtered.at,
		              .upper_ns = filtered.offset_ns + delay_ns - delay_ns / 2,
		              .lower_ns = filtered.offset_ns - delay_ns / 2 },
		.sd_s = filtered.sd_s,
		.scatter_s = filtered.scatter_s,
		.error_max_s = refclock_lateness_uncertainty_s(&refclock->lateness),
		.leap = refclock->leap == LEAP_UNSYNCHRONISED ? LEAP_NONE : refclock->leap,
	};
	return true;
}

/* A clock that reports once a minute is not silent after sixteen seconds, and the short polls at
 * the start are not each a miss. */
static void count_poll(struct refclock *refclock, struct mono_time now, bool is_measured)
{
	struct refclock_status *status = &refclock->status;
	const double expected_s =
		fmax(ldexp(1, refclock->options->poll_log2_s), 1.5 * refclock->interval_s);
	const double passed_s = (double)(now.ns - refclock->counted.ns) * 1e-9;

	if (!is_measured && passed_s < expected_s)
		return;
	refclock->counted = now;
	status->polls_count++;
	status->reach = (uint8_t)(status->reach << 1 | is_measured);
	status->empty_count = is_measured ? 0 : status->empty_count + 1;
	status->measurements_count += is_measured;
}

bool refclock_on_deadline(struct refclock *refclock, struct mono_time now, double frequency,
                          double frequency_sd, struct refclock_measurement *measurement_out)
{
	bool is_measured;

	if (refclock->deadline.ns > now.ns)
		return false;
	is_measured = measure(refclock, frequency, frequency_sd, measurement_out);
	count_poll(refclock, now, is_measured);
	if (is_measured && refclock->short_poll_log2_s < refclock->options->poll_log2_s)
		refclock->short_poll_log2_s++;
	refclock->deadline = mono_time_after(now, llrint(poll_s(refclock) * 1e9));
	return is_measured;
}

bool refclock_is_awaited(const struct refclock *refclock, struct mono_time now)
{
	return !refclock->driver->station &&
	       (refclock->recent_count > 0 || now.ns - refclock->began.ns <= AWAITED_NS);
}

struct mono_time refclock_deadline(const struct refclock *refclock)
{
	return refclock->deadline;
}

void refclock_on_clock_jumped(struct refclock *refclock, struct mono_time now)
{
	destroy_state(refclock);
	if (create_state(refclock) != 0)
		refclock->status.refusal = "no memory";
	begin(refclock, now);
}

/* ---- offset auto ---- */

int64_t refclock_learn_lateness(struct refclock *refclock, int64_t reference_ns, double error_s,
                                int64_t measured_ns, double sd_s, struct mono_time now)
{
	const double before_s = refclock->lateness.offset_s;
	int64_t change_ns;

	if (!refclock_options_is_auto(refclock->options))
		return 0;
	/* what was measured has the offset in it already */
	refclock_lateness_learn(&refclock->lateness,
	                        refclock->lateness.offset_s +
	                                (double)(reference_ns - measured_ns) * 1e-9,
	                        error_s, sd_s, now);
	change_ns = llrint((refclock->lateness.offset_s - before_s) * 1e9);
	for (unsigned i = 0; i < RECENT_MAX; i++)
		refclock->recent[i].offset_ns += change_ns;
	return change_ns;
}

void refclock_freeze_lateness(struct refclock *refclock)
{
	refclock->lateness.is_frozen = true;
}

void refclock_remember_lateness(struct refclock *refclock, const struct refclock_lateness *lateness)
{
	if (!refclock_options_is_auto(refclock->options))
		return;
	refclock->lateness = *lateness;
	refclock->lateness.is_learnt = true;
	refclock->lateness.is_frozen = true;
}

/* ---- status ---- */

struct refclock_status refclock_status(const struct refclock *refclock)
{
	struct refclock_status status = refclock->status;

	status.options = refclock->options;
	status.samples_in_poll_count = (unsigned)refclock_filter_count(refclock->filter);
	status.poll_log2_s = refclock->short_poll_log2_s;
	status.is_ambiguous = numbering_is_ambiguous(&refclock->numbering) &&
	                      !isnan(refclock->numbering.giver_off_s);
	status.lock_offset_s = refclock->numbering.giver_off_s;
	status.doubts_count = refclock->numbering.doubts_count;
	status.knows_leaps = refclock->leap != LEAP_UNSYNCHRONISED;
	status.is_following_giver = refclock->numbering.is_following_giver;
	status.is_giver_proven_wrong = refclock->numbering.is_proven;
	status.lateness = refclock->lateness;
	if (status.has_sample)
		status.last_at = refclock->recent[RECENT_MAX - 1].at;
	return status;
}

const void *refclock_driver_state(const struct refclock *refclock)
{
	return refclock->state;
}

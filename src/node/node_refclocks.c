/* Reference clocks as sources like any other. SPDX-License-Identifier: MIT
 *
 * A refclock is a line and a source of its own; where an NTP client answers for a server, struct
 * refclock does for the clock. Its samples come here, are put on the free clock, and what refclock/
 * makes of them goes to the same estimator and the same vote. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "node/node_state.h"

/* What came so long ago has been read from its device. */
#define HANDED_IN_NS       (1500 * NS_PER_MS)
#define TAI_OFFSET_USUAL_S 37 /* since 2017; for tables that end too early or are not there */
/* A comparison with a source that is itself so uncertain teaches nothing about lateness. */
#define LATENESS_ERROR_MAX_S 1.0
/* A number-giver that names other seconds so often in a row is told of in the log; single ones are
 * its daily business. */
#define DOUBTS_TOLD 16

static struct node_source *source_of(struct node *node, size_t index)
{
	return &node->sources[node->refclock_sources[index]];
}

static bool is_open(const struct node *node, size_t index)
{
	return index < node->refclocks_count &&
	       node->sources[node->refclock_sources[index]].refclock;
}

static void make_line(struct node_line *line, const struct refclock_options *options)
{
	*line = (struct node_line){ .resolve_at = MONO_TIME_NEVER };
	line->options = (struct source_options){ .kind = SOURCE_REFCLOCK,
		                                 .minpoll_log2_s = options->poll_log2_s,
		                                 .maxpoll_log2_s = options->poll_log2_s,
		                                 .maxunreach_polls = options->maxunreach_polls,
		                                 .minsamples = options->minsamples,
		                                 .maxsamples = options->maxsamples,
		                                 .prefer = options->prefer,
		                                 .noselect = options->noselect,
		                                 .trust = options->trust,
		                                 .require = options->require };
	memcpy(line->options.name, options->refid, sizeof options->refid);
}

static void remember_lateness(const struct node *node, struct refclock *refclock, const char *refid)
{
	struct lateness_file_line line;

	if (lateness_file_find(node->lateness_text, strlen(node->lateness_text), refid, &line) == 0)
		refclock_remember_lateness(refclock,
		                           &(struct refclock_lateness){ .offset_s = line.offset_s,
		                                                        .sd_s = line.sd_s,
		                                                        .error_s = line.error_s });
}

void node_refclocks_save(const struct node *node, struct outbox *out)
{
	char text[LATENESS_FILE_SIZE_MAX] = "";
	struct action *action;

	for (size_t i = 0; i < node->refclocks_count; i++) {
		const struct node_source *source = &node->sources[node->refclock_sources[i]];
		struct refclock_lateness lateness;
		struct lateness_file_line line = { .refid = "" };

		if (!source->refclock ||
		    !refclock_options_is_auto(refclock_status(source->refclock).options))
			continue;
		lateness = refclock_status(source->refclock).lateness;
		memcpy(line.refid, node->config.refclocks[i].refid, sizeof line.refid);
		line.offset_s = lateness.offset_s;
		line.sd_s = lateness.sd_s;
		line.error_s = lateness.error_s;
		if (lateness.is_learnt && !lateness_file_add(text, &line))
			break;
	}
	if (text[0] == '\0')
		return;
	action = outbox_add(out, ACTION_SAVE);
	action->save.file = STATE_FILE_LATENESS;
	action->save.length_bytes = (uint16_t)strlen(text);
	memcpy(action->save.bytes, text, strlen(text));
}

int node_refclocks_start(struct node *node, struct instant now)
{
	const struct node_config *config = &node->config;

	for (size_t i = 0; i < config->refclocks_count; i++) {
		struct node_source *source =
			node_lines_add_source(node, (unsigned)node->lines_count);
		const struct refclock_config setup = { .options = &config->refclocks[i],
			                               .precision_s = node->precision_s,
			                               .floor = node->plausible.floor };
		int error;

		if (!source)
			return 0; /* the table is full: the last ones are left out */
		make_line(&node->lines[node->lines_count++], &config->refclocks[i]);
		source->state = SOURCE_STATE_NO_SAMPLES;
		source->is_flywheel = config->refclocks[i].is_local;
		if (!node_lines_new_estimators(node, source))
			return -ENOMEM;
		error = refclock_create(&setup, now, &source->refclock);
		if (error != 0)
			return error;
		remember_lateness(node, source->refclock, config->refclocks[i].refid);
		node->refclock_sources[node->refclocks_count++] = (size_t)(source - node->sources);
	}
	return 0;
}

void node_refclocks_set_offset(struct node *node, struct node_source *source, double offset_s)
{
	for (size_t i = 0; i < node->refclocks_count; i++) {
		if (node->refclock_sources[i] == (size_t)(source - node->sources)) {
			node->config.refclocks[i].offset_s = offset_s;
			refclock_on_offset_changed(source->refclock);
		}
	}
}

/* ---- samples ---- */

static int64_t tai_offset_ns(const struct node *node, struct utc_time when)
{
	const int16_t offset_s =
		node->leap_table ? leap_table_tai_offset_s(node->leap_table, when) : 0;

	return (offset_s != 0 ? offset_s : TAI_OFFSET_USUAL_S) * NS_PER_S;
}

static struct refclock_reading reading_of(const struct node *node,
                                          const struct refclock_options *options,
                                          const struct refclock_sample *sample)
{
	const struct free_time free =
		sample->is_free ? sample->free_at
				: timeline_free(&node->discipline.timeline, sample->at);
	struct utc_time time = sample->time;

	if (options->is_tai && !sample->is_pulse)
		time.ns -= tai_offset_ns(node, time);
	return (struct refclock_reading){ .at = free,
		                          .offset_ns = time.ns - free.ns +
		                                       node->discipline.timeline.leaps_ns,
		                          .is_pulse = sample->is_pulse,
		                          .window_ns = sample->window_ns,
		                          .error_s = sample->error_s,
		                          .leap = sample->leap };
}

static const struct refclock *find_giver(const struct node *node,
                                         const struct refclock_options *options)
{
	for (size_t i = 0; options->lock[0] != '\0' && i < node->refclocks_count; i++) {
		const struct node_source *source = &node->sources[node->refclock_sources[i]];

		if (source->refclock && strcmp(node->config.refclocks[i].refid, options->lock) == 0)
			return source->refclock;
	}
	return NULL;
}

/* Does this clock, or one that numbers or is numbered by the same, stand behind the source? */
static bool is_kin(const struct node *node, const struct node_source *source,
                   const struct refclock_options *options)
{
	const struct refclock_options *other;

	if (!source->refclock)
		return false;
	other = refclock_status(source->refclock).options;
	(void)node;
	return other == options || strcmp(other->refid, options->lock) == 0 ||
	       strcmp(other->lock, options->refid) == 0 ||
	       (options->lock[0] != '\0' && strcmp(other->lock, options->lock) == 0);
}

static struct refclock_help help_for(const struct node *node,
                                     const struct refclock_options *options, struct local_time at)
{
	struct refclock_help help = { .giver = find_giver(node, options) };
	int64_t low_ns, high_ns;

	if (node_bound_interval(node, at, &low_ns, &high_ns)) {
		help.has_combined = true;
		help.combined_offset_ns = low_ns + (high_ns - low_ns) / 2 -
		                          timeline_correction_ns(&node->discipline.timeline, at);
		help.combined_bound_s = (double)(high_ns - low_ns) * 0.5e-9;
	}
	for (size_t i = 0; i < node->sources_count; i++) {
		const struct node_source *source = &node->sources[i];

		if (source->is_used && source->weight > 0 && !is_kin(node, source, options))
			help.is_independent = true;
	}
	return help;
}

/* A flywheel's pulses are not anybody's seconds: each is numbered to follow the one before. */
static struct refclock_help help_for_flywheel(const struct node_source *source,
                                              const struct refclock_reading *reading)
{
	const struct refclock_status status = refclock_status(source->refclock);
	struct refclock_help help = { .has_combined = true,
		                      .combined_offset_ns = status.has_sample
		                                                    ? status.last_offset_ns
		                                                    : reading->offset_ns % NS_PER_S,
		                      .is_independent = true };

	if (estimator_has_estimate(source->estimator)) {
		const struct estimate estimate = estimator_estimate(source->estimator);

		help.combined_offset_ns = estimate_offset_ns(&estimate, reading->at);
	}
	return help;
}

static void trace_sample(const struct node *node, const struct node_source *source,
                         const struct refclock_sample *sample,
                         const struct refclock_reading *reading, int64_t offset_ns)
{
	const struct refclock_status status = refclock_status(source->refclock);
	const double precision_s =
		status.options->precision_s > 0 ? status.options->precision_s : node->precision_s;
	int64_t raw_ns = reading->offset_ns + reading->at.ns - sample->at.ns -
	                 node->discipline.timeline.leaps_ns;

	if (refclock_options_is_pulse(status.options) || reading->is_pulse)
		raw_ns %= NS_PER_S;
	trace_emit(&node->trace,
	           &(struct trace_event){
			   .kind = TRACE_REFCLOCK_SAMPLE,
			   .when = sample->at,
			   .name = node_source_name(node, source),
			   .refclock = { .index = status.samples_in_poll_count -
	                                          (status.samples_in_poll_count > 0),
	                                 .leap = sample->leap,
	                                 .is_pulse = reading->is_pulse ||
	                                             refclock_options_is_pulse(status.options),
	                                 .raw_s = (double)raw_ns * 1e-9,
	                                 .offset_s = (double)offset_ns * 1e-9,
	                                 .dispersion_s = precision_s } });
}

/* To be told once each time it begins. */
static void trace_doubts(const struct node *node, const struct node_source *source,
                         const struct refclock_status *before, struct local_time when)
{
	const struct refclock_status after = refclock_status(source->refclock);
	struct trace_event event = { .kind = TRACE_NUMBERS_AMBIGUOUS,
		                     .when = when,
		                     .name = node_source_name(node, source),
		                     .text = after.options->lock,
		                     .numbers = { after.lock_offset_s } };

	if (after.is_ambiguous && !before->is_ambiguous)
		trace_emit(&node->trace, &event);
	event.kind = TRACE_NUMBERS_DOUBTED;
	if (after.doubts_count == DOUBTS_TOLD && before->doubts_count < DOUBTS_TOLD &&
	    !after.is_ambiguous)
		trace_emit(&node->trace, &event);
}

static void take(struct node *node, struct node_source *source,
                 const struct refclock_sample *sample)
{
	const struct refclock_status before = refclock_status(source->refclock);
	const struct refclock_options *options = before.options;
	const struct refclock_reading reading = reading_of(node, options, sample);
	const struct refclock_help help = source->is_flywheel ? help_for_flywheel(source, &reading)
	                                                      : help_for(node, options, sample->at);
	enum refclock_verdict verdict;
	int64_t offset_ns;

	verdict = refclock_on_reading(source->refclock, &reading, &help, &offset_ns);
	trace_doubts(node, source, &before, sample->at);
	if (verdict != REFCLOCK_TAKEN)
		return;
	if (!reading.is_pulse && !refclock_options_is_pulse(options) && source->weight > 0)
		node_leap_on_number(node, sample->at, reading.at, offset_ns);
	trace_sample(node, source, sample, &reading,
	             offset_ns + reading.at.ns - sample->at.ns -
	                     node->discipline.timeline.leaps_ns);
}

static void tell_pulse_clocks(struct node *node, const struct refclock_options *giver,
                              const struct refclock_samples *samples)
{
	for (size_t i = 0; samples->has_pulse_error && i < node->refclocks_count; i++) {
		if (is_open(node, i) && strcmp(node->config.refclocks[i].lock, giver->refid) == 0)
			refclock_on_pulse_error(source_of(node, i)->refclock, samples->pulse,
			                        samples->pulse_error_s);
	}
}

static void take_all(struct node *node, struct node_source *source,
                     struct refclock_samples *samples)
{
	for (size_t i = 0; i < samples->count; i++) {
		struct refclock_sample *sample = &samples->samples[i];

		if (sample->is_free)
			sample->at = timeline_local(&node->discipline.timeline, sample->free_at);
		if (!node_leap_is_near(node, sample->at))
			take(node, source, sample);
	}
}

/* It agrees with the majority, whether or not the clock is steered by it. */
static bool is_believed(const struct node_source *source)
{
	return source->state == SOURCE_STATE_SELECTED || source->state == SOURCE_STATE_COMBINED ||
	       source->state == SOURCE_STATE_UNUSED || source->state == SOURCE_STATE_TOO_DISTANT ||
	       source->state == SOURCE_STATE_NOT_PREFERRED;
}

void node_refclocks_on_event(struct node *node, uint32_t refclock,
                             const struct refclock_event *event, struct instant now)
{
	struct refclock_event timed = *event;
	struct refclock_samples samples;
	struct node_source *source;

	if (!is_open(node, refclock))
		return;
	source = source_of(node, refclock);
	if (event->input == REFCLOCK_EDGES) /* drivers that listen for minutes do it by that */
		timed.edge.free_at = timeline_free(&node->discipline.timeline, event->edge.at);
	refclock_on_event(source->refclock, &timed, &samples);
	tell_pulse_clocks(node, &node->config.refclocks[refclock], &samples);
	take_all(node, source, &samples);
	if (samples.tai_offset_s != 0 && is_believed(source))
		node_leap_on_tai(node, source, samples.tai_offset_s, now);
}

static void tell_time(struct node *node, struct node_source *source, struct instant now)
{
	struct free_time free = timeline_free(&node->discipline.timeline, now.local);
	struct refclock_samples samples;

	free.ns -= HANDED_IN_NS;
	refclock_on_time(source->refclock, free, &samples);
	take_all(node, source, &samples);
}

/* ---- measurements ---- */

/* What an NTP server would say of itself in its packets. */
static struct ntp_measurement describe(const struct node *node,
                                       const struct refclock_options *options,
                                       const struct refclock_measurement *measurement)
{
	const double precision_s =
		options->precision_s > 0 ? options->precision_s : node->precision_s;
	const int64_t middle_ns =
		measurement->exchange.lower_ns +
		(measurement->exchange.upper_ns - measurement->exchange.lower_ns) / 2;
	const struct utc_time utc = { measurement->exchange.at.ns + middle_ns -
		                      node->discipline.timeline.leaps_ns };
	const struct local_time local =
		timeline_local(&node->discipline.timeline, measurement->exchange.at);

	return (struct ntp_measurement){
		.sent = local,
		.received = local,
		.server_received = utc,
		.server_sent = utc,
		.leap = measurement->leap,
		.stratum = options->stratum,
		.poll_log2_s = options->poll_log2_s,
		.precision_log2_s = (int8_t)ceil(log2(precision_s)),
		.root_dispersion_ns = llrint(measurement->error_max_s * 1e9),
		.reference_id = refclock_options_reference_id(options),
		.tests = 0x3ff,
	};
}

/* The best of the others: the least it can be off by. NULL = nobody to compare with. */
static const struct node_source *find_reference(const struct node *node,
                                                const struct node_source *source)
{
	const struct node_source *best = NULL;

	for (size_t i = 0; i < node->sources_count; i++) {
		const struct node_source *other = &node->sources[i];

		if (other == source || !other->is_used || !(other->weight > 0) ||
		    !other->has_measurement)
			continue;
		if (other->refclock &&
		    refclock_options_is_auto(refclock_status(other->refclock).options))
			continue; /* two that learn from each other learn nothing */
		if (!best || other->root_distance_ns < best->root_distance_ns)
			best = other;
	}
	return best;
}

static void learn_lateness(const struct node *node, struct node_source *source,
                           const struct refclock_measurement *measurement, struct instant now)
{
	const struct node_source *reference = find_reference(node, source);
	const struct exchange *exchange = &measurement->exchange;
	struct refclock_status status;
	struct estimate estimate;
	int64_t shift_ns;
	double error_s;

	if (!refclock_options_is_auto(refclock_status(source->refclock).options))
		return;
	if (!reference) {
		refclock_freeze_lateness(source->refclock);
		return;
	}
	estimate = node_source_estimate(node, reference);
	error_s = (double)reference->root_distance_ns * 1e-9;
	if (error_s > LATENESS_ERROR_MAX_S)
		return;
	shift_ns = refclock_learn_lateness(
		source->refclock, estimate_offset_ns(&estimate, exchange->at), error_s,
		exchange->lower_ns + (exchange->upper_ns - exchange->lower_ns) / 2,
		measurement->sd_s, now.mono);
	estimator_shift(source->estimator, shift_ns);
	if (source->steady && estimator_has_estimate(source->steady))
		estimator_shift(source->steady, shift_ns);
	status = refclock_status(source->refclock);
	source->measurement.root_dispersion_ns =
		llrint(refclock_lateness_uncertainty_s(&status.lateness) * 1e9);
}

static bool is_plausible(struct node *node, struct node_source *source,
                         const struct refclock_measurement *measurement,
                         const struct ntp_measurement *said, struct instant now)
{
	enum plausibility_verdict verdict = plausibility_judge(&node->plausible, said->server_sent);
	struct utc_time limit = plausibility_limit(&node->plausible, verdict);

	/* pulses got their numbers from elsewhere, by rules of their own */
	if (verdict == PLAUSIBLE &&
	    !refclock_options_is_pulse(refclock_status(source->refclock).options))
		verdict = node_agreement_judge(node, source, measurement, said, &limit);
	return node_measuring_take_verdict(node, source, verdict, said->server_sent, limit, now);
}

static void poll(struct node *node, struct node_source *source, struct instant now)
{
	struct refclock_measurement measurement;
	struct ntp_measurement said;
	double frequency = node->drift, sd = node->drift_sd;

	if (estimator_has_estimate(source->estimator)) {
		const struct estimate estimate = estimator_estimate(source->estimator);

		frequency = estimate.frequency;
		sd = sqrt(estimate.frequency_variance);
	}
	if (!refclock_on_deadline(source->refclock, now.mono, frequency, sd, &measurement))
		return;
	said = describe(node, refclock_status(source->refclock).options, &measurement);
	trace_emit(&node->trace,
	           &(struct trace_event){
			   .kind = TRACE_REFCLOCK_MEASUREMENT,
			   .when = now.local,
			   .name = node_source_name(node, source),
			   .refclock = { .leap = measurement.leap,
	                                 .offset_s = (double)(said.server_sent.ns - said.sent.ns) *
	                                             1e-9,
	                                 .dispersion_s = measurement.sd_s } });
	if (!source->is_flywheel && !is_plausible(node, source, &measurement, &said, now))
		return;
	node_measuring_use(node, source, &measurement.exchange, measurement.sd_s, &said, now);
	learn_lateness(node, source, &measurement, now);
}

/* True when any was due. */
bool node_refclocks_on_deadline(struct node *node, struct instant now)
{
	bool was_due = false;

	for (size_t i = 0; i < node->refclocks_count; i++) {
		struct node_source *source = source_of(node, i);

		if (!source->refclock || refclock_deadline(source->refclock).ns > now.mono.ns)
			continue;
		tell_time(node, source, now);
		poll(node, source, now);
		was_due = true;
	}
	return was_due;
}

struct mono_time node_refclocks_deadline(const struct node *node)
{
	struct mono_time deadline = MONO_TIME_NEVER;

	for (size_t i = 0; i < node->refclocks_count; i++) {
		if (is_open(node, i))
			deadline = mono_time_earlier(
				deadline,
				refclock_deadline(
					node->sources[node->refclock_sources[i]].refclock));
	}
	return deadline;
}

/* In the words of an NTP client, for whoever asks every source the same. */

/* From a packet to a source's estimate. SPDX-License-Identifier: MIT */
#include <assert.h>
#include <math.h>

#include "node/node_state.h"

#define TEST_C          (1 << 1) /* of struct ntp_measurement's bits */
#define SKEW_SDS        3.0
#define POLLTARGET_UNIT 8.0 /* chrony's default: our polls as they are */
#define WATCHED_MIN_S   2.0 /* shorter than a burst's spacing nothing is known of a rate */

static void trace_measurement(const struct node *node, const struct node_source *source,
                              const struct ntp_measurement *m, bool is_good, struct instant now)
{
	const double upper_s = (double)(m->server_received.ns - m->sent.ns) * 1e-9;
	const double lower_s = (double)(m->server_sent.ns - m->received.ns) * 1e-9;
	const struct trace_event event = {
		.kind = TRACE_MEASUREMENT,
		.when = now.local,
		.name = node_source_name(node, source),
		.address = source->address,
		.measurement = {
			.leap = m->leap,
			.stratum = m->stratum,
			.tests = m->tests,
			.local_poll_log2_s = ntp_client_status(source->client).poll_log2_s,
			.remote_poll_log2_s = m->poll_log2_s,
			.poll_score = (double)source->poll.calm_count / POLL_CALM_POLLS,
			.offset_s = (upper_s + lower_s) / 2,
			.delay_s = upper_s - lower_s,
			.dispersion_s = node->precision_s + ldexp(1, m->precision_log2_s),
			.root_delay_s = (double)m->root_delay_ns * 1e-9,
			.root_dispersion_s = (double)m->root_dispersion_ns * 1e-9,
			.reference_id = m->reference_id,
			.mode = m->mode,
			.is_interleaved = m->is_interleaved,
			.sent_stamp = (uint8_t)m->sent_stamp,
			.received_stamp = (uint8_t)m->received_stamp,
			.is_good = is_good,
		},
	};

	trace_emit(&node->trace, &event);
}

static void trace_statistics(const struct node *node, const struct node_source *source,
                             struct instant now)
{
	const struct estimate estimate = node_source_estimate(node, source);
	const struct estimator_status status = estimator_status(source->estimator);
	const struct free_time free = timeline_free(&node->discipline.timeline, now.local);
	const int64_t offset_ns = estimate_offset_ns(&estimate, free) +
	                          timeline_correction_ns(&node->discipline.timeline, now.local);
	const struct trace_event event = {
		.kind = TRACE_STATISTICS,
		.when = now.local,
		.name = node_source_name(node, source),
		.address = source->address,
		.statistics = {
			.sd_s = status.residual_sd_s,
			.offset_s = (double)-offset_ns * 1e-9,
			.offset_sd_s = sqrt(estimate.offset_variance),
			.frequency = node->discipline.frequency - estimate.frequency,
			.skew = 3 * sqrt(estimate.frequency_variance),
			.stress = source->stress,
			.samples_count = status.window_count + 1, /* and the newest */
			.runs_count = status.runs_count,
			.asymmetry = status.asymmetry_s,
		},
	};

	trace_emit(&node->trace, &event);
}

bool node_measuring_take_verdict(struct node *node, struct node_source *source,
                                 enum plausibility_verdict verdict, struct utc_time claimed,
                                 struct utc_time limit, struct instant now)
{
	const bool was_implausible = source->is_implausible;

	source->is_implausible = verdict != PLAUSIBLE;
	source->implausibility = verdict;
	source->claimed = claimed;
	source->limit = limit;
	if (source->is_implausible && !was_implausible)
		trace_emit(
			&node->trace,
			&(struct trace_event){
				.kind = TRACE_IMPLAUSIBLE,
				.when = now.local,
				.name = node_source_name(node, source),
				.address = source->address,
				.text = verdict == PLAUSIBILITY_TOO_EARLY
		                                ? plausibility_reason_text(node->plausible.reason)
		                                : NULL,
				.numbers = { (double)claimed.ns, (double)limit.ns, verdict } });
	return !source->is_implausible;
}

bool node_measuring_is_plausible(struct node *node, struct node_source *source,
                                 struct utc_time claimed, struct instant now)
{
	const enum plausibility_verdict verdict = plausibility_judge(&node->plausible, claimed);

	return node_measuring_take_verdict(node, source, verdict, claimed,
	                                   plausibility_limit(&node->plausible, verdict), now);
}

/* An interleaved one is a poll old: much may have become of the clock since. */
static bool is_usable(const struct node *node, const struct ntp_measurement *m)
{
	if (m->is_repeat || m->is_warmup || node_leap_is_near(node, m->sent) ||
	    node_leap_is_near(node, m->received))
		return false;
	return !m->is_interleaved || (m->sent.ns > node->leap.done_ns &&
	                              timeline_is_remembered(&node->discipline.timeline, m->sent));
}

/* A peer may think for as long as a poll, and the clocks drift apart meanwhile: its two readings
 * are carried to the middle, by as much as the rate may be. Where their middle is does not depend
 * on the rate; the delay between them does, and one below nought says that the rate is another one.
 */
static void carry_to_middle(const struct node *node, const struct node_source *source,
                            double half_ns, struct exchange *exchange)
{
	double rate = node->drift, rate_sd = node->drift_sd;

	if (estimator_has_estimate(source->estimator)) {
		const struct estimate estimate = node_source_estimate(node, source);

		rate = estimate.frequency;
		rate_sd = sqrt(estimate.frequency_variance);
	}
	exchange->upper_ns += llrint(half_ns * (rate + SKEW_SDS * rate_sd));
	exchange->lower_ns -= llrint(half_ns * (rate + SKEW_SDS * rate_sd));
	if (exchange->upper_ns < exchange->lower_ns)
		*exchange = (struct exchange){ .at = exchange->at,
			                       .upper_ns = exchange->lower_ns,
			                       .lower_ns = exchange->upper_ns };
}

static struct exchange exchange_of(const struct node *node, const struct node_source *source,
                                   const struct ntp_measurement *m)
{
	const struct timeline *timeline = &node->discipline.timeline;
	const int64_t sent_ns = timeline_free(timeline, m->sent).ns;
	const int64_t received_ns = timeline_free(timeline, m->received).ns;
	const int64_t correction_ns =
		llrint(node_source_options(node, source)->offset_s * 1e9) + timeline->leaps_ns;
	const int64_t half_ns = (received_ns - sent_ns) / 2;
	struct exchange exchange = {
		.at = { sent_ns + half_ns },
		.upper_ns = m->server_received.ns - sent_ns + correction_ns,
		.lower_ns = m->server_sent.ns - received_ns + correction_ns,
	};

	if (m->mode != NTP_MODE_SERVER)
		carry_to_middle(node, source, (double)half_ns, &exchange);
	return exchange;
}

int64_t node_measuring_server_error_ns(const struct node_source *source)
{
	return source->measurement.root_delay_ns / 2 + source->measurement.root_dispersion_ns;
}

/* What the server's admissions tell of its own moving: one that slews itself right admits less and
 * less, and takes us along meanwhile. */
static double server_rate_error(const struct node_source *source, double watched_s)
{
	const unsigned count =
		source->delays_count < NODE_RECENT_MAX ? source->delays_count : NODE_RECENT_MAX;
	int64_t most_ns = 0, least_ns = INT64_MAX;

	for (unsigned i = 0; i < count; i++) {
		most_ns = source->server_errors_ns[i] > most_ns ? source->server_errors_ns[i]
		                                                : most_ns;
		least_ns = source->server_errors_ns[i] < least_ns ? source->server_errors_ns[i]
		                                                  : least_ns;
	}
	return count > 1 ? 2 * (double)(most_ns - least_ns) * 1e-9 / watched_s : 0;
}

/* Statistics of a few exchanges prove little: as far as the hard intervals at both ends of the time
 * that the source was watched for allow, the rate may be off; and a law that was guessed from them
 * may have misled the estimate to a rate which these do not even hold. */
static double proven_rate_error(const struct node_source *source, double frequency)
{
	const struct truth_interval *first = &source->truth_first, *last = &source->truth;
	const double watched_ns = (double)(last->at.ns - first->at.ns);
	const double apart_ns = (double)(last->base_ns - first->base_ns);
	const double most = (last->high_ns - first->low_ns + apart_ns) / watched_ns;
	const double least = (last->low_ns - first->high_ns + apart_ns) / watched_ns;
	const double limit = NODE_RATE_ERROR_MAX + fabs(frequency);

	return watched_ns > 0 ? fmin(fmax(most - frequency, frequency - least), limit) : limit;
}

double node_measuring_rate_error(const struct node *node, const struct node_source *source)
{
	const struct estimate estimate = node_source_estimate(node, source);
	const double clock_error = node->config.discipline.maxclockerror_ppm * 1e-6;
	const double watched_s = (double)(source->truth.at.ns - source->truth_first.at.ns) * 1e-9;

	if (source->refclock) /* has no hard intervals; its noise is known and so is the rate */
		return clock_error + NODE_NOISE_SDS * sqrt(estimate.frequency_variance);
	return clock_error +
	       fmax(SKEW_SDS * sqrt(estimate.frequency_variance),
	            proven_rate_error(source, estimate.frequency)) +
	       server_rate_error(source, fmax(watched_s, WATCHED_MIN_S));
}

/* The hard interval: how fast can the offset have changed since, and during the exchange, at worst?
 */
static void update_truth(struct node *node, struct node_source *source,
                         const struct exchange *exchange, struct instant now)
{
	const struct ntp_measurement *m = &source->measurement;
	const struct estimate estimate = node_source_estimate(node, source);
	const double rate_error = node_measuring_rate_error(node, source);
	const double soft_ns =
		(node->precision_s + ldexp(1, m->precision_log2_s)) * 1e9 +
		(fabs(estimate.frequency) + rate_error) * (double)(m->received.ns - m->sent.ns) / 2;
	const int64_t server_error_ns = node_measuring_server_error_ns(source) + llrint(soft_ns);
	bool is_begun = !source->truth.is_known;

	if (!is_begun)
		truth_interval_advance(&source->truth, exchange->at, estimate.frequency,
		                       rate_error);
	if (!truth_interval_add(&source->truth, exchange, server_error_ns)) {
		is_begun = true;
		node->contradictions_count++;
		trace_emit(&node->trace,
		           &(struct trace_event){ .kind = TRACE_BOUND_CONTRADICTION,
		                                  .when = now.local,
		                                  .name = node_source_name(node, source),
		                                  .address = source->address });
	}
	if (is_begun)
		source->truth_first = source->truth;
}

/* Hardly any sample errs by more. */
static double noise_s(const struct node_source *source, double sd_s)
{
	return NODE_NOISE_SDS * sd_s * sqrt(estimator_status(source->estimator).excess);
}

/* Noise has no hard limit, but one that hardly any sample exceeds. Samples that say little leave
 * the interval as wide as time made it; the estimate's own error bars know nothing of
 * maxclockerror. */
static void update_noisy_truth(const struct node *node, struct node_source *source,
                               const struct exchange *exchange, double sd_s)
{
	const uint64_t contradictions_count = source->truth.contradictions_count;
	const int64_t error_ns = node_measuring_server_error_ns(source) +
	                         llrint(fmin(noise_s(source, sd_s) + node->precision_s, 1) * 1e9);
	const struct estimate estimate = estimator_estimate(source->estimator);

	if (source->truth.is_known)
		truth_interval_advance(&source->truth, exchange->at, estimate.frequency,
		                       node_measuring_rate_error(node, source));
	(void)truth_interval_add(&source->truth, exchange, error_ns);
	source->truth.contradictions_count = contradictions_count; /* it may have been noise */
}

static void choose_poll(struct node *node, struct node_source *source, bool is_held_back,
                        struct instant now)
{
	const struct source_options *options = node_source_options(node, source);
	const struct ntp_client_status client = ntp_client_status(source->client);
	const struct estimate estimate = node_source_estimate(node, source);
	const struct estimator_status status = estimator_status(source->estimator);
	const struct poll_question question = {
		.estimate = &estimate,
		.floor_s = status.floor_s * POLLTARGET_UNIT /
		           (options->polltarget > 0 ? options->polltarget : POLLTARGET_UNIT),
		.present_log2_s = client.poll_log2_s,
		.min_log2_s = options->minpoll_log2_s,
		.max_log2_s = options->maxpoll_log2_s > options->minpoll_log2_s
		                      ? options->maxpoll_log2_s
		                      : options->minpoll_log2_s,
		.is_held_back = is_held_back,
	};

	ntp_client_set_poll(source->client, (int8_t)poll_choose(&source->poll, &question),
	                    now.mono);
	if (is_held_back)
		ntp_client_hurry(source->client, now.mono);
	(void)node;
}

static bool is_outvoted(const struct node_source *source)
{
	return source->state == SOURCE_STATE_FALSETICKER ||
	       source->state == SOURCE_STATE_NO_MAJORITY || source->state == SOURCE_STATE_TIE;
}

void node_measuring_use(struct node *node, struct node_source *source,
                        const struct exchange *exchange, double sd_s,
                        const struct ntp_measurement *said, struct instant now)
{
	const bool is_packet = sd_s < 0;
	struct estimate was = { .frequency = 0 };
	enum estimator_verdict verdict;
	double rate_error = INFINITY;

	source->stress = 0;
	if (estimator_has_estimate(source->estimator)) {
		const struct estimate before = node_source_estimate(node, source);
		const double residual_s = (double)(exchange->lower_ns +
		                                   (exchange->upper_ns - exchange->lower_ns) / 2 -
		                                   estimate_offset_ns(&before, exchange->at)) *
		                          1e-9;

		source->stress =
			fabs(residual_s) / (estimate_offset_sd_s(&before, exchange->at) + 1e-12);
		was = estimator_estimate(source->estimator);
		rate_error = node_measuring_rate_error(node, source);
	}
	verdict = is_packet ? estimator_on_exchange(source->estimator, exchange)
	                    : estimator_on_sample(source->estimator, exchange, sd_s);
	if (verdict == ESTIMATOR_REFUSED)
		return;
	if (!source->is_flywheel)
		node_flywheel_on_measurement(node, source, exchange, sd_s);
	else if (verdict == ESTIMATOR_JUMPED)
		node_flywheel_on_slip(node);
	source->measurement = *said;
	source->exchange = *exchange;
	if (!source->has_measurement)
		source->first_good = now.mono;
	source->has_measurement = true;
	source->last_good = now.mono;
	node_dumps_remember(source, exchange, sd_s);
	/* a server that errs may drift by that; a lateness stays what it is */
	source->server_errors_ns[source->delays_count % NODE_RECENT_MAX] =
		is_packet ? node_measuring_server_error_ns(source) : 0;
	source->delays_ns[source->delays_count++ % NODE_RECENT_MAX] =
		exchange->upper_ns - exchange->lower_ns;
	if (verdict == ESTIMATOR_JUMPED)
		truth_interval_reset(
			&source->truth); /* it stepped, or we did: the past says nothing */
	if (verdict == ESTIMATOR_HELD_OUTLIER) {
		node_doubt_on_held(node, source, exchange, is_packet ? 0 : noise_s(source, sd_s));
	} else {
		node_doubt_on_used(source, &was, rate_error);
		if (is_packet)
			update_truth(node, source, exchange, now);
		else
			update_noisy_truth(node, source, exchange, sd_s);
	}
	source->outvoted_count = is_outvoted(source) ? source->outvoted_count + 1 : 0;
	source->has_news |= verdict != ESTIMATOR_HELD_OUTLIER && verdict != ESTIMATOR_HELD_PATH;
	if (source->client)
		choose_poll(node, source, verdict == ESTIMATOR_HELD_OUTLIER, now);
	trace_statistics(node, source, now);
}

static void trace_kiss(const struct node *node, const struct node_source *source, const char *code,
                       struct instant now)
{
	trace_emit(&node->trace, &(struct trace_event){ .kind = TRACE_KISS,
	                                                .when = now.local,
	                                                .name = node_source_name(node, source),
	                                                .address = source->address,
	                                                .text = code });
}

bool node_measuring_on_received(struct node *node, struct node_source *source,
                                const struct datagram *datagram, struct instant now,
                                struct outbox *out)
{
	struct ntp_measurement measurement;
	const enum ntp_verdict verdict =
		ntp_client_on_received(source->client, datagram, now, node->our_reference_ids,
	                               node->our_count, &measurement, out);
	struct exchange exchange = { 0 };
	bool is_good = verdict == NTP_GOOD;

	node->reply_verdict_count[verdict]++;
	if (verdict != NTP_GOOD && verdict < NTP_KISS_RATE)
		node_trace_refused(node, node_source_name(node, source), datagram,
		                   ntp_verdict_text(verdict), (unsigned)verdict);
	if (verdict == NTP_KISS_RATE)
		trace_kiss(node, source, "RATE", now);
	if (verdict == NTP_KISS_DENY)
		trace_kiss(node, source, "DENY", now);
	if (verdict != NTP_GOOD && verdict < NTP_ZERO_TIMESTAMP)
		return false;
	if (is_good && !measurement.is_repeat && !measurement.is_warmup) {
		exchange = exchange_of(node, source, &measurement);
		is_good = node_filter_passes(node, source, &exchange);
		node_filter_correct(node, source, &exchange);
		measurement.tests &= (uint16_t) ~(is_good ? 0 : TEST_C);
	}
	trace_measurement(node, source, &measurement, is_good, now);
	source->is_unsynchronised = verdict == NTP_UNSYNCHRONISED;
	source->is_loop = verdict == NTP_LOOP;
	if (measurement.stratum < node_source_options(node, source)->minstratum)
		measurement.stratum = node_source_options(node, source)->minstratum;
	if (is_good && is_usable(node, &measurement) &&
	    node_measuring_is_plausible(node, source, measurement.server_sent, now) &&
	    node_filter_collect(node, source, &exchange, &measurement))
		node_measuring_use(node, source, &exchange, -1, &measurement, now);
	return true;
}

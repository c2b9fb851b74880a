/* SPDX-License-Identifier: MIT */
#include "ntp/ntp_client.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ntp/ntp_client_state.h"
#include "ntp/ntp_judgement.h"
#include "ntp/ntp_proof.h"
#include "timescale/ntp_time.h"

#define START_SPREAD_NS        NS_PER_S
#define START_SPREAD_IBURST_NS (NS_PER_S / 5)
#define IBURST_GOOD_COUNT      4
#define IBURST_TOTAL_COUNT     8
/* Unanswered polls until the interval is doubled, and how often that is done. Raised: the network
 * of a dead server is bothered more; lowered, or more often: its return is noticed later. */
#define BACKOFF_COUNT    8
#define BACKOFF_LOG2_MAX 2

#define BURST_TOTAL_COUNT 4
#define MAXDELAY_S_MAX    1e6

/* A reply that comes later than the longest round trip allowed and the longest that a server may
 * think would fail the delay tests anyway. */
#define SERVER_INTERVAL_S_MAX 4

static bool is_within(int8_t value, int low, int high)
{
	return value >= low && value <= high;
}

static bool is_config_sane(const struct ntp_client_config *config)
{
	return config->rng && config->remote.family != ADDRESS_NONE && config->remote.port != 0 &&
	       config->version >= 1 && config->version <= 4 &&
	       is_within(config->minpoll_log2_s, NTP_SCHEDULE_POLL_MIN, NTP_SCHEDULE_POLL_MAX) &&
	       is_within(config->maxpoll_log2_s, config->minpoll_log2_s, NTP_SCHEDULE_POLL_MAX) &&
	       config->maxdelay_s > 0 && config->maxdelay_s <= MAXDELAY_S_MAX &&
	       config->maxdelayratio >= 0 && isfinite(config->maxdelayratio);
}

static void start(struct ntp_client *client, struct mono_time now)
{
	const bool iburst = client->config.iburst;

	client->is_online = true;
	client->is_denied = false;
	ntp_schedule_start(&client->schedule, iburst ? START_SPREAD_IBURST_NS : START_SPREAD_NS,
	                   now, client->config.rng);
	if (iburst) {
		ntp_schedule_start_burst(&client->schedule, IBURST_GOOD_COUNT, IBURST_TOTAL_COUNT,
		                         client->schedule.next);
		ntp_schedule_spread(&client->schedule);
	}
}

int ntp_client_create(const struct ntp_client_config *config, struct mono_time now,
                      struct ntp_client **client_out)
{
	struct ntp_client *client;

	if (!is_config_sane(config))
		return -EINVAL;
	client = calloc(1, sizeof *client);
	if (!client)
		return -ENOMEM;
	client->config = *config;
	client->wanted_poll_log2_s = config->minpoll_log2_s;
	client->delay_floors_ns[0] = INT64_MAX;
	client->delay_floors_ns[1] = INT64_MAX;
	ntp_schedule_init(&client->schedule, config->minpoll_log2_s, config->maxpoll_log2_s);
	if (config->is_online)
		start(client, now);
	*client_out = client;
	return 0;
}

void ntp_client_destroy(struct ntp_client *client)
{
	free(client);
}

/* ---- requests ---- */

/* Asks again soon when the poll brought nothing and the average allows it. */
static void start_recovery_burst(struct ntp_client *client, struct mono_time now)
{
	const struct ntp_schedule *schedule = &client->schedule;
	const int spare_log2 = schedule->poll_log2_s - schedule->minpoll_log2_s;
	const unsigned total = spare_log2 >= 2 ? BURST_TOTAL_COUNT : 1U << spare_log2;

	/* the request that failed was one of them */
	ntp_schedule_start_burst(&client->schedule, 1, total - 1, now);
}

/* The request has found its end, with a reply or without. A peer may answer the same twice. */
static void finish_request(struct ntp_client *client, bool is_reached, bool is_good)
{
	assert(client->request.is_awaited || client->config.is_peer);
	if (!client->request.is_awaited)
		return;
	client->counters.sent_stamp_count[client->request.stamp]++;
	if (client->request.is_warmup) {
		client->request = (struct ntp_request){ .is_awaited = false };
		return; /* neither here nor there */
	}
	client->request = (struct ntp_request){ .is_awaited = false };
	client->reach = (uint8_t)(client->reach << 1 | is_reached);
	client->unanswered_count = is_good ? 0 : client->unanswered_count + 1;
}

/* Who is silent for long is asked less often (RFC 5905 appendix A.5.7.1, poll), but not so seldom
 * that its return is missed for long. */
static void back_off(struct ntp_client *client, struct mono_time now)
{
	const struct ntp_schedule *schedule = &client->schedule;

	if (client->unanswered_count > 0 && client->unanswered_count % BACKOFF_COUNT == 0 &&
	    schedule->poll_log2_s < schedule->minpoll_log2_s + BACKOFF_LOG2_MAX)
		ntp_schedule_set_poll(&client->schedule, (int8_t)(schedule->poll_log2_s + 1), now,
		                      client->config.rng);
}

static void fail_request(struct ntp_client *client, bool is_reached, struct mono_time now)
{
	const bool was_burst = client->request.is_burst || client->request.is_warmup;

	finish_request(client, is_reached, false);
	back_off(client, now);
	if (client->config.burst && !was_burst)
		start_recovery_burst(client, now);
}

static void close_socket(const struct ntp_client *client, struct outbox *out)
{
	if (!client->config.is_peer)
		outbox_add(out, ACTION_CLOSE)->close_association = client->config.association;
}

static int64_t patience_ns(const struct ntp_client *client)
{
	const int64_t half_poll_ns = ntp_schedule_interval_ns(&client->schedule) / 2;
	const double longest_s = client->config.maxdelay_s + SERVER_INTERVAL_S_MAX;
	const int64_t longest_ns = (int64_t)(longest_s * 1e9);

	return longest_ns < half_poll_ns ? longest_ns : half_poll_ns;
}

/* A peer answers when its own poll is due: until ours is due again there is time. */
static struct mono_time give_up_at(const struct ntp_client *client, struct mono_time now)
{
	return client->config.is_peer ? MONO_TIME_NEVER : mono_time_after(now, patience_ns(client));
}

static uint64_t unpredictable(struct rng *rng)
{
	uint64_t value;

	do
		value = rng_u64(rng);
	while (value == 0);
	return value;
}

/* RFC 9769 section 2: the receive timestamp is as random as the other, and tells which kind of
 * answer it is. */
static void ask_interleaved(struct ntp_client *client, struct ntp_header *header)
{
	header->origin_ntp64 = ntp_interleave_ask(&client->earlier);
	if (header->origin_ntp64 == 0)
		return;
	do
		header->receive_ntp64 = unpredictable(client->config.rng);
	while (header->receive_ntp64 == header->transmit_ntp64);
}

static bool fill_header(struct ntp_client *client, const struct ntp_server_time *own,
                        struct ntp_header *header)
{
	header->version = client->config.version;
	if (client->config.is_peer) {
		header->mode = NTP_MODE_SYMMETRIC_ACTIVE;
		header->poll_log2_s = client->schedule.poll_log2_s;
		ntp_server_time_say(own, header);
		return ntp_peer_fill(&client->peer, client->config.is_interleaved,
		                     client->config.rng, header);
	}
	header->mode = NTP_MODE_CLIENT;
	header->transmit_ntp64 = unpredictable(client->config.rng);
	if (client->config.is_interleaved)
		ask_interleaved(client, header);
	return true;
}

static bool is_warmup(const struct ntp_client *client)
{
	return client->schedule.poll_log2_s >= client->config.presend_log2_s && !client->is_warm &&
	       client->schedule.burst_total_count == 0 && !client->config.is_peer;
}

static void send_request(struct ntp_client *client, struct instant now,
                         const struct ntp_server_time *own, struct outbox *out)
{
	struct ntp_header header = { 0 };
	struct send_action *send = &outbox_add(out, ACTION_SEND)->send;
	const struct mac_key *key = ntp_keys_find(client->config.keys, client->config.key_id);
	struct writer bytes = writer_into(send->bytes, NTP_HEADER_SIZE);
	const bool is_whole = fill_header(client, own, &header);

	ntp_header_encode(&header, &bytes);
	assert(!bytes.is_overrun);
	send->association = client->config.association;
	send->remote = client->config.remote;
	send->length_bytes = NTP_HEADER_SIZE;
	if (client->config.is_peer) {
		send->is_from_server_port = true;
		send->local = client->local;
	}
	if (!is_whole)
		send->transmit_at_byte = NTP_HEADER_TRANSMIT_AT;
	if (key && client->config.is_peer)
		send->seal_key_id = client->config.key_id;
	else if (key)
		send->length_bytes += (uint16_t)ntp_keys_seal(key, client->config.key_id,
		                                              send->bytes, NTP_HEADER_SIZE);

	client->request = (struct ntp_request){
		.is_awaited = true,
		.is_warmup = is_warmup(client),
		.is_burst = client->schedule.burst_total_count > 0,
		.transmit_ntp64 = header.transmit_ntp64,
		.receive_ntp64 = header.receive_ntp64,
		.sent = now.local,
		.stamp = STAMP_DAEMON,
		.give_up = give_up_at(client, now.mono),
	};
	if (client->config.is_peer)
		ntp_peer_on_sending(&client->peer, &client->request);
	client->counters.sent_count++;
	client->is_warm = client->request.is_warmup;
	if (client->request.is_warmup)
		ntp_schedule_on_sent_ahead(&client->schedule, now.mono);
	else
		ntp_schedule_on_sent(&client->schedule, now.mono, client->config.rng);
}

struct mono_time ntp_client_deadline(const struct ntp_client *client)
{
	return client->request.is_awaited
	               ? mono_time_earlier(client->schedule.next, client->request.give_up)
	               : client->schedule.next;
}

/* The burst that an offline source came online for is over. */
static void end_visit(struct ntp_client *client)
{
	if (!client->is_visiting || client->request.is_awaited ||
	    client->schedule.burst_total_count > 0)
		return;
	client->is_visiting = false;
	client->is_online = false;
	ntp_schedule_stop(&client->schedule);
}

void ntp_client_on_deadline(struct ntp_client *client, struct instant now,
                            const struct ntp_server_time *own, struct outbox *out)
{
	const bool has_waited_enough =
		client->request.is_awaited && now.mono.ns >= ntp_client_deadline(client).ns;

	assert(own || !client->config.is_peer);
	if (has_waited_enough)
		fail_request(client, false, now.mono);
	end_visit(client);
	if (now.mono.ns >= client->schedule.next.ns) /* perhaps because that has just failed */
		send_request(client, now, own, out);
	else if (has_waited_enough)
		close_socket(client, out);
}

void ntp_client_on_sent(struct ntp_client *client, struct local_time sent, enum stamp_source stamp)
{
	if (client->config.is_peer)
		ntp_peer_on_sent(&client->peer, sent, stamp);
	if (!client->request.is_awaited || stamp < client->request.stamp)
		return;
	client->request.sent = sent;
	client->request.stamp = stamp;
}

/* ---- replies ---- */

/* What this answer is worth once it is known when it left. What a server says of itself may have
 * changed until then, and was said of this exchange. */
static void remember_exchange(struct ntp_client *client, const struct ntp_request *request,
                              const struct datagram *datagram, const struct ntp_header *header,
                              bool is_measured)
{
	client->earlier = (struct ntp_interleave){
		.is_known = true,
		.is_measured = is_measured,
		.sent = request->sent,
		.sent_stamp = request->stamp,
		.received = datagram->received,
		.received_stamp = datagram->stamp,
		.server_receive_ntp64 = header->receive_ntp64,
		.root_delay_ns = ntp_time_short_decode(header->root_delay_q16_s),
		.root_dispersion_ns = ntp_time_short_decode(header->root_dispersion_q16_s),
	};
}

/* RFC 9769 section 2, the first set of timestamps: of one and the same exchange. */
static void make_interleaved(const struct ntp_interleave *earlier, struct ntp_measurement *m)
{
	m->is_interleaved = true;
	m->is_repeat = earlier->is_measured;
	m->sent = earlier->sent;
	m->sent_stamp = earlier->sent_stamp;
	m->received = earlier->received;
	m->received_stamp = earlier->received_stamp;
	m->server_received = ntp_time_decode(earlier->server_receive_ntp64, m->server_sent);
	m->root_delay_ns = earlier->root_delay_ns;
	m->root_dispersion_ns = earlier->root_dispersion_ns;
}

static struct ntp_measurement measurement_of(const struct ntp_client *client,
                                             const struct datagram *datagram,
                                             const struct ntp_proof *proof)
{
	const struct ntp_header *header = &proof->header;
	const int64_t pivot_ns = client->config.era_pivot.ns;
	const int64_t near_ns = datagram->received.ns;
	const struct utc_time near = { near_ns > pivot_ns ? near_ns : pivot_ns };
	const struct utc_time server_sent = ntp_time_decode(header->transmit_ntp64, near);
	struct ntp_measurement measurement = {
		.sent = proof->request->sent,
		.received = datagram->received,
		.server_received = ntp_time_decode(header->receive_ntp64, server_sent),
		.server_sent = server_sent,
		.sent_stamp = proof->request->stamp,
		.received_stamp = datagram->stamp,
		.leap = header->leap,
		.version = header->version,
		.mode = header->mode,
		.is_authenticated = client->config.key_id != 0,
		.stratum = header->stratum,
		.poll_log2_s = header->poll_log2_s,
		.precision_log2_s = header->precision_log2_s,
		.root_delay_ns = ntp_time_short_decode(header->root_delay_q16_s),
		.root_dispersion_ns = ntp_time_short_decode(header->root_dispersion_q16_s),
		.reference_id = header->reference_id,
		.reference_ntp64 = header->reference_ntp64,
	};

	measurement.is_warmup = proof->request->is_warmup;
	if (proof->is_interleaved)
		make_interleaved(&client->earlier, &measurement);
	return measurement;
}

static void take_kiss(struct ntp_client *client, enum ntp_verdict kiss, struct mono_time now)
{
	if (kiss == NTP_KISS_OTHER) {
		fail_request(client, false, now);
		return;
	}
	finish_request(client, false, false);
	if (kiss == NTP_KISS_RATE) {
		ntp_schedule_on_rate(&client->schedule, client->config.rng);
	} else {
		client->is_denied = true;
		ntp_schedule_stop(&client->schedule);
	}
}

/* Exchanges that fail the ratio test move the window on too: a path that has become longer for good
 * is accepted after at most two windows. */
static void add_delay(struct ntp_client *client, enum ntp_verdict verdict, int64_t delay_ns)
{
	int64_t *floors_ns = client->delay_floors_ns;

	if (verdict != NTP_GOOD && verdict != NTP_DELAY_RATIO)
		return;
	if (client->window_count == NTP_CLIENT_DELAY_WINDOW) {
		floors_ns[0] = floors_ns[1];
		floors_ns[1] = INT64_MAX;
		client->window_count = 0;
	}
	client->window_count++;
	floors_ns[1] = delay_ns < floors_ns[1] ? delay_ns : floors_ns[1];
}

/* A peer's packet is as old as its poll, and that is not longer than ours. */
static int64_t server_interval_ns_max(const struct ntp_client *client)
{
	const int64_t poll_ns = ntp_schedule_interval_ns(&client->schedule);
	const int64_t usual_ns = SERVER_INTERVAL_S_MAX * NS_PER_S;

	return client->config.is_peer && 2 * poll_ns > usual_ns ? 2 * poll_ns : usual_ns;
}

static enum ntp_verdict take_measurement(struct ntp_client *client, const struct ntp_header *header,
                                         const uint32_t *our_reference_ids, size_t our_count,
                                         struct ntp_measurement *measurement, struct mono_time now)
{
	const int64_t *floors_ns = client->delay_floors_ns;
	const struct ntp_judgement_limits limits = {
		.server_interval_ns_max = server_interval_ns_max(client),
		.maxdelay_s = client->config.maxdelay_s,
		.maxdelayratio = client->config.maxdelayratio,
		.delay_floor_ns = client->config.mindelay_s > 0
		                          ? llrint(client->config.mindelay_s * 1e9)
		                  : floors_ns[0] < floors_ns[1] ? floors_ns[0]
		                                                : floors_ns[1],
		.our_reference_ids = our_reference_ids,
		.our_count = our_count,
	};
	const enum ntp_verdict verdict = ntp_judgement_measurement(header, &limits, measurement);

	add_delay(client, verdict, ntp_judgement_delay_ns(measurement));
	ntp_schedule_on_delay(&client->schedule, ntp_judgement_delay_ns(measurement));
	if (verdict == NTP_GOOD) {
		finish_request(client, true, true);
		ntp_schedule_on_good(&client->schedule, now, client->config.rng);
	} else {
		fail_request(client, verdict > NTP_ROOT_DISTANCE, now);
	}
	return verdict;
}

static enum ntp_verdict count(struct ntp_client *client, enum ntp_verdict verdict,
                              enum stamp_source stamp)
{
	struct ntp_client_counters *counters = &client->counters;

	counters->last_verdict = verdict;
	counters->received_count++;
	counters->received_stamp_count[stamp]++;
	counters->verdict_count[verdict]++;
	counters->valid_count += verdict == NTP_GOOD || verdict > NTP_ZERO_TIMESTAMP;
	counters->good_count += verdict == NTP_GOOD;
	return verdict;
}

/* Is what it said a synchronised server's time, good or not for a measurement? */
static bool has_told_time(enum ntp_verdict verdict)
{
	return verdict == NTP_GOOD || verdict > NTP_ROOT_DISTANCE;
}

/* A peer's packet was proven, or is to be remembered without. Answering it soon keeps both sides'
 * readings close together; that both do so once in a poll ends it. */
static void hear(struct ntp_client *client, const struct ntp_proof *proof,
                 const struct datagram *datagram, struct mono_time now)
{
	ntp_peer_hear(&client->peer, &proof->header, proof->request, datagram->received);
	client->local = datagram->local;
	if (proof->request)
		ntp_client_set_poll(client, client->wanted_poll_log2_s, now);
	if (proof->header.mode == NTP_MODE_SYMMETRIC_ACTIVE)
		ntp_schedule_respond(&client->schedule, now);
}

static enum ntp_verdict kiss_of(const struct ntp_header *header)
{
	return header->mode == NTP_MODE_SYMMETRIC_ACTIVE ? NTP_GOOD : ntp_judgement_kiss(header);
}

enum ntp_verdict ntp_client_on_received(struct ntp_client *client, const struct datagram *datagram,
                                        struct instant now, const uint32_t *our_reference_ids,
                                        size_t our_count, struct ntp_measurement *measurement_out,
                                        struct outbox *out)
{
	struct ntp_proof proof;
	struct ntp_request request;
	enum ntp_verdict verdict = ntp_proof_find(client, datagram, now.mono, &proof);

	if (proof.is_heard)
		hear(client, &proof, datagram, now.mono);
	if (verdict != NTP_GOOD)
		return count(client, verdict, datagram->stamp);

	/* From here on the packet is the answer to our request; a server's is the only one. */
	request = *proof.request;
	client->answered_ntp64[0] = request.transmit_ntp64;
	client->answered_ntp64[1] = request.receive_ntp64;
	client->local = datagram->local;
	close_socket(client, out);
	*measurement_out = measurement_of(client, datagram, &proof);
	if (client->config.is_peer)
		hear(client, &proof, datagram, now.mono);
	verdict = kiss_of(&proof.header);
	if (verdict != NTP_GOOD)
		take_kiss(client, verdict, now.mono);
	else
		verdict = take_measurement(client, &proof.header, our_reference_ids, our_count,
		                           measurement_out, now.mono);
	ntp_interleave_forget(&client->earlier);
	if ((client->config.is_interleaved || client->config.is_peer) && has_told_time(verdict))
		remember_exchange(client, &request, datagram, &proof.header,
		                  verdict == NTP_GOOD && !measurement_out->is_interleaved);
	end_visit(client);
	return count(client, verdict, datagram->stamp);
}

/* ---- what else may happen ---- */

void ntp_client_on_clock_stepped(struct ntp_client *client, struct mono_time now,
                                 struct outbox *out)
{
	ntp_interleave_forget(&client->earlier);
	client->peer = (struct ntp_peer){ .has_proven = false };
	if (!client->request.is_awaited)
		return;
	/* not the server's fault: neither reach nor the count of unanswered polls changes */
	client->request = (struct ntp_request){ .is_awaited = false };
	close_socket(client, out);
	ntp_schedule_on_lost(&client->schedule, now);
}

void ntp_client_set_poll(struct ntp_client *client, int8_t poll_log2_s, struct mono_time now)
{
	const struct ntp_peer *peer = &client->peer;

	client->wanted_poll_log2_s = poll_log2_s;
	if (peer->has_poll && peer->poll_log2_s < poll_log2_s) /* both at the shorter of the two */
		poll_log2_s = peer->poll_log2_s;
	ntp_schedule_set_poll(&client->schedule, poll_log2_s, now, client->config.rng);
}

void ntp_client_hurry(struct ntp_client *client, struct mono_time now)
{
	ntp_schedule_hurry(&client->schedule, now);
}

void ntp_client_set_limits(struct ntp_client *client, const struct ntp_client_limits *limits,
                           struct mono_time now)
{
	client->config.minpoll_log2_s = limits->minpoll_log2_s;
	client->config.maxpoll_log2_s = limits->maxpoll_log2_s;
	client->config.maxdelay_s = limits->maxdelay_s;
	client->config.maxdelayratio = limits->maxdelayratio;
	ntp_schedule_set_limits(&client->schedule, limits->minpoll_log2_s, limits->maxpoll_log2_s,
	                        now, client->config.rng);
}

void ntp_client_set_online(struct ntp_client *client, bool is_online, struct mono_time now)
{
	client->is_visiting = false;
	if (!is_online) {
		client->is_online = false;
		client->reach = 0;
		ntp_schedule_stop(&client->schedule);
	} else if (!client->is_online || client->is_denied) {
		start(client, now);
	}
}

void ntp_client_start_burst(struct ntp_client *client, unsigned good_count, unsigned total_count,
                            struct mono_time now)
{
	if (!client->is_online && !client->is_denied && good_count > 0 && total_count > 0) {
		client->is_visiting = true;
		client->is_online = true;
		ntp_schedule_start(&client->schedule, 0, now, client->config.rng);
	}
	ntp_schedule_start_burst(&client->schedule, good_count, total_count, now);
}

struct ntp_client_status ntp_client_status(const struct ntp_client *client)
{
	const struct ntp_client_counters *counters = &client->counters;
	struct ntp_client_status status = {
		.remote = client->config.remote,
		.local = client->local,
		.reach = client->reach,
		.poll_log2_s = client->schedule.poll_log2_s,
		.interval_ns = client->schedule.next.ns - client->schedule.last.ns,
		.is_online = client->is_online,
		.is_visiting = client->is_visiting,
		.burst_left_count = client->schedule.burst_total_count,
		.unanswered_count = client->unanswered_count,
		.is_denied = client->is_denied,
		.last_verdict = counters->last_verdict,
		.sent_count = counters->sent_count,
		.received_count = counters->received_count,
		.valid_count = counters->valid_count,
		.good_count = counters->good_count,
	};

	memcpy(status.sent_stamp_count, counters->sent_stamp_count, sizeof status.sent_stamp_count);
	memcpy(status.received_stamp_count, counters->received_stamp_count,
	       sizeof status.received_stamp_count);
	memcpy(status.verdict_count, counters->verdict_count, sizeof status.verdict_count);
	return status;
}

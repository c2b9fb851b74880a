/* ntp/ntp_client: one association with one NTP server, as a state machine.
 * SPDX-License-Identifier: MIT
 *
 * Reads no clock and opens no socket: the caller says what happened and when, then carries out what
 * stands in `out`. Judges packets; does not estimate, does not choose its poll interval. RFC 5905
 * sections 8, 9.2 (packet tests), 13 (poll) and 7.4 (kisses); RFC 9109; requests disclose nothing
 * (all fields zero but version, mode and a random transmit timestamp). */
#pragma once

#include "base/attributes.h"
#include "base/rng.h"
#include "ntp/ntp_keys.h"
#include "ntp/ntp_server.h"
#include "ntp/ntp_verdict.h"
#include "source/datagram.h"
#include "source/outbox.h"

struct ntp_client;

struct ntp_client_config {
	uint32_t association;  /* stamped on every action */
	struct address remote; /* with port */
	uint8_t version;       /* 1..4 */
	int8_t minpoll_log2_s; /* -7..24: never asked more often, bursts aside */
	int8_t maxpoll_log2_s; /* minpoll..24: KoD RATE never raises the poll beyond */
	bool iburst;           /* 4 good exchanges 2 s apart at start and after coming online */
	bool burst;            /* up to 4 requests 2 s apart when a poll got no good reply */
	bool is_online;
	int8_t presend_log2_s; /* from this poll on, a request goes ahead; above maxpoll: never */
	bool is_peer;          /* symmetric mode: from the server's port, without an own socket */
	bool is_interleaved;   /* asks for the real transmit times of the server's answers */
	const struct ntp_keys *keys; /* borrowed until destroy, may be NULL; its keys may change */
	uint32_t key_id;   /* not 0: requests carry its MAC, and replies must; the source is bound
	                      to this key, others prove nothing */
	double maxdelay_s; /* test A */
	double maxdelayratio;        /* test B; 0 = off */
	double mindelay_s;           /* which it is a ratio to; 0 = the shortest of late */
	struct local_time era_pivot; /* times are placed within 68 years of the clock, or of this
	                                instant while the clock stands before it */
	struct rng *rng;             /* borrowed until destroy */
};

struct ntp_measurement {
	struct local_time sent, received;             /* T1, T4 */
	struct utc_time server_received, server_sent; /* T2, T3 */
	enum stamp_source sent_stamp, received_stamp;
	enum leap leap;
	uint8_t version, mode, stratum;
	bool is_authenticated; /* with a key */
	bool is_interleaved;   /* of the exchange before the last, with its real transmit time */
	bool is_warmup;        /* not to be used: the way was not known yet */
	bool is_repeat; /* that exchange was measured before, less well: not to be used again */
	int8_t poll_log2_s, precision_log2_s; /* as the server says */
	int64_t root_delay_ns, root_dispersion_ns;
	uint32_t reference_id;
	uint64_t reference_ntp64;
	uint16_t tests; /* ten bits, see trace_measurement */
};

struct ntp_client_status {
	struct address remote, local;
	uint8_t reach; /* 8 last polls, newest in bit 0 (RFC 5905 section 13) */
	int8_t poll_log2_s;
	int64_t interval_ns; /* from the last request to the next; once there was one */
	bool is_online;
	bool is_visiting;          /* online for a burst only, then offline again */
	unsigned burst_left_count; /* requests still to be made in the burst that is on */
	unsigned unanswered_count; /* polls in a row without a good reply */
	bool is_denied; /* DENY or RSTR: no more requests until online is commanded again */
	enum ntp_verdict last_verdict;
	uint64_t sent_count, received_count, valid_count, good_count;
	uint64_t sent_stamp_count[STAMP_SOURCE_COUNT];     /* of finished requests, the best */
	uint64_t received_stamp_count[STAMP_SOURCE_COUNT]; /* of what was received */
	uint64_t verdict_count[NTP_VERDICT_COUNT];
};

/* The first request is due a random moment (at most 0.2 s with iburst, 1 s else) after `now`.
 * The caller owns *client_out. Returns 0, -EINVAL (config out of range) or -ENOMEM. */
NODISCARD int ntp_client_create(const struct ntp_client_config *config, struct mono_time now,
                                struct ntp_client **client_out);
void ntp_client_destroy(struct ntp_client *client); /* NULL is fine */

/* Sends what is due. `own`: what this node says of its time, for peers; may be NULL for others.
 * Emits CLOSE when a reply is given up, unless a SEND follows at once: that
 * takes a new socket in the place of the old. So no event of a client adds more than one action. */
void ntp_client_on_deadline(struct ntp_client *client, struct instant now,
                            const struct ntp_server_time *own, struct outbox *out);
struct mono_time ntp_client_deadline(const struct ntp_client *client);

/* The last request left at `sent`: called at once with the daemon's own reading, and again when the
 * kernel's better stamp turns up. A stamp of a lesser source than is known is ignored. */
void ntp_client_on_sent(struct ntp_client *client, struct local_time sent, enum stamp_source stamp);

/* *measurement_out is written on NTP_GOOD, and for logs only from NTP_KISS_RATE on (a kiss has its
 * code in reference_id, and no tests). Emits CLOSE with each of these. `our_reference_ids`: what
 * servers that follow us would show: our own addresses' reference ids. */
enum ntp_verdict ntp_client_on_received(struct ntp_client *client, const struct datagram *datagram,
                                        struct instant now, const uint32_t *our_reference_ids,
                                        size_t our_count, struct ntp_measurement *measurement_out,
                                        struct outbox *out);

/* The clock was stepped by step_ns: a reply under way is no longer comparable and is dropped. */
void ntp_client_on_clock_stepped(struct ntp_client *client, struct mono_time now,
                                 struct outbox *out);

/* Poll interval wanted by the estimator, kept within minpoll..maxpoll (and above what KoD RATE
 * imposed). Applies from the next request on; a shorter one brings the next request forward. */
void ntp_client_set_poll(struct ntp_client *client, int8_t poll_log2_s, struct mono_time now);
/* Asks again 2 s after the last request (a sample was held back); never more often than minpoll
 * allows on average: a budget of 4 such requests refills with one per poll above minpoll. */
void ntp_client_hurry(struct ntp_client *client, struct mono_time now);
void ntp_client_set_online(struct ntp_client *client, bool is_online, struct mono_time now);
/* An offline one is online for so long. Nothing after a DENY. */
void ntp_client_start_burst(struct ntp_client *client, unsigned good_count, unsigned total_count,
                            struct mono_time now);

struct ntp_client_limits { /* as in struct ntp_client_config */
	int8_t minpoll_log2_s, maxpoll_log2_s;
	double maxdelay_s, maxdelayratio;
};
/* In range, minpoll <= maxpoll. What KoD RATE imposed stays. */
void ntp_client_set_limits(struct ntp_client *client, const struct ntp_client_limits *limits,
                           struct mono_time now);

struct ntp_client_status ntp_client_status(const struct ntp_client *client);

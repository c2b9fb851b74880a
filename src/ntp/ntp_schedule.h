/* ntp/ntp_schedule: when the next request to a server is due. SPDX-License-Identifier: MIT
 *
 * Polls, bursts, hurried requests and what a KoD RATE takes away; knows nothing of packets. RFC
 * 5905 section 13, RFC 8633 section 3.
 *
 * Embedded in the association; owns nothing. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/rng.h"

#define NTP_SCHEDULE_POLL_MIN -7
#define NTP_SCHEDULE_POLL_MAX 24
#define NTP_SCHEDULE_HURRIES  4 /* hurried requests in reserve */

struct ntp_schedule {
	int8_t minpoll_log2_s, maxpoll_log2_s;
	int8_t poll_log2_s; /* in force, below a second only if it is near */
	bool is_near;       /* the last round trip took less than 10 ms, and than half the poll */
	int8_t rate_log2_s; /* imposed by KoD RATE; NTP_SCHEDULE_POLL_MIN = nothing */
	bool is_stopped;    /* nothing is due */
	unsigned burst_good_count;  /* good replies that the burst still wants */
	unsigned burst_total_count; /* requests that it may still make; 0 = no burst */
	bool is_spread_wanted;      /* requests that the burst does not need are made after it */
	unsigned spread_count;      /* of these, still to be made */
	unsigned hurries_count;     /* 0..NTP_SCHEDULE_HURRIES */
	bool is_hurried;            /* the next request is one */
	bool is_response;           /* the next request answers another host's */
	struct mono_time last;      /* request; meaningless before the first */
	bool has_last;
	struct mono_time next; /* request due; MONO_TIME_NEVER while stopped */
};

int64_t ntp_schedule_poll_ns(int8_t poll_log2_s); /* -7..24 */
/* The poll's, but never less than a second for a server that is not known to be near: strangers are
 * not asked many times a second, nor before their last answer can be here (chrony.conf, minpoll).
 */
int64_t ntp_schedule_interval_ns(const struct ntp_schedule *schedule);

/* Stopped. Polls: NTP_SCHEDULE_POLL_MIN <= minpoll <= maxpoll <= NTP_SCHEDULE_POLL_MAX. */
void ntp_schedule_init(struct ntp_schedule *schedule, int8_t minpoll_log2_s, int8_t maxpoll_log2_s);

/* The first request is due a random moment within spread_ns, but not right after an earlier one. */
void ntp_schedule_start(struct ntp_schedule *schedule, int64_t spread_ns, struct mono_time now,
                        struct rng *rng);
void ntp_schedule_stop(struct ntp_schedule *schedule);
/* Until good_count replies were good, at most total_count requests 2 s apart. Nothing if stopped.
 */
void ntp_schedule_start_burst(struct ntp_schedule *schedule, unsigned good_count,
                              unsigned total_count, struct mono_time now);
/* The requests that the burst under way will not need are made after it, at distances that double
 * up to the poll: 1/16, 1/8, 1/4 and 1/2 of it if four are left. A rate is learnt from distance. */
void ntp_schedule_spread(struct ntp_schedule *schedule);

void ntp_schedule_on_sent(struct ntp_schedule *schedule, struct mono_time now, struct rng *rng);
void ntp_schedule_on_good(struct ntp_schedule *schedule, struct mono_time now, struct rng *rng);
void ntp_schedule_on_delay(struct ntp_schedule *schedule, int64_t delay_ns); /* a round trip */
/* KoD RATE: ends the burst and the hurry; one poll step slower, and never faster again. */
void ntp_schedule_on_rate(struct ntp_schedule *schedule, struct rng *rng);
/* The request under way was lost by our own doing: makes it again soon. */
void ntp_schedule_on_lost(struct ntp_schedule *schedule, struct mono_time now);

void ntp_schedule_set_poll(struct ntp_schedule *schedule, int8_t poll_log2_s, struct mono_time now,
                           struct rng *rng);
/* Polls as for init. What KoD RATE imposed stays. */
void ntp_schedule_set_limits(struct ntp_schedule *schedule, int8_t minpoll_log2_s,
                             int8_t maxpoll_log2_s, struct mono_time now, struct rng *rng);
/* A request that goes ahead of the one that is due, which follows 2 s later. */
void ntp_schedule_on_sent_ahead(struct ntp_schedule *schedule, struct mono_time now);
/* Another host has asked: makes the next request now, unless the last is less than half a poll ago.
 */
void ntp_schedule_respond(struct ntp_schedule *schedule, struct mono_time now);
void ntp_schedule_hurry(struct ntp_schedule *schedule, struct mono_time now);

/* ntp/ntp_client_state: the inside of an association. SPDX-License-Identifier: MIT
 *
 * For ntp_client.c, and for the tests that compare it before and after a forged packet; nobody else
 * looks in here. */
#pragma once

#include "ntp/ntp_client.h"
#include "ntp/ntp_interleave.h"
#include "ntp/ntp_peer.h"
#include "ntp/ntp_schedule.h"

#define NTP_CLIENT_DELAY_WINDOW 32 /* exchanges */

/* For people only: no decision depends on it, and anybody's packet may change it. */
struct ntp_client_counters {
	enum ntp_verdict last_verdict;
	uint64_t sent_count, received_count, valid_count, good_count;
	uint64_t sent_stamp_count[STAMP_SOURCE_COUNT], received_stamp_count[STAMP_SOURCE_COUNT];
	uint64_t verdict_count[NTP_VERDICT_COUNT];
};

struct ntp_client {
	struct ntp_client_config config;
	struct ntp_schedule schedule;
	struct ntp_request request; /* the last one, while a reply is awaited */
	struct ntp_peer peer;       /* if it is one */
	/* of the last request that was answered, its transmit and receive time; 0 = none */
	uint64_t answered_ntp64[2];
	struct ntp_interleave earlier;
	struct address local;
	uint8_t reach;
	unsigned unanswered_count;
	int8_t wanted_poll_log2_s; /* by the estimator */
	bool is_warm;              /* the last request went ahead of the next */
	bool is_online, is_denied;
	bool is_visiting; /* online until the end of the burst */
	/* Least delay of the window before and of the one that fills, INT64_MAX if none was
	 * measured. */
	int64_t delay_floors_ns[2];
	unsigned window_count; /* exchanges in the one that fills */
	struct ntp_client_counters counters;
};

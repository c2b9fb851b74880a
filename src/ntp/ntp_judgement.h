/* ntp/ntp_judgement: is what a proven reply says good enough to be measured with?
 * SPDX-License-Identifier: MIT
 *
 * The packet tests that come after the origin check; keeps no state. RFC 5905 sections 7.4
 * (kisses), 8 (the four timestamps) and 9.2 (tests), errata included. */
#pragma once

#include "ntp/ntp_client.h"
#include "wire/ntp_header.h"

struct ntp_judgement_limits {
	int64_t server_interval_ns_max; /* that it may take to answer */
	double maxdelay_s;
	double maxdelayratio;   /* 0 = off */
	int64_t delay_floor_ns; /* least delay seen of late; INT64_MAX = none yet */
	const uint32_t *our_reference_ids;
	size_t our_count;
};

/* NTP_GOOD when the header is no kiss of death, else NTP_KISS_*. */
enum ntp_verdict ntp_judgement_kiss(const struct ntp_header *header);

/* The round trip without the time that the server took. May be slightly negative. */
int64_t ntp_judgement_delay_ns(const struct ntp_measurement *measurement);

/* `measurement` has everything but `tests`, which is written. */
enum ntp_verdict ntp_judgement_measurement(const struct ntp_header *header,
                                           const struct ntp_judgement_limits *limits,
                                           struct ntp_measurement *measurement);

/* estimate/exchange: what one round trip to a source says. SPDX-License-Identifier: MIT
 *
 * Two one-sided readings of the same offset (reference minus free clock, what to add to it):
 * the request cannot have arrived before it was sent, so the offset is at most upper_ns = T2 - T1;
 * the reply cannot either, so it is at least lower_ns = T3 - T4 (T1, T4 on the free clock).
 * offset = (upper + lower) / 2, delay = upper - lower (RFC 5905 section 8). */
#pragma once

#include "base/instant.h"

struct exchange {
	struct free_time at; /* midpoint of T1 and T4 */
	int64_t upper_ns;
	int64_t lower_ns;
};

/* What is known of a source's (or of the combined) offset, as a Gaussian that moves with time:
 * offset(t) = offset_ns + frequency (t - at). */
struct estimate {
	struct free_time at;
	int64_t offset_ns;      /* reference - free clock at `at` */
	double frequency;       /* s/s: growth of the offset; + = the free clock is slow */
	double offset_variance; /* s^2 */
	double hidden_variance; /* of it: what no statistics shows, asymmetry and the servers'
	                           errors */
	double covariance;      /* s * s/s */
	double frequency_variance;
	double wander_variance; /* (s/s)^2 per s: growth of the frequency variance */
};

int64_t estimate_offset_ns(const struct estimate *estimate, struct free_time when);
double estimate_offset_sd_s(const struct estimate *estimate, struct free_time when);

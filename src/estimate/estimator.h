/* estimate/estimator: one source's exchanges -> offset and frequency of the free clock against it,
 * with honest error bars. SPDX-License-Identifier: MIT
 *
 * Knows nothing of packets, selection or the clock's corrections. The idea stands in
 * estimate/README. All memory is allocated by create. */
#pragma once

#include <stdbool.h>

#include "base/attributes.h"
#include "estimate/exchange.h"

struct estimator;

struct estimator_config {
	/* exchanges remembered at most, 0 = all that there is room for; of samples so many weigh,
	 * about: older ones fade */
	unsigned window_max;
	unsigned window_min;      /* samples: no fewer weigh, about; 0 = as the oscillator allows */
	double precision_s;       /* 1e-9..1: reading noise of the clocks; floors s and tau */
	double initial_frequency; /* s/s, from the drift file; 0 when unknown */
	double initial_frequency_sd; /* s/s; 1e-4 when unknown */
};

enum estimator_verdict {
	ESTIMATOR_USED,
	ESTIMATOR_HELD_OUTLIER, /* impossible under the present state: held back, ask again soon */
	ESTIMATOR_HELD_PATH,    /* looks like a longer path: coasting until sure */
	ESTIMATOR_JUMPED,       /* a step of phase or frequency is believed and followed */
	ESTIMATOR_PATH_CHANGED, /* a new floor of the round trip is believed; used */
	ESTIMATOR_REFUSED, /* upper < lower - precision, a round trip above 1000 s, or not later
	                      than the last: no state changed */
};

struct estimator_status {
	uint64_t exchanges_count; /* used ones, since create or reset */
	unsigned window_count;    /* exchanges that the path's law is fitted to, 0..256 */
	double span_s;            /* time that these cover */
	double floor_s;           /* B: one-way floor */
	double noise_s;           /* s: Gaussian reading noise, one way */
	double lateness_s;        /* tau: mean of the fastest lateness class */
	double asymmetry_s;       /* a: booked asymmetry, normally 0 */
	double wander;            /* s/s per sqrt(s): mean of the bank */
	double residual_sd_s;     /* of the last 32 midpoint offsets about the estimate */
	unsigned runs_count;      /* of same-signed residuals among them */
	unsigned jumps_count, path_changes_count, heals_count;
	double excess; /* of samples: their errors' variance is so many times what they say; >= 1 */
};

/* The caller owns *estimator_out. 0, -EINVAL or -ENOMEM. */
NODISCARD int estimator_create(const struct estimator_config *config,
                               struct estimator **estimator_out);
void estimator_destroy(struct estimator *estimator); /* NULL is fine */
void estimator_reset(struct estimator *estimator);   /* as just created */

enum estimator_verdict estimator_on_exchange(struct estimator *estimator,
                                             const struct exchange *exchange);
/* For a source without a path, a reference clock: the middle of upper and lower has a Gaussian
 * error of sd_s, and the way between them says nothing. An estimator is fed with one kind only. */
enum estimator_verdict estimator_on_sample(struct estimator *estimator,
                                           const struct exchange *exchange, double sd_s);

/* All readings so far were off by this: the offset is `shift_ns` more than they said. */
void estimator_shift(struct estimator *estimator, int64_t shift_ns);

bool estimator_has_estimate(const struct estimator *estimator);
struct estimate estimator_estimate(const struct estimator *estimator); /* only if it has one */
struct estimator_status estimator_status(const struct estimator *estimator);

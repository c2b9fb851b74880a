/* estimate/path_law: how late packets are on one path, and what an exchange then says of the
 * offset. SPDX-License-Identifier: MIT
 *
 * A packet takes the floor of its direction plus lateness >= 0, and is stamped with Gaussian noise.
 * Lateness is a mixture of three exponential classes whose means stand 1 : 6 : 36, so that a rare
 * late packet surprises nobody and says nothing. Knows one exchange; learning the law from many is
 * estimate/law_fit. */
#pragma once

#include <stdbool.h>

#define LATENESS_CLASSES 3

enum path_direction { PATH_FORTH, PATH_BACK };

struct path_law {
	double floor_s;     /* B: one way; half the floor of the round trip */
	double noise_s;     /* s: standard deviation of one reading; > 0 */
	double asymmetry_s; /* a: the way forth is that much longer than B, the way back shorter */
	double share[2][LATENESS_CLASSES];      /* of each direction; sum to 1 */
	double rate[2][LATENESS_CLASSES];       /* 1 / mean lateness */
	double log_weight[2][LATENESS_CLASSES]; /* log(share * rate) */
};

/* Sets share and rate from the means of the fastest classes; floor, noise and asymmetry are the
 * caller's. */
void path_law_set_lateness(struct path_law *law, const double lateness_s[2],
                           const double share[2][LATENESS_CLASSES]);

/* An exchange in seconds about the base: middle = (upper + lower) / 2, delay = upper - lower. */
struct reading {
	double middle_s;
	double delay_s;
};

/* What is believed of the offset at one moment. */
struct belief {
	double mean_s;
	double variance; /* > 0 */
};

/* The likelihood of the offset given one exchange, at points that cover all it can reasonably be.
 * Costs as much as several updates; made once, it serves all members of a bank. */
#define LIKELIHOOD_POINTS 17

struct likelihood {
	bool is_made;
	double centre_s, half_width_s, step_s;
	double log_most; /* log of the largest */
	double relative[LIKELIHOOD_POINTS];
};

void path_law_likelihood(const struct path_law *law, const struct reading *reading,
                         struct likelihood *likelihood_out);
double path_law_log_integral(const struct likelihood *likelihood); /* over the offset */

struct path_update {
	unsigned rounds; /* of expectation propagation where the belief is narrow; 1 for scoring, 2
	                  */
	bool wants_classes;
	double classes[2][LATENESS_CLASSES]; /* out, if wanted: probability of each class */
	struct likelihood *likelihood;       /* shared between updates by one reading; or NULL */
};

/* Folds the exchange into the belief and returns the log of its predictive density. The belief
 * stays a Gaussian; never NaN, never narrower by more than a factor of a million. */
double path_law_update(const struct path_law *law, const struct reading *reading,
                       struct belief *belief, struct path_update *update);

/* SPDX-License-Identifier: MIT */
#include "refclock/refclock_lateness.h"

#include <math.h>

/* What it walks away by in a day: queues, temperature, other sentences. Raised: changes are
 * followed sooner and noise as well; lowered: the reverse. */
#define WALK_S_PER_DAY 1e-3
#define DAY_S          86400.0
#define SDS            3.0
/* So many comparisons in a row that cannot be right, and it is learnt anew. */
#define CONTRADICTIONS_MAX 8
/* How fast the error of the reference is taken over. */
#define ERROR_SHARE_MIN 0.02

struct refclock_lateness refclock_lateness_unknown(double lateness_max_s)
{
	return (struct refclock_lateness){ .error_s = lateness_max_s };
}

double refclock_lateness_uncertainty_s(const struct refclock_lateness *lateness)
{
	return SDS * lateness->sd_s + lateness->error_s;
}

static void start(struct refclock_lateness *lateness, double offset_s, double error_s, double sd_s,
                  struct mono_time now)
{
	*lateness = (struct refclock_lateness){ .offset_s = offset_s,
		                                .sd_s = sd_s,
		                                .error_s = error_s,
		                                .is_learnt = true,
		                                .count = lateness->count + 1,
		                                .at = now };
}

void refclock_lateness_learn(struct refclock_lateness *lateness, double offset_s, double error_s,
                             double sd_s, struct mono_time now)
{
	const double off_s = offset_s - lateness->offset_s;
	const double passed_s = fmax((double)(now.ns - lateness->at.ns) * 1e-9, 0);
	const double walk_s2 = WALK_S_PER_DAY * WALK_S_PER_DAY * fmin(passed_s / DAY_S, 1);
	const double variance = lateness->sd_s * lateness->sd_s + walk_s2;
	double share;

	/* What says less than is known already teaches nothing. */
	lateness->is_frozen =
		lateness->is_learnt && error_s > 2 * refclock_lateness_uncertainty_s(lateness);
	if (lateness->is_frozen)
		return;
	if (!lateness->is_learnt) {
		start(lateness, offset_s, error_s, sd_s, now);
		return;
	}
	if (fabs(off_s) > 2 * SDS * sqrt(variance + sd_s * sd_s) + error_s + lateness->error_s) {
		if (++lateness->contradictions_count >= CONTRADICTIONS_MAX)
			start(lateness, offset_s, error_s, sd_s, now);
		return;
	}
	share = variance / (variance + sd_s * sd_s + 1e-24);
	lateness->contradictions_count = 0;
	lateness->offset_s += share * off_s;
	lateness->sd_s = sqrt((1 - share) * variance);
	lateness->error_s += fmax(share, ERROR_SHARE_MIN) * (error_s - lateness->error_s);
	lateness->count++;
	lateness->at = now;
}

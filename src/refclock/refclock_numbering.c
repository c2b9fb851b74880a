/* SPDX-License-Identifier: MIT */
#include "refclock/refclock_numbering.h"

#include <math.h>

#include "source/plausibility.h"

/* Of the interval: a pulse so far from where it is expected could as well be its neighbour.
 * chrony's figure. Raised: pulses are numbered by worse clocks and sometimes wrongly. */
#define TRUSTED_SHARE 0.4
/* A giver's offset from the pulse of this share of the interval or more is a matter of luck. */
#define AMBIGUOUS_SHARE 0.4
#define AMBIGUOUS_AT    (256 * 3 / 4)
/* A GPS receiver hears of leap seconds once in 12.5 minutes. Raised: a wrong start is served for
 * longer; lowered: a receiver that goes mad is believed. */
#define INSISTENCE_NS (1000 * NS_PER_S)
/* Nor is one that goes back by more than leap seconds can explain: week counters overflow. */
#define INSISTENCE_BACK_NS (60 * NS_PER_S)

void numbering_init(struct numbering *numbering)
{
	*numbering = (struct numbering){ .giver_off_s = NAN };
}

static int64_t floor_divide(int64_t dividend, int64_t divisor)
{
	return dividend / divisor - (dividend % divisor < 0);
}

/* The offset nearest to `near_ns` that differs by whole intervals; fractions of a second are
 * counted from the second, so that a third of it does not add up to something else. */
static int64_t nearest(int64_t offset_ns, int64_t near_ns, double rate_hz)
{
	const double interval_ns = 1e9 / rate_hz;
	const int64_t apart_ns = near_ns - offset_ns;
	const int64_t period_ns = rate_hz >= 1 ? NS_PER_S : llrint(interval_ns);
	const int64_t periods = floor_divide(apart_ns, period_ns);
	const double rest_ns = (double)(apart_ns - periods * period_ns);

	return offset_ns + periods * period_ns + llrint(rint(rest_ns / interval_ns) * interval_ns);
}

/* How far off its expected place a pulse may be, s. */
static double tolerance_s(const struct numbering_rules *rules)
{
	const double interval_s = 1 / rules->rate_hz;
	double tolerance = TRUSTED_SHARE * interval_s;

	if (rules->width_s > 0 && rules->width_s < interval_s)
		tolerance = fmin(tolerance, fmin(rules->width_s, interval_s - rules->width_s) / 2);
	return tolerance;
}

static double apart_s(int64_t a_ns, int64_t b_ns)
{
	return (double)(a_ns - b_ns) * 1e-9;
}

static void note_giver(struct numbering *numbering, const struct numbering_rules *rules,
                       int64_t offset_ns, const struct numbering_opinion *giver)
{
	const int64_t nearest_ns = nearest(offset_ns, giver->offset_ns, rules->rate_hz);
	bool is_ambiguous;

	numbering->giver_off_s = apart_s(giver->offset_ns, nearest_ns);
	is_ambiguous = fabs(numbering->giver_off_s) > AMBIGUOUS_SHARE / rules->rate_hz;
	numbering->ambiguous_share -= numbering->ambiguous_share / 8;
	if (is_ambiguous)
		numbering->ambiguous_share += 32;
}

bool numbering_is_ambiguous(const struct numbering *numbering)
{
	return numbering->ambiguous_share >= AMBIGUOUS_AT;
}

static enum numbering_verdict by_giver(const struct numbering_rules *rules, int64_t offset_ns,
                                       const struct numbering_opinion *giver,
                                       int64_t *offset_ns_out)
{
	const int64_t nearest_ns = nearest(offset_ns, giver->offset_ns, rules->rate_hz);
	const double tolerance =
		fmax(tolerance_s(rules), fmin(giver->half_s, 0.49 / rules->rate_hz));

	if (fabs(apart_s(nearest_ns, giver->offset_ns)) > tolerance)
		return rules->width_s > 0 ? NUMBERING_WRONG_EDGE : NUMBERING_AMBIGUOUS;
	*offset_ns_out = nearest_ns;
	return NUMBERING_DONE;
}

static void note_agreement(struct numbering *numbering, struct free_time at)
{
	if (!numbering->has_agreed)
		numbering->agreed = at;
	numbering->has_agreed = true;
	numbering->agreed_until = at;
	numbering->doubts_count = 0;
}

/* True when the giver, which says change_ns more, has contradicted the clock for so long that the
 * clock gives in. */
static bool is_outdoubted(struct numbering *numbering, struct free_time at, int64_t clock_ns,
                          int64_t change_ns, bool is_alone)
{
	if (change_ns == 0) {
		note_agreement(numbering, at);
		return false;
	}
	if (numbering->doubts_count++ == 0) {
		numbering->doubted = at;
		numbering->is_proven =
			numbering->has_agreed &&
			numbering->agreed_until.ns - numbering->agreed.ns > INSISTENCE_NS &&
			!plausibility_may_be_leap(
				(struct utc_time){ numbering->agreed_until.ns + clock_ns },
				(struct utc_time){ at.ns + clock_ns }, change_ns);
	}
	return is_alone && !numbering->is_proven && change_ns > -INSISTENCE_BACK_NS &&
	       !numbering_is_ambiguous(numbering) && at.ns - numbering->doubted.ns > INSISTENCE_NS;
}

enum numbering_verdict numbering_find(struct numbering *numbering,
                                      const struct numbering_rules *rules, struct free_time at,
                                      int64_t offset_ns, const struct numbering_opinion *clock,
                                      const struct numbering_opinion *giver, bool is_alone,
                                      int64_t *offset_ns_out)
{
	const double tolerance = tolerance_s(rules);
	int64_t by_clock_ns, by_giver_ns = 0;
	bool has_giver;

	if (giver->is_there)
		note_giver(numbering, rules, offset_ns, giver);
	else
		numbering->giver_off_s = NAN;
	numbering->is_following_giver = false;
	if (!clock->is_there || clock->half_s > tolerance) {
		numbering->has_agreed = false;
		return giver->is_there ? by_giver(rules, offset_ns, giver, offset_ns_out)
		                       : NUMBERING_NOBODY;
	}

	by_clock_ns = nearest(offset_ns, clock->offset_ns, rules->rate_hz);
	has_giver = giver->is_there &&
	            by_giver(rules, offset_ns, giver, &by_giver_ns) == NUMBERING_DONE;
	if (has_giver &&
	    is_outdoubted(numbering, at, by_clock_ns, by_giver_ns - by_clock_ns, is_alone)) {
		numbering->is_following_giver = true;
		numbering->has_agreed = false;
		*offset_ns_out = by_giver_ns;
		return NUMBERING_DONE;
	}
	if (fabs(apart_s(by_clock_ns, clock->offset_ns)) > tolerance)
		return NUMBERING_WRONG_EDGE;
	*offset_ns_out = by_clock_ns;
	return NUMBERING_DONE;
}

/* SPDX-License-Identifier: MIT */
#include "estimate/truth_interval.h"

#include <assert.h>
#include <math.h>

/* The ends are kept this close to the base, where a double still counts in fractions of a
 * nanosecond. Raised: coarser; lowered: the base moves more often, which costs nothing. */
#define FAR_FROM_BASE_NS 1e12

void truth_interval_reset(struct truth_interval *interval)
{
	*interval =
		(struct truth_interval){ .contradictions_count = interval->contradictions_count };
}

static void rebase(struct truth_interval *interval)
{
	const double shift_ns = round((interval->low_ns + interval->high_ns) / 2);

	if (fabs(shift_ns) < FAR_FROM_BASE_NS)
		return;
	interval->base_ns += (int64_t)shift_ns;
	interval->low_ns -= shift_ns;
	interval->high_ns -= shift_ns;
}

void truth_interval_advance(struct truth_interval *interval, struct free_time when,
                            double frequency, double rate_error)
{
	const double passed_ns = (double)(when.ns - interval->at.ns);

	assert(rate_error >= 0);
	if (interval->is_known) {
		assert(passed_ns >= 0);
		interval->low_ns += (frequency - rate_error) * passed_ns;
		interval->high_ns += (frequency + rate_error) * passed_ns;
		rebase(interval);
	}
	interval->at = when;
}

static void restart(struct truth_interval *interval, const struct exchange *exchange,
                    int64_t server_error_ns)
{
	interval->at = exchange->at;
	interval->base_ns = exchange->lower_ns;
	interval->low_ns = -(double)server_error_ns;
	interval->high_ns = (double)(exchange->upper_ns - exchange->lower_ns + server_error_ns);
	interval->is_known = true;
}

bool truth_interval_add(struct truth_interval *interval, const struct exchange *exchange,
                        int64_t server_error_ns)
{
	double low_ns, high_ns;

	assert(server_error_ns >= 0);
	if (exchange->upper_ns + server_error_ns < exchange->lower_ns - server_error_ns) {
		interval->contradictions_count++;
		return false;
	}
	if (!interval->is_known) {
		restart(interval, exchange, server_error_ns);
		return true;
	}
	low_ns = (double)(exchange->lower_ns - interval->base_ns - server_error_ns);
	high_ns = (double)(exchange->upper_ns - interval->base_ns + server_error_ns);
	if (low_ns > interval->high_ns || high_ns < interval->low_ns) {
		interval->contradictions_count++;
		restart(interval, exchange, server_error_ns);
		return false;
	}
	interval->low_ns = fmax(interval->low_ns, low_ns);
	interval->high_ns = fmin(interval->high_ns, high_ns);
	return true;
}

int64_t truth_interval_low_ns(const struct truth_interval *interval)
{
	assert(interval->is_known);
	return interval->base_ns + (int64_t)floor(interval->low_ns);
}

int64_t truth_interval_high_ns(const struct truth_interval *interval)
{
	assert(interval->is_known);
	return interval->base_ns + (int64_t)ceil(interval->high_ns);
}

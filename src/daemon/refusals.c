/* SPDX-License-Identifier: MIT */
#include "daemon/refusals.h"

#include <assert.h>

/* Raised: an attack is noticed later; lowered: it fills the log. */
#define SILENCE_NS (3600 * NS_PER_S)

bool refusals_is_news(struct refusals *refusals, unsigned reason, struct mono_time now,
                      uint64_t *unsaid_count_out)
{
	assert(reason < TRACE_REFUSALS_MAX);
	if (refusals->reasons[reason].is_said &&
	    now.ns - refusals->reasons[reason].said.ns < SILENCE_NS) {
		refusals->reasons[reason].unsaid_count++;
		return false;
	}
	*unsaid_count_out = refusals->reasons[reason].unsaid_count;
	refusals->reasons[reason].is_said = true;
	refusals->reasons[reason].said = now;
	refusals->reasons[reason].unsaid_count = 0;
	return true;
}

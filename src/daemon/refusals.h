/* daemon/refusals: how often the log tells of packets that were refused: once an hour for each
 * reason, whoever sends how many. SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "base/instant.h"
#include "source/trace.h"

struct refusals {
	struct {
		bool is_said;
		struct mono_time said;
		uint64_t unsaid_count; /* since then */
	} reasons[TRACE_REFUSALS_MAX];
};

/* Counts one; true: it is to be told, together with so many before it that were not. */
bool refusals_is_news(struct refusals *refusals, unsigned reason, struct mono_time now,
                      uint64_t *unsaid_count_out);

/* base/stamp_map: stamps of the system's clock onto the clock that is kept.
 * SPDX-License-Identifier: MIT
 *
 * Other programs and the kernel stamp with CLOCK_REALTIME. Mostly that is the kept clock itself and
 * the map changes nothing; a virtual clock runs beside it. Exact about one moment, a straight line
 * around it. */
#pragma once

#include "base/instant.h"

struct stamp_map {
	int64_t real_ns;         /* when CLOCK_REALTIME read this … */
	struct local_time local; /* … the kept clock read this … */
	double gain;             /* … and gains so many s/s on it; 0 = it is the same clock */
};

static inline struct stamp_map stamp_map_same(struct local_time now)
{
	return (struct stamp_map){ .real_ns = now.ns, .local = now };
}

static inline struct local_time stamp_map_local(const struct stamp_map *map, int64_t real_ns)
{
	const int64_t passed_ns = real_ns - map->real_ns;

	return (struct local_time){ map->local.ns + passed_ns +
		                    (int64_t)(map->gain * (double)passed_ns) };
}

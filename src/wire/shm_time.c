/* SPDX-License-Identifier: MIT */
#include "wire/shm_time.h"

#include <errno.h>
#include <string.h>

#include "base/instant.h"

#define SECONDS_MAX (INT64_MAX / NS_PER_S - 1)

/* The nanoseconds are an addition that old writers leave as they find it: they count only where
 * they say the same as the microseconds, in more words. */
static bool join(int64_t seconds, int32_t us, uint32_t ns, int64_t *ns_out)
{
	if (seconds < 0 || seconds > SECONDS_MAX || us < 0 || us > 999999)
		return false;
	*ns_out = seconds * NS_PER_S + (ns / 1000 == (uint32_t)us ? ns : us * NS_PER_US);
	return true;
}

int shm_time_decode(const uint8_t *bytes, size_t length_bytes, struct shm_time *time_out)
{
	struct shm_time_layout layout;
	struct shm_time time = { 0 };

	if (length_bytes != sizeof layout)
		return -EBADMSG;
	memcpy(&layout, bytes, sizeof layout);
	if (!join(layout.clock_s, layout.clock_us, layout.clock_ns, &time.clock_ns) ||
	    !join(layout.receive_s, layout.receive_us, layout.receive_ns, &time.receive_ns))
		return -EBADMSG;
	time.mode = layout.mode;
	time.count = layout.count;
	time.leap = layout.leap;
	time.precision_log2_s = layout.precision_log2_s;
	time.is_valid = layout.is_valid != 0;
	*time_out = time;
	return 0;
}

void shm_time_encode(const struct shm_time *time, struct shm_time_layout *layout_out)
{
	*layout_out = (struct shm_time_layout){
		.mode = time->mode,
		.count = time->count,
		.clock_s = (time_t)(time->clock_ns / NS_PER_S),
		.clock_us = (int32_t)(time->clock_ns % NS_PER_S / NS_PER_US),
		.clock_ns = (uint32_t)(time->clock_ns % NS_PER_S),
		.receive_s = (time_t)(time->receive_ns / NS_PER_S),
		.receive_us = (int32_t)(time->receive_ns % NS_PER_S / NS_PER_US),
		.receive_ns = (uint32_t)(time->receive_ns % NS_PER_S),
		.leap = time->leap,
		.precision_log2_s = time->precision_log2_s,
		.is_valid = time->is_valid,
	};
}

/* wire/shm_time: one time sample in the shared memory that ntpd defined. SPDX-License-Identifier:
 * MIT
 *
 * No standard: struct shmTime of ntpd's driver 28, in the machine's own byte order and layout; gpsd
 * and many others write it, chronyd and ntpd read it. The copy in and out of the segment, and its
 * order, is the caller's. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/attributes.h"

#define SHM_TIME_KEY 0x4e545030 /* of unit 0; the units follow */

struct shm_time_layout { /* the segment itself */
	int32_t mode;    /* 0: valid alone; 1: the count shows a torn copy as well */
	int32_t count;
	time_t clock_s;
	int32_t clock_us;
	time_t receive_s;
	int32_t receive_us;
	int32_t leap;
	int32_t precision_log2_s;
	int32_t samples_count;
	int32_t is_valid;
	uint32_t clock_ns; /* whole part below a second; only if it agrees with clock_us */
	uint32_t receive_ns;
	int32_t spare[8];
};

struct shm_time {
	int32_t mode, count;
	int64_t clock_ns;   /* what the reference clock said, since 1970 … */
	int64_t receive_ns; /* … when CLOCK_REALTIME read this */
	int32_t leap;       /* as in NTP, 0..3; as written, unchecked */
	int32_t precision_log2_s;
	bool is_valid;
};

/* 0; -EBADMSG: not as long as the layout, or numbers that are no times. */
NODISCARD int shm_time_decode(const uint8_t *bytes, size_t length_bytes, struct shm_time *time_out);
void shm_time_encode(const struct shm_time *time, struct shm_time_layout *layout_out);

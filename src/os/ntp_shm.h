/* os/ntp_shm: gives samples to ntpd, ntpsec or chronyd through ntpd's shared memory clock.
 * SPDX-License-Identifier: MIT
 *
 * Layout and protocol: ntpd's driver 28 (refclock_shm), mode 1: the reader takes a sample when
 * `valid` is set and `count` did not change while it copied. */
#pragma once

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/attributes.h"
#include "base/instant.h"

#define NTP_SHM_KEY      0x4e545030 /* "NTP0", plus the unit */
#define NTP_SHM_UNIT_MAX 255

struct ntp_shm_segment {
	volatile int32_t mode;
	volatile int32_t count;
	time_t clock_s; /* what the reference says */
	int32_t clock_us;
	time_t receive_s; /* what the system clock said then */
	int32_t receive_us;
	int32_t leap; /* 0 none, 1 insertion, 2 deletion at the end of the day, 3 unsynchronised */
	int32_t precision_log2_s;
	int32_t samples_count;
	volatile int32_t valid;
	uint32_t clock_ns;
	uint32_t receive_ns;
	int32_t spare[8];
};

struct ntp_shm {
	struct ntp_shm_segment *segment;
};

struct ntp_shm_sample {
	struct utc_time reference;
	struct local_time received;
	int8_t leap;             /* +1, -1, 0 */
	int8_t precision_log2_s; /* -32..0 */
};

/* Attaches the unit's segment (0..NTP_SHM_UNIT_MAX), making it with `permissions` (0600, as ntpd
 * and chronyd do, when both run as root) if it does not exist. 0 or -errno: -EACCES, somebody
 * else's; -EINVAL, smaller than the layout or no such unit. */
NODISCARD int ntp_shm_open(unsigned unit, mode_t permissions, struct ntp_shm *shm_out);
void ntp_shm_close(struct ntp_shm *shm);
void ntp_shm_write(struct ntp_shm *shm, const struct ntp_shm_sample *sample);

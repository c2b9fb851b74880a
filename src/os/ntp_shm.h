/* os/ntp_shm: gives samples to ntpd, ntpsec or chronyd through ntpd's shared memory clock.
 * SPDX-License-Identifier: MIT
 *
 * The layout is wire/shm_time's; the protocol is mode 1: the reader takes a sample when is_valid is
 * set and count did not change while it copied. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "base/attributes.h"
#include "base/instant.h"
#include "wire/shm_time.h"

#define NTP_SHM_UNIT_MAX 255

struct ntp_shm {
	struct shm_time_layout *segment;
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

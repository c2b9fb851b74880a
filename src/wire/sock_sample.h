/* wire/sock_sample: one time sample as chrony's SOCK reference clock takes it.
 * SPDX-License-Identifier: MIT
 *
 * A datagram in the machine's byte order; gpsd, timemaster and others send it. Two layouts, by the
 * width of the sender's time_t: 40 and 32 bytes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

#define SOCK_SAMPLE_SIZE  40
#define SOCK_SAMPLE_MAGIC 0x534f434b

struct sock_sample {
	int64_t system_ns; /* CLOCK_REALTIME at the measurement, since 1970 */
	double offset_s;   /* true time minus that; finite, within a century */
	bool is_pulse;     /* only the part below a second counts */
	int32_t leap;      /* 0..3, as in NTP; unchecked */
};

/* 0; -EMSGSIZE: neither layout's length; -EBADMSG: no magic number, or numbers that are no times.
 */
NODISCARD int sock_sample_decode(const uint8_t *bytes, size_t length_bytes,
                                 struct sock_sample *sample_out);
void sock_sample_encode(const struct sock_sample *sample, uint8_t bytes_out[SOCK_SAMPLE_SIZE]);

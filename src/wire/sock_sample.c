/* SPDX-License-Identifier: MIT */
#include "wire/sock_sample.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/instant.h"

#define SECONDS_MAX  (INT64_MAX / NS_PER_S / 2)
#define OFFSET_S_MAX 4e9

struct layout64 {
	int64_t s, us;
	double offset_s;
	int32_t pulse, leap, pad, magic;
};

struct layout32 {
	int32_t s, us;
	double offset_s;
	int32_t pulse, leap, pad, magic;
};

_Static_assert(sizeof(struct layout64) == SOCK_SAMPLE_SIZE, "as on the wire");
_Static_assert(sizeof(struct layout32) == 32, "as on the wire");

static struct layout64 widen(const struct layout32 *narrow)
{
	return (struct layout64){ .s = narrow->s,
		                  .us = narrow->us,
		                  .offset_s = narrow->offset_s,
		                  .pulse = narrow->pulse,
		                  .leap = narrow->leap,
		                  .magic = narrow->magic };
}

int sock_sample_decode(const uint8_t *bytes, size_t length_bytes, struct sock_sample *sample_out)
{
	struct layout64 layout;
	struct layout32 narrow;

	if (length_bytes == sizeof layout) {
		memcpy(&layout, bytes, sizeof layout);
	} else if (length_bytes == sizeof narrow) {
		memcpy(&narrow, bytes, sizeof narrow);
		layout = widen(&narrow);
	} else {
		return -EMSGSIZE;
	}
	if (layout.magic != SOCK_SAMPLE_MAGIC || layout.s < 0 || layout.s > SECONDS_MAX ||
	    layout.us < 0 || layout.us > 999999 || !(fabs(layout.offset_s) <= OFFSET_S_MAX))
		return -EBADMSG;
	*sample_out =
		(struct sock_sample){ .system_ns = layout.s * NS_PER_S + layout.us * NS_PER_US,
		                      .offset_s = layout.offset_s,
		                      .is_pulse = layout.pulse != 0,
		                      .leap = layout.leap };
	return 0;
}

void sock_sample_encode(const struct sock_sample *sample, uint8_t bytes_out[SOCK_SAMPLE_SIZE])
{
	const struct layout64 layout = { .s = sample->system_ns / NS_PER_S,
		                         .us = sample->system_ns % NS_PER_S / NS_PER_US,
		                         .offset_s = sample->offset_s,
		                         .pulse = sample->is_pulse,
		                         .leap = sample->leap,
		                         .magic = SOCK_SAMPLE_MAGIC };

	memcpy(bytes_out, &layout, sizeof layout);
}

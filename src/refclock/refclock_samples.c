/* SPDX-License-Identifier: MIT */
#include "refclock/refclock_driver.h"

static struct refclock_sample *add(struct refclock_samples *out, struct local_time at)
{
	struct refclock_sample *sample;

	if (out->count == REFCLOCK_SAMPLES_MAX)
		return NULL;
	sample = &out->samples[out->count++];
	*sample = (struct refclock_sample){ .at = at, .leap = LEAP_UNSYNCHRONISED };
	return sample;
}

struct refclock_sample *refclock_samples_add_time(struct refclock_samples *out,
                                                  struct local_time at, struct utc_time time)
{
	struct refclock_sample *sample = add(out, at);

	if (sample)
		sample->time = time;
	return sample;
}

struct refclock_sample *refclock_samples_add_pulse(struct refclock_samples *out,
                                                   struct local_time at)
{
	struct refclock_sample *sample = add(out, at);

	if (sample)
		sample->is_pulse = true;
	return sample;
}

void refclock_samples_refuse(struct refclock_samples *out, const char *why)
{
	out->refused_count++;
	out->refusal = why;
}

/* refclock/shm: samples that another program, gpsd say, puts into shared memory in ntpd's layout.
 * SPDX-License-Identifier: MIT */
#include "refclock/refclock_driver.h"
#include "wire/shm_time.h"

#define AT(member_) CONFIG_AT(struct refclock_device, member_)

static const struct config_option options[] = {
	{ .name = "perm",
	  AT(permissions),
	  .maximum = 777,
	  .normal = 600,
	  .normal_note = "0600",
	  .unit = "octal",
	  .text = "Who may write into the segment if it is made by us, as for chmod. Opened wider, more "
	          "programs can tell the time, wrong time as well." },
	{ .name = NULL },
};

static bool is_good(const struct refclock_segment *segment, const struct shm_time *time,
                    const char **why)
{
	if (!time->is_valid)
		*why = NULL; /* nothing new: no fault */
	else if (time->mode != 0 && time->mode != 1)
		*why = "unknown mode of the segment";
	else if (time->mode == 1 && (uint32_t)time->count != segment->count_after)
		*why = "torn: the writer was at work";
	else if (time->leap == LEAP_UNSYNCHRONISED)
		*why = "the writer says that it is not synchronised";
	else
		return true;
	return false;
}

static void on_segment(void *state, const struct refclock_event *event,
                       struct refclock_samples *out)
{
	const struct refclock_segment *segment = &event->segment;
	struct refclock_sample *sample;
	const char *why = NULL;
	struct shm_time time;

	(void)state;
	if (shm_time_decode(segment->bytes, segment->length_bytes, &time) != 0) {
		refclock_samples_refuse(out, "numbers that are no times");
		return;
	}
	if (!is_good(segment, &time, &why)) {
		if (why)
			refclock_samples_refuse(out, why);
		return;
	}
	sample = refclock_samples_add_time(out, stamp_map_local(&event->map, time.receive_ns),
	                                   (struct utc_time){ time.clock_ns });
	if (sample && time.leap >= 0 && time.leap < LEAP_UNSYNCHRONISED)
		sample->leap = (enum leap)time.leap;
}

const struct refclock_driver refclock_shm = {
	.name = "SHM",
	.summary = "samples in shared memory, as ntpd has it, from gpsd and others",
	.parameter = "unit",
	.input = REFCLOCK_SEGMENT,
	.is_unit = true,
	.unit_max = 255,
	.options = options,
	.on_segment = on_segment,
};

/* Bytes of a shared memory segment or of a datagram, through the driver and what comes behind it:
 * whatever they are, the offset is finite and nothing is read past their end.
 * SPDX-License-Identifier: MIT */
#include <assert.h>
#include <string.h>

#include "refclock/refclock.h"
#include "wire/shm_time.h"

#define NOW_NS (INT64_C(1795334400) * NS_PER_S)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct refclock *make(const char *driver, bool is_pulse)
{
	const struct refclock_driver *found = refclock_drivers_find(driver);
	static const struct instant now = { { NS_PER_S }, { NOW_NS } };
	static struct refclock_options options[2];
	struct refclock_options *mine = &options[is_pulse];
	struct refclock *refclock = NULL;
	int error;

	*mine = (struct refclock_options){ .driver = found,
		                           .filter_count = 8,
		                           .rate_hz = 1,
		                           .maxlockage_pulses = 2,
		                           .is_pulse = is_pulse };
	error = refclock_create(&(struct refclock_config){ .options = mine, .precision_s = 1e-7 },
	                        now, &refclock);
	assert(error == 0);
	return refclock;
}

static void feed(struct refclock *refclock, const struct refclock_event *event)
{
	const struct refclock_help help = { .has_combined = true, .combined_bound_s = 0.1 };
	struct refclock_measurement measurement;
	struct refclock_samples samples;

	refclock_on_event(refclock, event, &samples);
	assert(samples.count <= REFCLOCK_SAMPLES_MAX);
	for (size_t i = 0; i < samples.count; i++) {
		const struct refclock_sample *sample = &samples.samples[i];
		const struct refclock_reading reading = {
			.at = { sample->at.ns },
			.offset_ns = sample->time.ns - sample->at.ns,
			.is_pulse = sample->is_pulse,
			.leap = sample->leap,
		};
		int64_t offset_ns;

		assert(sample->at.ns >= 0 && sample->leap <= LEAP_UNSYNCHRONISED);
		(void)refclock_on_reading(refclock, &reading, &help, &offset_ns);
	}
	(void)refclock_on_deadline(refclock, (struct mono_time){ 1000 * NS_PER_S }, 0, 1e-4,
	                           &measurement);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct refclock_event event = { .map = stamp_map_same((struct local_time){ NOW_NS }) };
	struct refclock *refclock;

	if (size < 2)
		return 0;
	refclock = make(data[0] & 1 ? "SHM" : "SOCK", data[0] & 2);
	if (data[0] & 1) {
		event.input = REFCLOCK_SEGMENT;
		event.segment =
			(struct refclock_segment){ data + 2, size - 2, data[1], { NOW_NS } };
	} else {
		event.input = REFCLOCK_DATAGRAM;
		event.datagram = (struct refclock_datagram){ data + 2, size - 2, { NOW_NS } };
	}
	feed(refclock, &event);
	feed(refclock, &event);
	refclock_destroy(refclock);
	return 0;
}

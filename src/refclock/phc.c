/* refclock/phc: a PTP hardware clock as the reference, or its stamps of an external pulse.
 * SPDX-License-Identifier: MIT */
#include "refclock/refclock_driver.h"

#include <stdlib.h>

/* A clock that moves by no more, and by no more than this part of what passed, stands still. */
#define STILL_MOST_NS NS_PER_MS
#define STILL_PART    16

#define AT(member_) CONFIG_AT(struct refclock_device, member_)

static const struct config_option options[] = {
	{ .name = "nocrossts",
	  AT(is_crossts_off),
	  .text = "Does without the hardware's own way of reading both clocks at once." },
	{ .name = "extpps",
	  AT(is_extpps),
	  .text = "The clock stamps pulses on an input of its own; only when a second begins is taken, and "
	          "which one it is comes from elsewhere, as with PPS." },
	{ .name = "pin", AT(pin), .maximum = 255, .text = "The pin that becomes this input." },
	{ .name = "channel", AT(channel), .maximum = 255, .text = "The channel that stamps it." },
	{ .name = "clear", AT(is_clear), .text = "Its falling edge begins the second." },
	{ .name = NULL },
};

struct phc {
	bool has_reading;
	int64_t local_ns, phc_ns; /* the last reading */
	double rate;              /* how much the kept clock gains on this one, s/s */
	bool has_rate;
};

static void learn_rate(struct phc *phc, int64_t local_ns, int64_t phc_ns)
{
	const int64_t passed_ns = phc_ns - phc->phc_ns;

	if (phc->has_reading && passed_ns > NS_PER_S / 4 && passed_ns < 100 * NS_PER_S) {
		const double rate =
			(double)(local_ns - phc->local_ns - passed_ns) / (double)passed_ns;

		if (rate > -1e-3 && rate < 1e-3) {
			phc->rate = phc->has_rate ? phc->rate + (rate - phc->rate) / 8 : rate;
			phc->has_rate = true;
		}
	}
	phc->has_reading = true;
	phc->local_ns = local_ns;
	phc->phc_ns = phc_ns;
}

/* Some are there and do not tick: a card without firmware, a driver that emulates half of one. What
 * is averaged over several looks still moves a little. */
static bool is_ticking(const struct phc *phc, int64_t local_ns, int64_t phc_ns)
{
	const int64_t passed_ns = llabs(phc_ns - phc->phc_ns);

	return phc->has_reading && (passed_ns > STILL_MOST_NS ||
	                            passed_ns * STILL_PART >= llabs(local_ns - phc->local_ns));
}

static void on_phc(void *state, const struct refclock_event *event, struct refclock_samples *out)
{
	const struct refclock_phc *reading = &event->phc;
	const int64_t window_ns = reading->after.ns - reading->before.ns;
	const struct local_time middle = { reading->before.ns + window_ns / 2 };
	const int64_t read_ns = reading->is_external ? reading->reading_ns : reading->phc_ns;
	struct phc *phc = state;
	const bool was_read = phc->has_reading;
	const bool ticks = is_ticking(phc, middle.ns, read_ns);
	struct refclock_sample *sample;

	if (window_ns < 0) {
		refclock_samples_refuse(out, "the clock went back while it was compared");
		return;
	}
	learn_rate(phc, middle.ns, read_ns);
	if (!ticks) {
		if (was_read)
			refclock_samples_refuse(out, "the hardware clock stands still");
		return;
	}
	if (reading->is_external) {
		const int64_t since_ns = reading->phc_ns - reading->reading_ns;

		sample = refclock_samples_add_pulse(
			out, (struct local_time){ middle.ns + since_ns +
		                                  (int64_t)(phc->rate * (double)since_ns) });
	} else {
		sample = refclock_samples_add_time(out, middle,
		                                   (struct utc_time){ reading->phc_ns });
	}
	if (sample)
		sample->window_ns = window_ns;
}

const struct refclock_driver refclock_phc = {
	.name = "PHC",
	.summary = "a PTP hardware clock, or a pulse that it stamps",
	.parameter = "/dev/ptpN or interface",
	.input = REFCLOCK_PHC,
	.options = options,
	.state_size = sizeof(struct phc),
	.on_phc = on_phc,
};

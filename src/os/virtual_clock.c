/* SPDX-License-Identifier: MIT */
#include "os/virtual_clock.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define PAIR_TRIES   8
#define PAIR_GOOD_NS 150 /* two clock readings without anything in between */

struct virtual_clock {
	struct clock clock;
	bool has_epoch;
	int64_t epoch_ns;
	struct virtual_oscillator oscillator;
};

static struct virtual_clock *of(struct clock *clock)
{
	return (struct virtual_clock *)clock;
}

/* CLOCK_REALTIME minus CLOCK_MONOTONIC_RAW. The program may be held up between two readings: of
 * some tries the one with the closest readings counts. */
static int64_t real_minus_mono_ns(void)
{
	int64_t closest_ns = INT64_MAX, difference_ns = 0;

	for (unsigned i = 0; i < PAIR_TRIES && closest_ns > PAIR_GOOD_NS; i++) {
		const int64_t before_ns = clock_mono_now().ns;
		const int64_t real_ns = clock_real_now_ns();
		const int64_t width_ns = clock_mono_now().ns - before_ns;

		if (width_ns < closest_ns) {
			closest_ns = width_ns;
			difference_ns = real_ns - before_ns - width_ns / 2;
		}
	}
	return difference_ns;
}

static int64_t true_now_ns(const struct virtual_clock *virtual)
{
	return virtual->has_epoch ? virtual->epoch_ns + clock_mono_now().ns : clock_real_now_ns();
}

static struct local_time now(struct clock *clock, struct mono_time mono)
{
	struct virtual_clock *virtual = of(clock);
	const int64_t true_ns = virtual->has_epoch ? virtual->epoch_ns + mono.ns
	                                           : clock_real_now_ns();

	return (struct local_time){ virtual_oscillator_local_ns(&virtual->oscillator, true_ns) };
}

/* The little time since the stamp is taken to be as long on both of the machine's clocks. */
static struct local_time local(struct clock *clock, struct timespec real)
{
	struct virtual_clock *virtual = of(clock);
	int64_t true_ns = real.tv_sec * NS_PER_S + real.tv_nsec;

	if (virtual->has_epoch)
		true_ns += virtual->epoch_ns - real_minus_mono_ns();
	return (struct local_time){ virtual_oscillator_local_ns(&virtual->oscillator, true_ns) };
}

static void adjust(struct clock *clock, const struct clock_command *command,
                   struct clock_adjusted *adjusted_out)
{
	struct virtual_oscillator *oscillator = &of(clock)->oscillator;
	const double frequency = fmax(-VIRTUAL_CLOCK_FREQUENCY_MAX,
	                              fmin(VIRTUAL_CLOCK_FREQUENCY_MAX, command->frequency));
	const int64_t true_ns = true_now_ns(of(clock));

	*adjusted_out = (struct clock_adjusted){
		.at = { virtual_oscillator_local_ns(oscillator, true_ns) },
		.frequency = frequency,
		.step_ns = command->step_ns,
	};
	virtual_oscillator_adjust(oscillator, true_ns, frequency, command->step_ns);
}

static int64_t true_error_ns(struct clock *clock)
{
	const int64_t true_ns = true_now_ns(of(clock));

	return virtual_oscillator_local_ns(&of(clock)->oscillator, true_ns) - true_ns;
}

static void close_virtual(struct clock *clock)
{
	free(of(clock));
}

static const struct clock_driver driver = {
	.name = "virtual",
	.is_adjustable = true,
	.now = now,
	.local = local,
	.adjust = adjust,
	.true_error_ns = true_error_ns,
	.close = close_virtual,
};

int virtual_clock_open(const struct virtual_clock_options *options, struct clock **clock_out)
{
	struct virtual_clock *virtual = malloc(sizeof *virtual);

	if (!virtual)
		return -ENOMEM;
	virtual->clock.driver = &driver;
	virtual->has_epoch = options->epoch_s >= 0;
	virtual->epoch_ns = virtual->has_epoch ? llround(options->epoch_s * 1e9) : 0;
	virtual_oscillator_init(&virtual->oscillator, &options->oscillator, true_now_ns(virtual));
	*clock_out = &virtual->clock;
	return 0;
}

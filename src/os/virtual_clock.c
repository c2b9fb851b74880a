/* SPDX-License-Identifier: MIT */
#include "os/virtual_clock.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

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

static struct timespec real_now(void)
{
	struct timespec real = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &real);
	return real;
}

/* True time when CLOCK_REALTIME read `real`. The two clocks are read together and the little time
 * since `real` is taken to be as long on both. */
static int64_t true_ns_at(const struct virtual_clock *virtual, struct timespec real)
{
	const int64_t real_ns = real.tv_sec * NS_PER_S + real.tv_nsec;
	struct timespec now;
	struct mono_time mono;

	if (!virtual->has_epoch)
		return real_ns;
	now = real_now();
	mono = clock_mono_now();
	return virtual->epoch_ns + mono.ns - (now.tv_sec * NS_PER_S + now.tv_nsec - real_ns);
}

static int64_t true_now_ns(const struct virtual_clock *virtual)
{
	return virtual->has_epoch ? virtual->epoch_ns + clock_mono_now().ns
	                          : true_ns_at(virtual, real_now());
}

static struct local_time local(struct clock *clock, struct timespec real)
{
	struct virtual_clock *virtual = of(clock);

	return (struct local_time){ virtual_oscillator_local_ns(&virtual->oscillator,
		                                                true_ns_at(virtual, real)) };
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
